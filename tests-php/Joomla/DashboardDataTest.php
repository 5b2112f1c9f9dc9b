<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\DashboardData;
use PHPUnit\Framework\Attributes\TestDox;

/** Data of the dashboard's page and script. */
final class DashboardDataTest extends JoomlaTestCase
{
    #[TestDox('Of the verification codes the newest is shown; whether there is none, one or several is said')]
    public function test_codes(): void
    {
        $one     = ['code' => '11111111-aaaa', 'at' => 1_800_000_000];
        $another = ['code' => '22222222-bbbb', 'at' => 1_800_000_100];

        foreach ([[], [$one], [$one, $another]] as $codes) {
            $data = DashboardData::of(self::dashboard($codes));
            self::assertSame($codes === [] ? '' : array_column($codes, 'code')[\count($codes) - 1], $data['code']);
            self::assertSame($codes === [], $data['codeAt'] === '');
        }
    }

    #[TestDox('A site that has received an event or a code is reached by Clover; a copy of it need not be')]
    public function test_reached(): void
    {
        $code = ['code' => '11111111-aaaa', 'at' => 1_800_000_000];

        foreach ([
            [[], null, false, false],
            [[$code], null, false, true],
            [[], 1_800_000_000, false, true],
            [[$code], 1_800_000_000, true, false],
        ] as [$codes, $seen, $moved, $reached]) {
            self::assertSame($reached, DashboardData::of(self::dashboard($codes, $seen, $moved))['reached']);
        }
    }

    /** @param list<array{code: string, at: int}> $codes */
    private static function dashboard(array $codes, ?int $seen = null, bool $moved = false): DashboardStatus
    {
        return new DashboardStatus(
            environment: 'sandbox',
            connected: true,
            merchantId: 'MERCHANT00001',
            merchantName: null,
            reconnectReason: null,
            refusedAt: null,
            nextTryAt: null,
            tokenEndsSoon: false,
            credential: null,
            accessExpiresAt: null,
            refreshExpiresAt: null,
            siteMoved: $moved,
            products: 3,
            errors: 0,
            pending: 0,
            conflicts: 0,
            deleted: 0,
            leftOut: 0,
            lastSync: null,
            run: null,
            lastFailure: null,
            sales: null,
            hasDue: false,
            paused: [],
            sandboxProducts: ['count' => 0, 'titles' => []],
            webhookCodes: $codes,
            webhookSeen: $seen,
            taxWarning: null,
            currency: 'USD',
            hasDefaultCategory: true,
            rateLimit: ['per_second' => 16, 'concurrent' => 5, 'learned' => false],
            cautious: [],
            withheld: [],
            onlineUnknown: 0,
            orderNotices: [],
            taxMismatches: 0,
        );
    }
}
