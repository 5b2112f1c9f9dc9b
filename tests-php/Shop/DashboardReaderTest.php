<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\PermissionException;
use CloverSync\Shop\Catalog\RunPhase;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\LaterClock;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Tests\Support\SyncTestCase;

/** The dashboard's facts about connection, catalog and sales. */
final class DashboardReaderTest extends SyncTestCase
{
    private const PERMISSIONS = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];

    public function test_before_the_first_connection_there_is_nothing_yet(): void
    {
        $now = $this->shop()->dashboard()->read();

        self::assertSame(['sandbox', false, null, null, null, null], [
            $now->environment,
            $now->connected,
            $now->merchantId,
            $now->merchantName,
            $now->reconnectReason,
            $now->accessExpiresAt,
        ]);
        self::assertSame([0, 0, 0, 0, 0, null], [
            $now->products,
            $now->errors,
            $now->pending,
            $now->conflicts,
            $now->deleted,
            $now->lastSync,
        ]);
        self::assertSame([null, null, null, [], null, null], [
            $now->run,
            $now->lastFailure,
            $now->sales,
            $now->paused,
            $now->webhookCodes[0] ?? null,
            $now->webhookSeen,
        ]);
        self::assertSame([false, false, null], [$now->siteMoved, $now->tokenEndsSoon, $now->currency]);
        self::assertTrue($now->hasDefaultCategory);
        self::assertFalse($this->shop(['default_category' => 0])->dashboard()->read()->hasDefaultCategory);
        self::assertFalse($this->shop(['default_category' => 999])->dashboard()->read()->hasDefaultCategory);
    }

    public function test_connected_and_synced_it_has_the_figures_and_asks_clover_nothing(): void
    {
        $this->clover->merchant(['permissions' => [...self::PERMISSIONS, 'MERCHANT_R']]);
        $this->connectedAndSynced();
        $mark = $this->clover->mark();
        $shop = $this->shop();
        $now  = $shop->dashboard()->read();

        self::assertSame([], $this->clover->requests($mark));
        self::assertTrue($now->connected);
        self::assertSame([$shop->merchantId(), $shop->merchant->remembered()?->name, 'USD'], [
            $now->merchantId,
            $now->merchantName,
            $now->currency,
        ]);
        self::assertNotNull($now->merchantName);
        self::assertSame($shop->links()->counts(), [
            'products'  => $now->products,
            'errors'    => $now->errors,
            'pending'   => $now->pending,
            'conflicts' => $now->conflicts,
            'deleted'   => $now->deleted,
            'left_out'  => $now->leftOut,
        ]);
        self::assertGreaterThan(0, $now->products);
        self::assertSame($shop->state->get('last_sync'), $now->lastSync);
        self::assertSame([null, null, ['later' => 0, 'uncertain' => 0, 'dead' => 0, 'corrections' => 0]], [
            $now->run,
            $now->lastFailure,
            $now->sales,
        ]);
        self::assertGreaterThan(time(), $now->accessExpiresAt);
        self::assertGreaterThan($now->accessExpiresAt, $now->refreshExpiresAt);
    }

    public function test_limits_that_clover_named_in_a_429_are_shown(): void
    {
        self::assertSame(
            ['per_second' => 16, 'concurrent' => 5, 'learned' => false],
            $this->shop()->dashboard()->read()->rateLimit,
        );
        $limiter = new DatabaseRateLimiter($this->sql, 'sandbox');
        $limiter->exchange(0, 0, 0, [], false, 0, ['per_second' => [
            'limit'       => 5,
            'forgottenIn' => 1_260_000,
            'step'        => 60_000,
        ]]);
        self::assertSame(
            ['per_second' => 5, 'concurrent' => 5, 'learned' => true],
            $this->shop()->dashboard()->read()->rateLimit,
        );
    }

    public function test_a_token_that_nobody_has_refreshed_is_told(): void
    {
        $this->connect();
        self::assertFalse($this->shop()->dashboard()->read()->tokenEndsSoon);
        StoredTokens::age($this->sql, self::SECRET, 1_600);
        self::assertTrue($this->shop()->dashboard()->read()->tokenEndsSoon);
    }

    public function test_after_a_disconnect_the_figures_stay(): void
    {
        $this->connectedAndSynced();
        $before = $this->shop()->dashboard()->read();
        $this->shop()->connectionService()->disconnect();
        $now = $this->shop()->dashboard()->read();

        self::assertSame([false, null, null], [$now->connected, $now->merchantId, $now->merchantName]);
        self::assertSame([$before->products, $before->lastSync], [$now->products, $now->lastSync]);
        self::assertFalse($now->tokenEndsSoon);
    }

    public function test_a_run_that_was_cut_is_open_with_its_progress_until_it_is_ended(): void
    {
        $this->clover->reset('synthetic:3500');
        $this->connect();
        $this->sync(budget: new TimeBudget(0.0));
        $cut = $this->sync(budget: new TimeBudget(0.0));
        $run = self::openRun($this->shop(clock: new LaterClock(90)));

        self::assertSame([RunStatus::Running, RunPhase::Items, $cut->itemsRead, $cut->id], [
            $run['now']->status,
            $run['now']->phase,
            $run['now']->itemsRead,
            $run['now']->id,
        ]);
        self::assertSame(
            [null, false],
            [$run['expected'], $run['active']],
            'The number is unknown, and no process is working on it.',
        );
        self::assertEqualsWithDelta(90, $run['heartbeat_age'], 10);

        $this->sync();
        self::assertNull($this->shop()->dashboard()->read()->run);
        $this->sync(budget: new TimeBudget(0.0));
        self::assertSame($this->shop()->links()->countLinked(), self::openRun($this->shop())['expected']);
    }

    public function test_another_process_at_the_sync_is_seen(): void
    {
        $this->connect();
        $this->sync(budget: new TimeBudget(0.0));
        $other = new Lock($this->db->connect(), 'sync:sandbox');
        $other->acquire();
        self::assertTrue(self::openRun($this->shop())['active']);
        self::assertFalse($other->isTaken(), 'A lock of this process is not taken by another.');
        $other->release();
        self::assertFalse(self::openRun($this->shop())['active']);
    }

    public function test_a_run_that_waits_for_the_owners_word_says_for_which(): void
    {
        $this->connectedAndSynced();

        foreach ($this->clover->items() as $item) {
            $this->clover->remove($item['id']);
        }

        $result = $this->sync();
        $run    = self::openRun($this->shop());
        self::assertEquals([RunStatus::NeedsConfirmation, $result->message, false], [
            $run['now']->status,
            $run['now']->message,
            $run['active'],
        ]);
        self::assertSame(RunStatus::Running, $this->sync(budget: new TimeBudget(0.0), confirmDeletes: true)->status);

        // The confirmation is stored, so it need not be repeated.
        self::assertSame(RunStatus::Done, $this->sync()->status);
        self::assertNull($this->shop()->dashboard()->read()->run);
    }

    public function test_why_the_last_run_stopped_is_told_until_another_one_ends_well(): void
    {
        $this->syncWithoutPermission();
        $this->clover->merchant(['permissions' => self::PERMISSIONS]);
        $this->sync();

        self::assertNull($this->shop()->dashboard()->read()->lastFailure);
    }

    public function test_why_the_last_run_stopped_is_not_told_after_connecting_anew(): void
    {
        $this->syncWithoutPermission();
        $this->shop()->connectionService()->connected();

        self::assertNull($this->shop()->dashboard()->read()->lastFailure);
    }

    private function syncWithoutPermission(): void
    {
        $this->connect();
        $this->clover->merchant(['permissions' => ['ORDERS_R', 'ORDERS_W']]);

        try {
            $this->sync();
            self::fail('A permission was missing.');
        } catch (PermissionException $e) {
            self::assertEquals(Message::of($e), $this->shop()->dashboard()->read()->lastFailure);
        }
    }

    public function test_pause_tax_webhook_and_another_site_are_in_it(): void
    {
        $this->connect();
        $shop = $this->shop();
        $shop->pauses()->of(WorkKind::Stock)->lacks(
            'Inventory Write',
            Message::said('no permission'),
            'inventory_decrement',
        );
        $shop->state->set('tax_warning', 'with and without');
        $shop->state->setArray('webhook_code', ['code' => 'a-code', 'at' => 1_700_000_000]);
        $shop->state->set('webhook_seen', '1700000100');
        $now = $this->shop(site: 'https://copy.example')->dashboard()->read();

        self::assertEquals([
            Message::said('no permission'),
            Message::said('with and without'),
            ['code' => 'a-code', 'at' => 1_700_000_000],
            1_700_000_100,
            true,
        ], [
            $now->paused[0]->message,
            $now->taxWarning,
            $now->webhookCodes[0],
            $now->webhookSeen,
            $now->siteMoved,
        ]);
        $shop->state->set('tax_warning', '');
        self::assertNull($this->shop()->dashboard()->read()->taxWarning);
    }

    public function test_a_category_that_exists_ends_the_question_for_one(): void
    {
        $this->connect();

        try {
            $this->sync(['default_category' => 0]);
            self::fail('There was no category.');
        } catch (DefaultCategoryException) {
            self::assertFalse($this->shop(['default_category' => 0])->dashboard()->read()->hasDefaultCategory);
        }

        $shop = $this->shop(['default_category' => 0])->withDefaultCategory(2);
        self::assertTrue($shop->dashboard()->read()->hasDefaultCategory);
        self::assertSame(RunStatus::Done, $shop->runner()->run(new TimeBudget())->status);
    }

    public function test_connecting_to_another_merchant_forgets_the_facts_of_the_first_and_names_it(): void
    {
        $shop          = $this->shop();
        $authorization = $shop->connection->authorize('https://shop.example/callback');
        self::assertNull($shop->connectionService()->complete(
            Simulator::approve($authorization->url),
            $authorization->state,
        ));
        self::assertFalse($shop->guard->isMoved());
        $shop->merchant->ask();

        $again = $shop->connection->authorize('https://shop.example/callback');
        self::assertNull(
            $shop->connectionService()->complete(Simulator::approve($again->url), $again->state),
            'It is the same one.',
        );
        $facts = $shop->merchant->remembered();
        self::assertNotNull($facts);

        $shop->state->setArray('merchant', ['id' => 'ANOTHER'] + $facts->toArray());
        $shop->connection->disconnect();
        $third = $shop->connection->authorize('https://shop.example/callback');
        self::assertSame('ANOTHER', $shop->connectionService()->complete(
            Simulator::approve($third->url),
            $third->state,
        ));
        self::assertNull($shop->merchant->remembered());
        self::assertNull($shop->dashboard()->read()->merchantName);
    }

    public function test_credentials_are_there_when_both_are(): void
    {
        self::assertTrue($this->shop()->hasCredentials());
        self::assertFalse($this->shop(['app_secret' => ''])->hasCredentials());
    }

    /** @return array{now: SyncRunRow, expected: ?int, heartbeat_age: int, active: bool, ...} */
    private static function openRun(Services $shop): array
    {
        return $shop->dashboard()->read()->run ?? self::fail('No run is open.');
    }
}
