<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Json;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** ./cloversync with a merchant's API token in place of an app. */
#[Group('once')]
final class ApiTokenCommandTest extends CommandLineTestCase
{
    private string $token;

    protected function setUp(): void
    {
        parent::setUp();
        $this->token              = $this->clover->apiToken();
        $this->shell->environment = [
            'CLOVERSYNC_API_TOKEN'   => $this->token,
            'CLOVERSYNC_MERCHANT_ID' => $this->clover->state()['merchant_id'],
            'CLOVERSYNC_APP_ID'      => '',
            'CLOVERSYNC_APP_SECRET'  => '',
        ] + $this->shell->environment;
    }

    #[TestDox('“connect” tests the token, and status says what the connection is made with')]
    public function test_connect(): void
    {
        $mark    = $this->clover->mark();
        $connect = $this->shell->done(['connect', '--currency', 'USD']);
        self::assertSame([true, $this->clover->state()['merchant_id']], [
            $connect['connected'],
            $connect['merchant_id'],
        ]);
        self::assertNotSame([], $this->clover->calls($mark, '#/items 200$#'));
        self::assertSame([], $this->clover->calls($mark, '#/oauth/#'));
        $mark = $this->clover->mark();
        $this->shell->done(['connect']);
        self::assertNotSame([], $this->clover->calls($mark, '#/items 200$#'), 'It is tested each time.');

        $mark   = $this->clover->mark();
        $status = $this->shell->done(['status']);
        self::assertSame([true, 'api_token', null, false], [
            $status['connected'],
            $status['credential'],
            $status['token_expires_at'],
            $status['token_ends_soon'],
        ]);
        self::assertSame([], $this->clover->requests($mark));
        self::assertStringContainsString('it does not expire', $this->shell->run(['status'])['out']);
        self::assertStringNotContainsString(
            $this->token,
            serialize($this->shell->rows('SELECT name, value FROM jos_j2commerce_clover_state')),
        );
    }

    #[TestDox('“sync” and “work” need no “connect” before')]
    public function test_without_connect(): void
    {
        self::assertSame(55, $this->shell->done(['sync'])['imported']);
        self::assertSame(0, $this->shell->done(['work'])['claimed']);
        self::assertSame(0, $this->shell->done(['sync'])['product_rows_written']);
        self::assertSame([], $this->clover->calls(0, '#/oauth/#'));
    }

    #[TestDox(
        'A token that Clover refuses is an error of “connect”, each missing permission is named, and not connected',
    )]
    public function test_refused(): void
    {
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W']]);
        $result = $this->shell->run(['connect', '--json']);
        self::assertSame([1, 'error'], [$result['code'], $result['last']['event'] ?? null]);
        self::assertStringContainsString('Orders Read', (string) json_encode($result['last']));
        $this->clover->tokens('revoke_api_tokens');
        $result = $this->shell->run(['connect', '--json']);
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('neither for items nor for orders', (string) json_encode($result['last']));
        $status = $this->shell->run(['status', '--json']);
        self::assertSame([0, false, null], [
            $status['code'],
            $status['last']['connected'] ?? null,
            $status['last']['credential'] ?? null,
        ]);
        self::assertStringContainsString('The API token of the settings cannot be used.', $status['out']);
        self::assertStringNotContainsString($this->token, $result['out'] . $result['err'] . $status['out']);
    }

    #[TestDox('Token and merchant ID are set together, else the one that is missing is named')]
    public function test_half(): void
    {
        $whole = $this->shell->environment;

        foreach (['API_TOKEN' => 'api_token', 'MERCHANT_ID' => 'merchant_id'] as $variable => $field) {
            $this->shell->environment = ["CLOVERSYNC_$variable" => ''] + $whole;
            $result                   = $this->shell->run(['status', '--json']);
            self::assertSame([2, [$field]], [
                $result['code'],
                array_keys(Json::object($result['last']['fields'] ?? null)),
            ]);
        }
    }

    #[TestDox('A token in the settings replaces the connection of an app, and without it the stored one goes on')]
    public function test_switching(): void
    {
        $with = $this->shell->environment;
        $app  = ['CLOVERSYNC_APP_ID' => 'APPID00000001']
        + ['CLOVERSYNC_APP_SECRET' => '11111111-2222-3333-4444-555555555555']
        + $with;
        $oauth  = ['CLOVERSYNC_API_TOKEN' => '', 'CLOVERSYNC_MERCHANT_ID' => ''] + $app;
        $states = [];

        foreach ([
            [$oauth, ['connect', '--approve']],
            [$oauth, ['status']],
            [$with, ['status']],
            [$oauth, ['status']],
            [$oauth, ['disconnect']],
            [$oauth, ['status']],
        ] as [$environment, $words]) {
            $this->shell->environment = $environment;
            $done                     = $this->shell->done($words);

            if ($words === ['status']) {
                $states[] = $done['credential'];
            }
        }

        self::assertSame(['oauth', 'api_token', 'api_token', null], $states);
    }
}
