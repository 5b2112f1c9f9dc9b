<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Dev\ShopCurrency;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Tasks\TaskReport;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The scheduled tasks. */
final class ScheduledTasksTest extends SalesTestCase
{
    #[DataProvider('intervals')]
    #[TestDox('With an interval of $minutes minutes, a sync is due $seconds seconds after the last one started')]
    public function test_due(int $minutes, int $seconds): void
    {
        $clock = new FakeClock((float) time());
        $this->sql->execute('UPDATE #__j2commerce_clover_runs SET started = ?', [UtcTime::sql(
            $clock->now() - $seconds + 1,
        )]);
        $early = $this->routines(['sync_interval' => $minutes], clock: $clock)->fullSync();
        self::assertSame([TaskReport::NOTHING, ['not_due' => [1]]], [$early->outcome(), $early->facts]);
        $clock->time += 1;
        $due         = $this->routines(['sync_interval' => $minutes], clock: $clock)->fullSync();
        self::assertSame([TaskReport::DONE, ['synced']], [$due->outcome(), array_keys($due->facts)]);
        self::assertSame(
            ['not_due'],
            array_keys($this->routines(['sync_interval' => $minutes], clock: $clock)->fullSync()->facts),
        );
    }

    /** @return array<string, array{int, int}> */
    public static function intervals(): array
    {
        return ['shortest' => [5, 240], 'default' => [60, 3240], 'day' => [1440, 77_760]];
    }

    #[TestDox('A shop without a sync is synced at once, and the sentence has the result')]
    public function test_first(): void
    {
        $this->tearDown();
        parent::setUp();
        $this->sql->execute('DELETE FROM #__j2commerce_clover_runs');
        $this->clover->edit($this->mug, ['price' => 777]);
        $result = $this->routines()->fullSync();
        self::assertSame(TaskReport::DONE, $result->outcome());
        self::assertSame([0, 1], \array_slice($result->facts['synced'], 0, 2));
        self::assertTrue($result->shopChanged);
    }

    #[TestDox('A sync with a wrong clock does not delay the next one')]
    public function test_started_in_the_future(): void
    {
        $this->sql->execute('UPDATE #__j2commerce_clover_runs SET started = ?', [UtcTime::sql(
            $this->clock->now() + 86_400,
        )]);
        self::assertArrayHasKey('synced', $this->routines()->fullSync()->facts);
    }

    #[TestDox('A sync that needs more time continues with the next slices, which make one run')]
    public function test_slices(): void
    {
        $this->due();
        $outcomes = [];

        do {
            $result     = $this->routines(seconds: 0.0)->fullSync();
            $outcomes[] = $result->outcome();
        } while ($result->outcome() === TaskReport::MORE && \count($outcomes) < 20);

        self::assertGreaterThan(2, \count($outcomes));
        self::assertSame(TaskReport::DONE, $result->outcome());
        self::assertSame(['synced'], array_keys($result->facts));
        self::assertSame(3, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_runs'));
    }

    #[TestDox('An interrupted run resumes before its interval is over, but not between two slices of a manual sync')]
    public function test_resume(): void
    {
        $run = $this->sync(budget: new TimeBudget(0.0))->id;
        $now = $this->routines()->fullSync();
        self::assertSame([TaskReport::NOTHING, ['running' => []]], [$now->outcome(), $now->facts]);
        $this->clock->later += 61;
        self::assertArrayHasKey('synced', $this->routines()->fullSync()->facts);
        self::assertSame(
            ['done', $run],
            array_values($this->firstRow('SELECT status, id FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 1')),
        );
    }

    #[TestDox('While another process syncs, only the other parts are done')]
    public function test_beside_a_sync(): void
    {
        $this->due();
        $this->order(1, [[$this->mug, 2]]);
        self::assertTrue(
            (new Lock(
                $this->db->connect(),
                'sync:sandbox',
                $this->clock,
                new ProcessIdentity('another node', 1, 1),
            ))->acquire(),
        );

        foreach (['fullSync', 'inventory'] as $task) {
            $result = self::perform($this->routines(), $task);
            self::assertArrayHasKey('running', $result->facts);
            self::assertSame([], $result->failures());
        }

        self::assertSame(18.0, $this->inClover($this->mug));
    }

    #[DataProvider('tasks')]
    #[TestDox('$task sends web sales to Clover, with an event and without, and processes webhook events')]
    public function test_drains(string $task): void
    {
        $this->order(1, [[$this->mug, 2]], event: false);
        $this->clover->setStock($this->candle, 3);
        $this->receive($this->candle);
        $result = self::perform($this->routines(), $task);
        self::assertSame([18.0, 3], [$this->inClover($this->mug), $this->inShop($this->candle)]);
        self::assertSame([TaskReport::DONE, []], [$result->outcome(), $result->failures()]);
        self::assertSame([[1], [2], [1]], [
            $result->facts['sales_found'],
            $result->facts['sales_sent'],
            $result->facts['webhooks'],
        ]);
        self::assertTrue($result->shopChanged);
    }

    #[DataProvider('tasks')]
    #[TestDox('$task ends at once without a connection, and deletes old log entries nevertheless')]
    public function test_not_connected(string $task): void
    {
        $this->due();
        $this->order(1, [[$this->mug, 2]]);
        $this->shop()->connectionService()->disconnect();
        $this->sql->execute("UPDATE #__j2commerce_clover_log SET created = '2020-01-01 00:00:00'");
        $mark   = $this->clover->mark();
        $result = self::perform($this->routines(), $task);
        self::assertSame([TaskReport::NOTHING, ['not_connected' => []], []], [
            $result->outcome(),
            $result->facts,
            $result->failures(),
        ]);
        self::assertSame([], $this->clover->calls($mark));
        self::assertSame(0, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_log'));
    }

    #[DataProvider('tasks')]
    #[TestDox('$task does nothing on a copy of the site, and names the site that has the connection')]
    public function test_copy(string $task): void
    {
        $this->due();
        $this->order(1, [[$this->mug, 2]]);
        StoredTokens::age($this->sql, self::SECRET, 1500);
        $mark   = $this->clover->mark();
        $result = self::perform(new ScheduledTasks($this->shop(site: 'https://staging.example'), 30.0), $task);
        self::assertSame([TaskReport::NOTHING, ['site_moved'], []], [
            $result->outcome(),
            array_keys($result->facts),
            $result->failures(),
        ]);
        self::assertStringContainsString('https://shop.example', self::said($result->facts['site_moved'][0]));
        self::assertSame([], $this->clover->calls($mark));
    }

    private static function said(int|Message|Time $value): string
    {
        return $value instanceof Message ? English::of($value) : '';
    }

    /** @return array<string, array{string}> */
    public static function tasks(): array
    {
        return ['full sync' => ['fullSync'], 'refresh' => ['refreshToken'], 'inventory' => ['inventory']];
    }

    #[TestDox('A sync that needs the owner\'s confirmation is not tried again before the interval is over')]
    public function test_needs_confirmation(): void
    {
        $this->due();

        foreach (\array_slice($this->clover->items(), 0, 14) as $item) {
            $this->clover->remove($item['id']);
        }

        $asked = $this->routines()->fullSync();
        self::assertSame([TaskReport::DONE, ['needs_confirmation']], [$asked->outcome(), array_keys($asked->facts)]);
        self::assertStringContainsString('14 of ', self::said($asked->facts['needs_confirmation'][0]));
        $mark  = $this->clover->mark();
        $again = $this->routines()->fullSync();
        self::assertEquals([TaskReport::NOTHING, $asked->facts], [$again->outcome(), $again->facts]);
        self::assertSame([], $this->clover->calls($mark));
        $this->due();
        self::assertEquals($asked->facts, $this->routines()->fullSync()->facts);
        self::assertSame(
            ['needs_confirmation', 'superseded'],
            $this->sql->fetchColumn('SELECT status FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 2'),
        );
    }

    #[TestDox('A sync that fails does not stop sales, is reported, and is not tried again before its time')]
    public function test_failing_sync(): void
    {
        $this->due();
        $this->order(1, [[$this->mug, 2]]);
        $result = $this->routines(['default_category' => 0])->fullSync();
        self::assertSame(18.0, $this->inClover($this->mug));
        self::assertSame([DefaultCategoryException::class], array_map(get_class(...), $result->failures()));
        self::assertSame([[2], TaskReport::DONE], [$result->facts['sales_sent'], $result->outcome()]);
        $again = $this->routines(['default_category' => 0])->fullSync();
        self::assertSame([['not_due_after_failure'], []], [array_keys($again->facts), $again->failures()]);
        self::assertEquals(Message::of($result->failures()[0]), $again->facts['not_due_after_failure'][1]);
    }

    #[TestDox('Parts with the same failure report it once, and the others are done')]
    public function test_same_obstacle(): void
    {
        $this->due();
        $this->order(1, [[$this->mug, 2]]);
        $this->receive($this->candle);
        ShopCurrency::write($this->sql, 'EUR');
        $result = $this->routines()->fullSync();
        self::assertSame([CurrencyException::class], array_map(get_class(...), $result->failures()));
        self::assertSame(18.0, $this->inClover($this->mug));
    }

    #[TestDox('A missing permission is reported with its name, by each attempt; between two attempts the pause is')]
    public function test_permission(): void
    {
        $this->due();
        $this->clover->merchant(['permissions' => ['ORDERS_R', 'ORDERS_W']]);
        [$problem] = $this->routines()->fullSync()->failures();
        self::assertInstanceOf(PermissionException::class, $problem);
        self::assertStringContainsString('Inventory', $problem->getPermission());
        $paused = $this->routines()->inventory();
        self::assertSame([[], ['catalog_paused']], [$paused->failures(), array_keys($paused->facts)]);
        $this->clock->later += 301;
        [$problem] = $this->routines()->inventory()->failures();
        self::assertInstanceOf(PermissionException::class, $problem);
        self::assertStringContainsString('error Clover’s counts were not read: ', implode(
            "\n",
            $this->logged('inventory_pull'),
        ));
    }

    #[TestDox('A sync that Clover interrupted is reported and continues with the next task')]
    public function test_unavailable(): void
    {
        $this->due();
        $this->clover->fault(Simulator::ITEM_PAGES . '*', 'status', 200, with: ['code' => 503]);
        self::assertSame(
            [UnavailableException::class],
            array_map(get_class(...), $this->routines()->fullSync()->failures()),
        );
        $this->clover->clearFaults();
        $this->clock->later += 61;
        self::assertArrayHasKey('synced', $this->routines()->fullSync()->facts);
        self::assertSame(3, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_runs'));
    }

    #[TestDox('An API token is never refreshed, and the task says so')]
    public function test_api_token(): void
    {
        $this
            ->shop()
            ->connectionService()
            ->connectWithApiToken($this->clover->state()['merchant_id'], $this->clover->apiToken());
        StoredTokens::age($this->sql, self::SECRET, 86_400);
        $mark   = $this->clover->mark();
        $report = $this->routines()->refreshToken();
        self::assertSame([TaskReport::NOTHING, ['token_unlimited'], []], [
            $report->outcome(),
            array_keys($report->facts),
            $this->clover->requests($mark),
        ]);
        self::assertSame([], $this->logged('token_refresh'));
    }

    #[TestDox('The access token is refreshed when it has twenty minutes left, and the log has one entry')]
    public function test_refresh(): void
    {
        StoredTokens::age($this->sql, self::SECRET, 540);
        $fresh = $this->routines()->refreshToken();
        self::assertSame([TaskReport::NOTHING, ['token_fresh'], 0], [
            $fresh->outcome(),
            array_keys($fresh->facts),
            $this->clover->refreshes(),
        ]);
        self::assertContains($fresh->facts['token_fresh'][0], [20, 21]);
        StoredTokens::age($this->sql, self::SECRET, 120);
        $near = $this->routines()->refreshToken();
        self::assertSame([TaskReport::DONE, ['token_refreshed'], 1], [
            $near->outcome(),
            array_keys($near->facts),
            $this->clover->refreshes(),
        ]);
        self::assertContains($near->facts['token_refreshed'][0], [29, 30]);
        $this->routines()->refreshToken();
        self::assertSame([1, ['success The access token was refreshed']], [
            $this->clover->refreshes(),
            $this->logged('token_refresh'),
        ]);
    }

    #[TestDox('A connection that only the owner can repair is reported once, and then counts as missing')]
    public function test_lost_connection(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        StoredTokens::age($this->sql, self::SECRET, 1500);
        $this->clover->tokens('revoke');
        $result = $this->routines()->refreshToken();
        self::assertSame([RefusedException::class], array_map(get_class(...), $result->failures()));
        $meanwhile = $this->routines()->refreshToken();
        self::assertSame([TaskReport::NOTHING, ['connection_refused']], [
            $meanwhile->outcome(),
            array_keys($meanwhile->facts),
        ]);
        self::assertSame(
            [RefusedException::class],
            array_map(get_class(...), $meanwhile->failures()),
            'The sale waits.',
        );
        self::assertCount(1, $this->logged('token_refresh'));
        StoredTokens::age($this->sql, self::SECRET, 600);
        $result = $this->routines()->refreshToken();
        self::assertSame([ReconnectException::class], array_map(get_class(...), $result->failures()));
        $after = $this->routines()->refreshToken();
        self::assertSame([TaskReport::NOTHING, ['connection_lost'], []], [
            $after->outcome(),
            array_keys($after->facts),
            $after->failures(),
        ]);
        self::assertCount(2, $this->logged('token_refresh'));
        self::assertStringStartsWith('error ', $this->logged('token_refresh')[0]);
    }

    #[TestDox('The inventory task updates only counts')]
    public function test_inventory(): void
    {
        $this->clover->setStock($this->mug, 7);
        $this->clover->edit($this->mug, ['price' => 1]);
        $price  = $this->product($this->mug)['price'];
        $result = $this->routines()->inventory();
        self::assertSame([7, $price], [$this->inShop($this->mug), $this->product($this->mug)['price']]);
        self::assertSame([TaskReport::DONE, 1], [$result->outcome(), $result->facts['counted'][0]]);
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings');
        $mark = $this->clover->mark();
        self::assertSame(['nothing_linked' => []], $this->routines()->inventory()->facts);
        self::assertSame([], $this->clover->calls($mark));
    }

    #[TestDox('Sales that need more time are left to the next slice')]
    public function test_backlog(): void
    {
        foreach (range(10, 21) as $n) {
            $this->order(1, [[$this->mug, 1]], ['order_id' => "1795407975$n", 'number' => $n]);
        }

        $slices = 0;

        do {
            $result = $this->routines(seconds: 0.0)->refreshToken();
        } while ($result->outcome() === TaskReport::MORE && ++$slices < 40);

        self::assertGreaterThan(0, $slices);
        self::assertSame([8.0, TaskReport::DONE], [$this->inClover($this->mug), $result->outcome()]);
    }

    /** @param array<string, mixed> $settings */
    private function routines(array $settings = [], float $seconds = 30.0, ?Clock $clock = null): ScheduledTasks
    {
        return new ScheduledTasks($this->shop($settings, clock: $clock), $seconds);
    }

    private static function perform(ScheduledTasks $routines, string $task): TaskReport
    {
        return match ($task) {
            'fullSync'     => $routines->fullSync(),
            'refreshToken' => $routines->refreshToken(),
            'inventory'    => $routines->inventory(),
            default        => self::fail("There is no task $task."),
        };
    }

    /** Lets time pass until the next sync is due. */
    private function due(): void
    {
        $this->clock->later += 3600;
    }

    private function receive(string $item): void
    {
        $this
            ->shop()
            ->inbox()
            ->take([[
                'object_type' => WebhookObject::Item,
                'object_id'   => $item,
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ]]);
    }
}
