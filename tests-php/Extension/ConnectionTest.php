<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Catalog;
use CloverSync\CurrencySource;
use CloverSync\Exception\BugException;
use CloverSync\Exception\CallbackException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Exception\VaultException;
use CloverSync\ProblemCode;
use CloverSync\Tests\Support\AgedTokens;
use CloverSync\Tests\Support\CloverTestCase;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\TestDox;

final class ConnectionTest extends CloverTestCase
{
    #[TestDox('the authorize URL has the app, the exact redirect URI and a fresh state')]
    public function testAuthorize(): void
    {
        $connection = $this->connection();
        $redirect   = 'https://shop.example/administrator/index.php?option=com_j2commerce&task=appPlugin.display';
        $one        = $connection->authorize($redirect);
        $two        = $connection->authorize($redirect);
        parse_str((string) parse_url($one->url, PHP_URL_QUERY), $query);

        self::assertSame('/oauth/v2/authorize', parse_url($one->url, PHP_URL_PATH));
        self::assertSame([Simulator::APP_ID, $redirect, $one->state], [
            $query['client_id'],
            $query['redirect_uri'],
            $query['state'],
        ]);
        self::assertNotSame($one->state, $two->state);
        self::assertGreaterThanOrEqual(16, \strlen($one->state));
    }

    #[TestDox('a callback connects the shop, and the record that it stores shows no token')]
    public function testComplete(): void
    {
        $status = $this->connected()->status();
        $state  = $this->clover->state();

        self::assertTrue($status->connected);
        self::assertSame($state['merchant_id'], $status->merchantId);
        self::assertEqualsWithDelta(time() + 1800, $status->accessExpiresAt, 30);
        self::assertNull($status->reconnectReason);
        self::assertSame(1, $this->store->writes);
        self::assertDoesNotMatchRegularExpression('/access|refresh|token/i', (string) $this->store->record);
    }

    #[TestDox('the difference to Clover\'s clock is known from the first response on, and follows the last one')]
    public function testClockDifference(): void
    {
        self::assertNull($this->connection()->clockDifference());
        $connection = $this->connected();
        self::assertEqualsWithDelta(0, $connection->clockDifference(), 5);

        foreach ([600, -600] as $ahead) {
            $this->clover->switches(['date_ahead' => $ahead]);
            $connection->merchant();
            self::assertEqualsWithDelta(-$ahead, $connection->clockDifference(), 20);
        }
    }

    #[TestDox('with the manual\'s four permissions the currency comes from an order, and refusals cause no refresh')]
    public function testFourPermissions(): void
    {
        $merchant = $this->connected()->merchant();

        self::assertSame(['USD', CurrencySource::Order, null, null], [
            $merchant->currency,
            $merchant->currencySource,
            $merchant->name,
            $merchant->trackStock,
        ]);
        self::assertSame(0, $this->clover->state()['tokens']['refreshes']);
    }

    #[TestDox('with Merchant Read, the merchant\'s name, currency and switches are known')]
    public function testMerchantRead(): void
    {
        $this->clover->post('merchant', [
            'currency'    => 'EUR',
            'vat'         => true,
            'trackStock'  => true,
            'updateStock' => false,
            'permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R'],
        ]);
        $merchant = $this->connected()->merchant();

        self::assertSame(['EUR', CurrencySource::Properties, true, true, false], [
            $merchant->currency,
            $merchant->currencySource,
            $merchant->vat,
            $merchant->trackStock,
            $merchant->updateStock,
        ]);
        self::assertNotEmpty($merchant->name);
    }

    #[TestDox('a currency that is still where it was before is read with one request, and searched when it is not')]
    public function testAskedAgain(): void
    {
        $connection = $this->connected();
        $calls      = function (CurrencySource $before) use ($connection): array {
            $mark     = $this->clover->mark();
            $currency = $connection->merchant($before)->currency;

            return [$currency, ...$this->clover->calls($mark)];
        };

        self::assertSame(['USD', 'GET /v3/-/orders 200'], $calls(CurrencySource::Order));
        $this->clover->post('merchant', [
            'permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R'],
        ]);
        self::assertSame(['USD', 'GET /v3/-/properties 200'], $calls(CurrencySource::Properties));
        $this->clover->switches(['order_history' => false]);
        $searched = $calls(CurrencySource::Order);
        self::assertSame(['USD', 'GET /v3/-/orders 200'], \array_slice($searched, 0, 2));
        self::assertContains('GET /v3/-/properties 200', $searched);
    }

    #[TestDox('each way in which a callback can be wrong has its own kind')]
    public function testCallbacks(): void
    {
        $connection = $this->connection();
        [$url, $state] = $this->approved($connection);
        $kinds = [];

        foreach ([
            'denied'     => ["https://shop.example/?error=access_denied&state=$state", $state],
            'state'      => [$url, 'another state'],
            'client'     => [str_replace(Simulator::APP_ID, 'APPID00000002', $url), $state],
            'incomplete' => [str_replace('merchant_id=', 'x=', $url), $state],
            'code'       => [(string) preg_replace('/code=[^&]+/', 'code=used-up', $url), $state],
        ] as $expected => [$callback, $sent]) {
            try {
                $connection->complete($callback, $sent);
                self::fail("accepted: $expected");
            } catch (CallbackException $e) {
                $kinds[$expected] = $e->getKind()->value;
                self::assertStringNotContainsString($state, (string) $e);
            }
        }

        self::assertSame(array_combine(array_keys($kinds), array_keys($kinds)), $kinds);
        self::assertNull($this->store->record);
        self::assertTrue($connection->complete($url, $state)->connected);
    }

    #[TestDox('a callback exception that PHP code makes has no kind, and says so')]
    public function testKindOfAnotherException(): void
    {
        $this->expectExceptionMessage('$kind is not set');
        (new CallbackException('made by PHP'))->getKind();
    }

    #[TestDox('a code works once')]
    public function testCodeWorksOnce(): void
    {
        $connection = $this->connection();
        [$url, $state] = $this->approved($connection);
        $connection->complete($url, $state);

        $this->expectException(CallbackException::class);
        $connection->complete($url, $state);
    }

    #[TestDox('connecting without App Secret is refused by field')]
    public function testCredentials(): void
    {
        try {
            $this->connection(['app_secret' => ''])->authorize('https://shop.example/');
            self::fail('accepted');
        } catch (SettingsException $e) {
            self::assertSame(['app_secret'], array_keys($e->getFields()));
        }
    }

    #[TestDox('without a connection, every call asks to connect first')]
    public function testNotConnected(): void
    {
        $this->expectException(ReconnectException::class);
        $this->connection()->merchant();
    }

    #[TestDox('after the app was uninstalled the owner must connect again, and the shop knows why without a request')]
    public function testUninstalled(): void
    {
        $connection = $this->connected();
        $this->clover->post('tokens', ['do' => 'uninstall']);

        try {
            $connection->merchant();
            self::fail('accepted');
        } catch (RefusedException $e) {
            self::assertSame([$e->getRefusedAt(), $e->getNextTryAt()], [
                $connection->status()->refusedAt,
                $connection->status()->nextTryAt,
            ]);
            self::assertTrue($connection->status()->connected);
        }

        $this->store->record = AgedTokens::of((string) $this->store->record, new Vault('a secret of the site'), 600);

        try {
            $connection->merchant();
            self::fail('accepted');
        } catch (ReconnectException $e) {
            $mark = $this->clover->mark();
            self::assertEquals($e->getProblem(), $connection->status()->reconnectReason);
            self::assertSame(ProblemCode::ConnectionLost, $e->getProblem()?->code);
            self::assertFalse($connection->status()->connected);
        }

        try {
            $connection->merchant();
            self::fail('accepted');
        } catch (ReconnectException) {
            self::assertSame([], $this->clover->requests($mark));
        }
    }

    #[TestDox('a missing permission is named, and costs at most one refresh')]
    public function testPermission(): void
    {
        $connection = $this->connected();
        $this->clover->post('merchant', ['permissions' => ['ORDERS_R', 'ORDERS_W']]);

        for ($i = 0; $i < 2; $i++) {
            try {
                iterator_count((new Catalog($connection, 'USD'))->pages());
                self::fail('accepted');
            } catch (PermissionException $e) {
                self::assertSame('Inventory Read', $e->getPermission());
                self::assertStringContainsString('Inventory Read', $e->getMessage());
            }
        }

        self::assertSame(1, $this->clover->state()['tokens']['refreshes']);
    }

    #[TestDox('when Clover responds only with 429, the request is tried again later')]
    public function testUnavailable(): void
    {
        $connection = $this->connected();
        $this->clover->post('faults', [[
            'match'       => 'GET /v3/merchants/*/items',
            'times'       => 50,
            'do'          => 'status',
            'code'        => 429,
            'retry_after' => 900,
        ]]);

        try {
            iterator_count((new Catalog($connection, 'USD'))->pages());
            self::fail('accepted');
        } catch (UnavailableException $e) {
            self::assertGreaterThan(60, $e->getRetryAfter());
        }
    }

    #[TestDox('a request that Clover refuses is reported with its path')]
    public function testItem(): void
    {
        $connection = $this->connected();
        $this->clover->post('faults', [[
            'match' => 'GET /v3/merchants/*/items',
            'times' => 4,
            'do'    => 'status',
            'code'  => 400,
            'body'  => ['message' => 'no such filter'],
        ]]);

        try {
            iterator_count((new Catalog($connection, 'USD'))->pages());
            self::fail('accepted');
        } catch (ItemException $e) {
            self::assertStringEndsWith('/items', $e->getPath());
            self::assertStringContainsString('no such filter', $e->getMessage());
        }
    }

    #[TestDox('an undocumented response is a bug, reported with Clover\'s request id')]
    public function testBug(): void
    {
        $connection = $this->connected();
        $this->clover->post('faults', [[
            'match' => 'GET /v3/merchants/*/items',
            'times' => 4,
            'do'    => 'status',
            'code'  => 405,
            'body'  => '405 GET not allowed.',
        ]]);

        $this->expectException(BugException::class);
        iterator_count((new Catalog($connection, 'USD'))->pages());
    }

    #[TestDox('tokens of another site secret cannot be decrypted, and nothing is sent')]
    public function testOtherSecret(): void
    {
        $this->connected();
        $this->store->record = str_replace('.', '.x', (string) $this->store->record);

        $this->expectException(VaultException::class);
        $this->connection()->status();
    }

    #[TestDox('disconnecting deletes the tokens and sends nothing')]
    public function testDisconnect(): void
    {
        $connection = $this->connected();
        $mark       = $this->clover->mark();
        $connection->disconnect();

        self::assertFalse($connection->status()->connected);
        self::assertSame([], $this->clover->requests($mark));
    }

    #[TestDox('a token that is valid for long enough is not refreshed, and nothing is sent')]
    public function testRefresh(): void
    {
        $connection = $this->connected();
        $mark       = $this->clover->mark();

        self::assertFalse($connection->refresh());
        self::assertSame([], $this->clover->requests($mark));
    }

    #[TestDox('log records reach the callable, without token, code or secret')]
    public function testLog(): void
    {
        $connection = $this->connection();
        [$url, $state] = $this->approved($connection);
        parse_str((string) parse_url($url, PHP_URL_QUERY), $query);
        $connection->complete($url, $state);
        $connection->merchant();
        $code = $query['code'] ?? null;
        $text = json_encode($this->logged, JSON_THROW_ON_ERROR);

        self::assertGreaterThan(3, \count($this->logged));
        self::assertContains('debug', array_column($this->logged, 0));

        self::assertIsString($code);

        foreach ([$code, $state, Simulator::APP_SECRET] as $secret) {
            self::assertStringNotContainsString($secret, $text);
        }
    }

    #[TestDox('an exception of the logger reaches the caller unchanged')]
    public function testThrowingLogger(): void
    {
        $connection = $this->connected();
        $settings   = \CloverSync\Settings::fromArray([
            'app_id'     => Simulator::APP_ID,
            'app_secret' => Simulator::APP_SECRET,
            'base_url'   => $this->clover->url,
        ]);
        $throwing = new \CloverSync\Connection(
            $settings,
            new \CloverSync\Vault('a secret of the site'),
            $this->store,
            static function (): void {
                throw new \DomainException('disk full');
            },
        );

        try {
            $throwing->merchant();
            self::fail('swallowed');
        } catch (\DomainException $e) {
            self::assertSame('disk full', $e->getMessage());
        }

        self::assertTrue($connection->merchant()->currency === 'USD');
    }

    #[TestDox('every exception of the extension is a CloverException and a RuntimeException')]
    public function testHierarchy(): void
    {
        foreach (Files::matching(\dirname(__DIR__, 2) . '/stubs/Exception/*.php') as $file) {
            $class = 'CloverSync\\Exception\\' . basename($file, '.php');
            self::assertTrue(
                is_a($class, CloverException::class, true) && is_a($class, \RuntimeException::class, true),
                $class,
            );
        }
    }
}
