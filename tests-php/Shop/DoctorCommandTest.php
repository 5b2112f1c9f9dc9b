<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Json;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** ./cloversync doctor from its users' view: words, JSON, exit codes. */
#[Group('once')]
final class DoctorCommandTest extends CommandLineTestCase
{
    #[TestDox('Before the first connection the exit code is 3, and the last line has the sums')]
    public function test_unconnected(): void
    {
        $result = $this->shell->run(['doctor', '--json']);
        self::assertSame([3, ''], [$result['code'], $result['err']]);
        self::assertSame(['event', 'green', 'yellow', 'red'], array_keys($result['last']));
        self::assertSame(['done', 1], [$result['last']['event'], $result['last']['red']]);
        $checks = $this->checks($result['lines']);
        self::assertCount(Json::int($result['last']['green']) + Json::int($result['last']['yellow']) + 1, $checks);
        self::assertSame(
            ['event', 'check', 'state', 'code', 'data', 'message', 'details'],
            array_keys($checks['access']),
        );
        self::assertSame(['red', 'not_connected', []], [
            $checks['access']['state'],
            $checks['access']['code'],
            $checks['access']['data'],
        ]);
        self::assertSame(
            Engine::current() === Engine::Extension ? 'check_extension' : 'check_helper_chosen',
            $checks['engine']['code'],
        );
        self::assertSame(['yellow', 'check_webhook_secret'], [
            $checks['webhook']['state'],
            $checks['webhook']['code'],
        ]);
    }

    #[TestDox('Connected and synced, the exit code is 0, and people read a line for each check')]
    public function test_connected(): void
    {
        $this->shell->environment['CLOVERSYNC_WEBHOOK_SECRET'] = 'the auth code';
        $this->shell->done(['connect', '--approve']);
        $this->shell->done(['sync']);
        $done = $this->shell->done(['doctor']);
        self::assertSame([1, 0], [$done['yellow'], $done['red']], 'No webhook event has been received.');
        $result = $this->shell->run(['doctor']);
        self::assertSame([0, ''], [$result['code'], $result['err']]);

        foreach ([
            '/^fine    engine       /m',
            '/^fine    access       Connected to merchant /m',
            '/^look    webhook      .+ Developer Dashboard/m',
            '/^fine    versions     CloverSync .+; PHP .+; tables of version \d/m',
            '/^13 fine, 1 to look at, 0 to repair\.$/m',
        ] as $line) {
            self::assertMatchesRegularExpression($line, $result['out']);
        }

        self::assertStringNotContainsString('the auth code', $result['out']);
    }

    #[TestDox('Without an engine the doctor says so, with what else can be said')]
    public function test_no_engine(): void
    {
        $this->shell->environment['CLOVERSYNC_ENGINE'] = 'helper';
        $this->shell->environment['CLOVERSYNC_HELPER'] = '/no/such/helper';
        $result                                        = $this->shell->run(['doctor', '--json']);
        self::assertSame(3, $result['code'], $result['err']);
        $checks = $this->checks($result['lines']);
        self::assertSame(['engine', 'versions'], array_keys($checks));
        self::assertSame('red', $checks['engine']['state']);
        self::assertStringContainsString('/no/such/helper', Json::string($checks['engine']['message']));
    }

    #[TestDox('Wrong settings are a result of the doctor')]
    public function test_wrong_settings(): void
    {
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = '{"sync_interval":1}';
        $result                                          = $this->shell->run(['doctor', '--json']);
        self::assertSame(3, $result['code'], $result['err']);
        $shop = $this->checks($result['lines'])['shop'];
        self::assertSame('red', $shop['state']);
        self::assertStringContainsString('sync_interval', Json::string($shop['message']));

        $this->shell->environment['CLOVERSYNC_SETTINGS'] = '[1]';
        $shop                                            = $this->checks(
            $this->shell->run(['doctor', '--json'])['lines'],
        )['shop'];
        self::assertSame('red', $shop['state']);
        self::assertStringContainsString('settings', Json::string($shop['message']));
    }

    /**
     * @param list<array<string, mixed>> $lines
     *
     * @return array<string, array<string, mixed>>
     */
    private function checks(array $lines): array
    {
        $checks = [];

        foreach ($lines as $line) {
            if ($line['event'] === 'check') {
                $checks[Json::string($line['check'])] = $line;
            }
        }

        return $checks;
    }
}
