<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Dev\ShopCurrency;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\SyncTestCase;

/** How a run continues and stops, and what keeps it from starting. */
final class RunTest extends SyncTestCase
{
    private const TIMES = [
        'modified',
        'modified_on',
        'created',
        'created_on',
        'publish_up',
        'core_modified_time',
        'core_created_time',
        'core_publish_up',
        'tag_date',
        'created_time',
        'modified_time',
    ];

    public function test_a_run_cut_after_each_step_ends_with_the_rows_of_a_run_that_was_not(): void
    {
        $this->clover->reset('synthetic:3500');
        $this->connect();
        $slices = 0;

        do {
            $result = $this->sync(['mapping_mode' => 'category'], new TimeBudget(0.0));
            $slices++;
        } while ($result->hasMore());

        self::assertGreaterThan(5, $slices);
        $cut = $this->shopRows(self::TIMES);
        $this->tearDown();
        $this->setUp();
        $this->clover->reset('synthetic:3500');
        $this->connect();
        $whole = $this->sync(['mapping_mode' => 'category']);

        self::assertSame([$whole->imported, $whole->productRows, $whole->itemsRead], [
            $result->imported,
            $result->productRows,
            $result->itemsRead,
        ]);
        self::assertEquals($this->shopRows(self::TIMES), $cut);
    }

    public function test_a_second_run_at_once_is_told_that_one_is_running(): void
    {
        $this->connect();
        $other = new Lock($this->db->connect(), 'sync:sandbox');
        $other->acquire();
        $this->expectException(AlreadyRunningException::class);
        $this->sync();
    }

    public function test_a_run_that_was_taken_over_writes_nothing_more(): void
    {
        $this->connect();
        $taken = false;

        try {
            $this
                ->shop()
                ->runner(function (SyncRunRow $now) use (&$taken): void {
                    $this->sql->execute("UPDATE #__j2commerce_clover_runs SET holder = 'another'");
                    $taken = true;
                })
                ->run(new TimeBudget());
            self::fail('It went on.');
        } catch (\CloverSync\Shop\Exception\LockLostException) {
            self::assertTrue($taken);
        }

        self::assertSame('running', $this->sql->fetchValue('SELECT status FROM #__j2commerce_clover_runs'));
        self::assertSame(RunStatus::Done, $this->sync()->status);
    }

    public function test_when_clover_cannot_be_reached_the_run_can_be_resumed(): void
    {
        $this->clover->reset('synthetic:2500');
        $this->connect();
        $this->sync(budget: new TimeBudget(0.0));
        $first = $this->sync(budget: new TimeBudget(0.0));
        $this->clover->fault('GET /v3/merchants/*/items*', 'status', 200, with: ['code' => 503]);

        try {
            $this->sync();
            self::fail('It did not notice.');
        } catch (UnavailableException) {
            self::assertSame('running', $this->sql->fetchValue('SELECT status FROM #__j2commerce_clover_runs'));
        }

        $this->clover->clearFaults();
        $result = $this->sync();
        self::assertSame([$first->id, RunStatus::Done, 2500], [$result->id, $result->status, $result->itemsRead]);
    }

    public function test_a_missing_permission_stops_the_run_with_its_name(): void
    {
        $this->connect();
        $this->clover->merchant(['permissions' => ['ORDERS_R', 'ORDERS_W']]);

        try {
            $this->sync();
            self::fail('It did not notice.');
        } catch (PermissionException $e) {
            self::assertStringContainsString('Inventory', $e->getPermission());
        }

        self::assertSame('failed', $this->sql->fetchValue('SELECT status FROM #__j2commerce_clover_runs'));
        self::assertSame(
            'error',
            $this->sql->fetchValue("SELECT status FROM #__j2commerce_clover_log WHERE action = 'sync'"),
        );
    }

    public function test_prices_in_another_currency_are_refused_and_nothing_is_written(): void
    {
        $this->connect();
        ShopCurrency::write($this->sql, 'EUR');
        $before = $this->shopRows();

        try {
            $this->sync();
            self::fail('It took dollars for euros.');
        } catch (CurrencyException $e) {
            self::assertStringContainsString('USD', $e->getMessage());
        }

        self::assertSame($before, $this->shopRows());
    }

    public function test_where_clover_does_not_tell_the_currency_the_owner_confirms_it_once(): void
    {
        $this->connect();
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W']]);

        try {
            $this->sync();
            self::fail('It guessed.');
        } catch (CurrencyException) {
            self::assertSame(0, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_products'));
        }

        $this->shop()->merchant->confirmCurrency('USD');
        self::assertSame(RunStatus::Done, $this->sync()->status);
    }

    public function test_a_disagreement_about_tax_is_said_once_and_changes_nothing(): void
    {
        $this->connect();
        $this->clover->merchant([
            'vat'         => true,
            'permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'MERCHANT_R'],
        ]);
        $this->sync();
        $this->sync();
        self::assertSame(
            1,
            (int) $this->sql->fetchValue(
                "SELECT COUNT(*) FROM #__j2commerce_clover_log
                    WHERE status = 'skipped' AND message LIKE '%tax_only_in_clover%'",
            ),
        );
    }

    public function test_without_a_default_category_the_sync_asks_for_one(): void
    {
        $this->connect();
        $this->expectException(DefaultCategoryException::class);
        $this->sync(['default_category' => 0]);
    }

    public function test_a_default_category_that_is_gone_is_not_used(): void
    {
        $this->connect();
        $this->expectException(DefaultCategoryException::class);
        $this->sync(['default_category' => 77]);
    }

    public function test_without_a_connection_nothing_is_asked_of_clover(): void
    {
        $this->expectException(NotConnectedException::class);
        $this->sync();
    }

    public function test_a_copy_of_the_site_sends_nothing_until_the_owner_has_decided(): void
    {
        $this->connectedAndSynced();
        $copy     = $this->shop(site: 'https://staging.example');
        $requests = \count($this->clover->requests());

        foreach ([
            static fn () => $copy->runner()->run(new TimeBudget()),
            static fn () => $copy->preview()->run(static fn () => null),
        ] as $traffic) {
            try {
                $traffic();
                self::fail('The copy spoke with Clover.');
            } catch (SiteMovedException) {
                self::assertCount($requests, $this->clover->requests());
            }
        }

        $copy->guard->move();
        self::assertSame(RunStatus::Done, $copy->runner()->run(new TimeBudget())->status);
        $this->expectException(SiteMovedException::class);
        $this->sync();
    }

    public function test_a_disconnected_shop_keeps_its_links_and_goes_on_after_reconnecting(): void
    {
        $this->connectedAndSynced();
        $this->shop()->connectionService()->disconnect();
        self::assertFalse($this->shop()->connection->status()->connected);
        $this->connect();
        $result = $this->sync();
        self::assertSame([0, 0], [$result->imported, $result->productRows]);
    }

    public function test_a_preview_tells_what_a_sync_would_do_and_does_nothing(): void
    {
        $this->connectedAndSynced();
        $apron = $this->itemBySku('APRON')['id'];
        $shirt = $this->itemBySku('TS-RE-S')['id'];
        $honey = $this->clover->items()[0]['id'];
        $this->clover->edit($apron, ['price' => 1, 'name' => 'Apron 2']);
        $this->clover->setStock($shirt, 77);
        $this->clover->remove($honey);
        $new = $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $this->sql->execute("UPDATE #__content SET title = 'Mine' WHERE id = ?", [
            $this->product($apron)['article_id'],
        ]);
        $before = [
            $this->shopRows(),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_mappings'),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_log'),
        ];
        $changes = [];
        $counts  = $this
            ->shop()
            ->preview()
            ->run(static function (array $change) use (&$changes): void {
                $changes[$change['clover_id']] = [$change['action'], $change['fields']];
            });

        self::assertSame(
            ['creates' => 1, 'updates' => 2, 'deletes' => 1, 'conflicts' => 0],
            array_slice($counts, 0, 4),
        );
        self::assertSame(['update', ['price']], $changes[$apron]);
        self::assertSame(['delete', []], $changes[$honey]);
        self::assertSame('create', $changes[$new][0]);
        self::assertSame($before, [
            $this->shopRows(),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_mappings'),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_log'),
        ]);
    }

    public function test_old_log_entries_and_runs_go_after_the_days_the_owner_set(): void
    {
        $this->connectedAndSynced();
        $this->sql->execute("UPDATE #__j2commerce_clover_log SET created = '2020-01-01 00:00:00'");
        $this->sql->execute("UPDATE #__j2commerce_clover_runs SET ended = '2020-01-01 00:00:00'");
        $this->sync(['log_retention' => 7]);
        self::assertSame(['sync'], $this->sql->fetchColumn('SELECT action FROM #__j2commerce_clover_log'));
        self::assertSame(1, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_runs'));
    }

    public function test_tokens_and_secrets_stand_sealed_in_the_database(): void
    {
        $this->connectedAndSynced();
        $all = json_encode([
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_state'),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_log'),
            $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_runs'),
        ], JSON_THROW_ON_ERROR);
        self::assertStringNotContainsString('11111111-2222-3333-4444-555555555555', $all);
        self::assertDoesNotMatchRegularExpression('/access_token|refresh_token|eyJ/', $all);
    }
}
