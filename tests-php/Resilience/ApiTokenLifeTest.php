<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Credential;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\UnavailableException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Stock;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\TestDox;

/** A shop that is connected with a merchant's API token: what ends the connection, and what does not. */
final class ApiTokenLifeTest extends ResilienceTestCase
{
    private const ITEMS  = 'GET /v3/merchants/*/items';
    private const ORDERS = 'GET /v3/merchants/*/orders';

    private string $token;

    protected function setUp(): void
    {
        parent::setUp();
        $this->clover = Simulator::start('sandbox', 'off');
        $this->token  = $this->clover->apiToken();
    }

    #[TestDox('A shop without an app is connected, synced, and nothing of it runs out')]
    public function test_a_shop_without_an_app(): void
    {
        self::assertNull($this->connectByToken());
        $result = $this->withoutApp()->runner()->run(new TimeBudget());
        self::assertSame([RunStatus::Done, 0], [$result->status, $result->failed]);

        StoredTokens::age($this->sql, self::SECRET, 315_360_000);
        $now = $this->withoutApp()->dashboard()->read();
        self::assertSame([true, false, Credential::Merchant, null, null], [
            $now->connected,
            $now->tokenEndsSoon,
            $now->credential,
            $now->accessExpiresAt,
            $now->refreshExpiresAt,
        ]);
        self::assertTrue($now->isWithoutEvents());
        self::assertFalse($this->withoutApp()->connection->refresh());
        self::assertSame('USD', $this->withoutApp()->connection->merchant()->currency);
        self::assertSame([], $this->clover->calls(0, '#/oauth/#'));
    }

    #[TestDox('A 401 of one call is a missing permission: one trial for a burst of them, and the connection stays')]
    public function test_a_missing_permission(): void
    {
        $this->connectByToken();
        $this->clover->merchant(['permissions' => ['ORDERS_R']]);
        $mark = $this->clover->mark();

        for ($i = 0; $i < 3; $i++) {
            $refused = self::thrown(PermissionException::class, fn () => $this->counts());
            self::assertSame('Inventory Read', $refused->getPermission());
        }

        self::assertCount(1, $this->clover->calls($mark, '#/orders 200$#'));
        $status = $this->withoutApp()->connection->status();
        self::assertSame([true, null, null], [$status->connected, $status->reconnectReason, $status->refusedAt]);
    }

    #[TestDox('A revoked token is refused, nothing is sent for ten minutes, and a second refusal ends the connection')]
    public function test_refused_twice(): void
    {
        $this->connectByToken();
        $this->clover->tokens('revoke_api_tokens');
        $first = self::thrown(RefusedException::class, fn () => $this->counts());
        self::assertSame(ProblemCode::ApiTokenRefused, $first->getProblem()?->code);
        self::assertEqualsWithDelta(time(), $first->getRefusedAt(), 10);
        self::assertSame($first->getRefusedAt() + 600, $first->getNextTryAt());
        $status = $this->withoutApp()->connection->status();
        self::assertSame([true, $first->getRefusedAt(), $first->getNextTryAt()], [
            $status->connected,
            $status->refusedAt,
            $status->nextTryAt,
        ]);
        $this->assertNothingIsAsked(RefusedException::class);

        StoredTokens::age($this->sql, self::SECRET, 600);
        self::thrown(ReconnectException::class, fn () => $this->counts());
        $status = $this->withoutApp()->connection->status();
        self::assertSame([false, ProblemCode::ConnectionLost, Credential::Merchant], [
            $status->connected,
            $status->reconnectReason?->code,
            $status->credential,
        ]);
        $this->assertNothingIsAsked(ReconnectException::class);

        $this->token = $this->clover->apiToken();
        $this->connectByToken();
        self::assertGreaterThan(0, $this->counts());
    }

    #[TestDox('A refusal that Clover does not repeat is forgotten, without the owner')]
    public function test_one_refusal_is_survived(): void
    {
        $this->connectByToken();
        $refusal = ['code' => 401, 'body' => ['message' => '401 Unauthorized']];
        $this->clover->fault(self::ITEMS, 'status', 2, with: $refusal);
        $this->clover->fault(self::ORDERS, 'status', with: $refusal);
        self::thrown(RefusedException::class, fn () => $this->counts());
        StoredTokens::age($this->sql, self::SECRET, 600);
        self::assertGreaterThan(0, $this->counts());
        self::assertNull($this->withoutApp()->connection->status()->refusedAt);
    }

    #[TestDox('A page of a firewall in place of Clover does not count as a refusal')]
    public function test_only_clovers_word_counts(): void
    {
        $this->connectByToken();
        $refusal = ['code' => 401, 'body' => ['message' => '401 Unauthorized']];
        $this->clover->fault(self::ITEMS, 'status', 2, with: $refusal);
        $this->clover->fault(self::ORDERS, 'drop', 20);
        self::thrown(UnavailableException::class, fn () => $this->counts());
        $this->clover->clearFaults();
        $status = $this->withoutApp()->connection->status();
        self::assertSame([true, null], [$status->connected, $status->refusedAt]);
        self::assertGreaterThan(0, $this->counts());
    }

    #[TestDox('Of eight processes whose token Clover refuses, one tries it')]
    public function test_one_trial(): void
    {
        $this->connectByToken();
        $this->clover->tokens('revoke_api_tokens');
        $mark   = $this->clover->mark();
        $errors = Child::values(array_map(
            fn (): Child => Child::fork(function (): string {
                try {
                    return (string) $this->counts($this->db->connect());
                } catch (\Throwable $e) {
                    return $e::class;
                }
            }),
            range(1, 8),
        ));
        self::assertSame([RefusedException::class], array_values(array_unique($errors)));
        self::assertCount(1, $this->clover->calls($mark, '#/orders 401$#'));
    }

    #[TestDox('An owner changes from the app to a token and back: the work goes on, and the merchant is the same')]
    public function test_switching(): void
    {
        $this->connect($this->shop());
        $first = $this->shop()->runner()->run(new TimeBudget());
        self::assertSame(RunStatus::Done, $first->status);
        self::assertNull($this->connectByToken());
        self::assertSame(Credential::Merchant, $this->shop()->connection->status()->credential);
        $second = $this->withoutApp()->runner()->run(new TimeBudget());
        self::assertSame([RunStatus::Done, 0, 0], [$second->status, $second->imported, $second->updated]);

        $this->connect($this->shop());
        self::assertSame(Credential::App, $this->shop()->connection->status()->credential);
        self::assertNotNull($this->shop()->connection->status()->accessExpiresAt);
        $this->shop()->connectionService()->disconnect();
        self::assertNull($this->shop()->connection->status()->credential);
    }

    #[TestDox('Another merchant is named, and the products of the first one stay')]
    public function test_another_merchant(): void
    {
        $first = $this->clover->state()['merchant_id'];
        $this->connectByToken();
        $this->withoutApp()->runner()->run(new TimeBudget());
        $linked       = $this->rows('j2commerce_clover_mappings');
        $this->clover = Simulator::start('sandbox', 'off', ['--seed', '7']);
        $this->token  = $this->clover->apiToken();
        self::assertSame($first, $this->connectByToken());
        self::assertNotSame($first, $this->withoutApp()->merchantId());
        self::assertSame($linked, $this->rows('j2commerce_clover_mappings'));
    }

    #[TestDox('A token that Clover does not accept leaves the connection of before as it is')]
    public function test_a_wrong_token_changes_nothing(): void
    {
        $this->connect($this->shop());
        $this->token = 'no-token-of-this-merchant';
        self::thrown(ItemException::class, $this->connectByToken(...));
        self::assertSame(Credential::App, $this->shop()->connection->status()->credential);
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
    }

    #[TestDox('A copy of the site does not use the token')]
    public function test_a_copy(): void
    {
        $this->connectByToken();
        $mark = $this->clover->mark();
        $copy = new Services(
            $this->sql,
            $this->settings(['app_id' => '', 'app_secret' => '']),
            new Vault(self::SECRET),
            'https://staging.example',
        );
        self::thrown(SiteMovedException::class, static fn () => $copy->connectionService()->require());
        self::assertTrue($copy->dashboard()->read()->siteMoved);
        self::assertSame([], $this->clover->requests($mark));
    }

    private function connectByToken(): ?string
    {
        return $this
            ->withoutApp()
            ->connectionService()
            ->connectWithApiToken($this->clover->state()['merchant_id'], $this->token);
    }

    private function withoutApp(?Sql $sql = null): Services
    {
        return $this->shop($sql, ['app_id' => '', 'app_secret' => '']);
    }

    /** @return int Items whose counts were read, of a page */
    private function counts(?Sql $sql = null): int
    {
        return \count((new Stock($this->withoutApp($sql)->connection))->counts()->items());
    }

    /** @param class-string<\Throwable> $class */
    private function assertNothingIsAsked(string $class): void
    {
        $mark = $this->clover->mark();
        self::thrown($class, fn () => $this->counts($this->db->connect()));
        self::assertSame([], $this->clover->requests($mark));
    }
}
