<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\PermissionException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\PauseCause;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Tasks\ScheduledTasks;
use CloverSync\Shop\Tasks\TaskReport;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** A pause belongs to its kind of work, and ends when its cause does. */
final class PausesTest extends SalesTestCase
{
    private const ALL = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];

    #[TestDox('Without Orders Write the units of later orders still leave Clover, and no order is tried meanwhile')]
    public function test_orders_do_not_pause_stock(): void
    {
        $this->permit('INVENTORY_R', 'INVENTORY_W', 'ORDERS_R');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $mark = $this->clover->mark();
        $this->another(502, 3);
        self::assertWork($this->work(), 1, later: 2);
        self::assertSame(15.0, (float) $this->inClover($this->mug));
        self::assertSame([], self::writes($this->clover->calls($mark), 'orders'));
        self::assertSame(['orders'], $this->pausedKinds());
    }

    #[TestDox('Without Inventory Write orders still appear in Clover, and no count is tried meanwhile')]
    public function test_stock_does_not_pause_orders(): void
    {
        $this->permit('INVENTORY_R', 'ORDERS_R', 'ORDERS_W');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $mark = $this->clover->mark();
        $this->another(502, 3);
        self::assertWork($this->work(), 1, later: 2);
        self::assertCount(2, $this->cloverOrders());
        self::assertSame([], self::writes($this->clover->calls($mark), 'item_stocks'));
        self::assertSame(['stock'], $this->pausedKinds());
    }

    #[TestDox('While orders are paused, the payments of those that are in Clover are still recorded')]
    public function test_orders_do_not_pause_payments(): void
    {
        $payments = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'MERCHANT_R', 'PAYMENTS_R', 'PAYMENTS_W'];
        $this->permit('ORDERS_W', ...$payments);
        $this->clover->fault('POST /v3/merchants/*/orders/*/payments', 'drop');
        $this->order(1, [[$this->mug, 2]]);
        self::assertWork($this->work(), 2, later: 1);
        $this->permit(...$payments);
        $this->another(502, 3);
        $this->work();
        self::assertSame(['orders'], $this->pausedKinds());
        $this->clock->later += 60;
        self::assertWork($this->work(), 0, later: 1);
        [$order] = $this->cloverOrders();
        self::assertSame(['PAID', 1], [$order['paymentState'], \count($order['payments']['elements'])]);
        self::assertSame(['orders'], $this->pausedKinds());
    }

    /** @param list<string> $permissions */
    #[DataProvider('missing')]
    #[TestDox(
        'A permission that is granted meanwhile ($kind) is found by the next attempt, and all that waited is sent',
    )]
    public function test_a_granted_permission(string $kind, array $permissions, int $waiting): void
    {
        $this->permit(...$permissions);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $this->work();
        self::assertSame([$kind], $this->pausedKinds());
        $this->permit(...self::ALL);
        $mark = $this->clover->mark();
        self::assertFalse($this->shop()->dashboard()->read()->hasDue);
        self::assertWork($this->work(), 0, later: $waiting);
        self::assertSame([], $this->clover->calls($mark), 'It is too early.');
        $this->clock->later += 301;
        self::assertTrue($this->shop()->dashboard()->read()->hasDue);
        self::assertWork($this->work(), $waiting);
        self::assertSame([[], 18.0, 9.0, 1], [
            $this->pausedKinds(),
            (float) $this->inClover($this->mug),
            (float) $this->inClover($this->candle),
            \count($this->cloverOrders()),
        ]);
        self::assertStringContainsString('works again', $this->logged('sync')[\count($this->logged('sync')) - 1]);
    }

    /** @return array<string, array{string, list<string>, int}> */
    public static function missing(): array
    {
        return [
            'Inventory Write' => ['stock', ['INVENTORY_R', 'ORDERS_R', 'ORDERS_W'], 2],
            'Orders Write'    => ['orders', ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R'], 1],
        ];
    }

    #[TestDox(
        'While the permission stays missing one row is tried each time, later each time, and the log says it once',
    )]
    public function test_trials(): void
    {
        $this->permit('INVENTORY_R');
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $this->work();
        $tries = [];

        for ($i = 0; $i < 40; $i++) {
            $this->clock->later += 60;
            $mark               = $this->clover->mark();
            $this->work();
            $calls = self::writes($this->clover->calls($mark), 'item_stocks');

            if ($calls !== []) {
                // A refused call is repeated once with a new token.
                self::assertCount(1, array_unique($calls));
                $tries[] = $i + 1;
            }
        }

        self::assertSame([5, 15, 30], $tries);
        self::assertSame([2, 2], [
            \count($this->logged('inventory_decrement')) + \count($this->logged('order_push')),
            \count(array_filter($this->rows(), static fn (string $row): bool => str_ends_with($row, 'intended'))),
        ]);
    }

    #[TestDox('A pause for which nothing waits any more ends at its next attempt, without a request')]
    public function test_nothing_left(): void
    {
        $this->permit('INVENTORY_R', 'INVENTORY_W', 'ORDERS_R');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET state = 'skipped'");
        $this->work();
        self::assertSame(['orders'], $this->pausedKinds());
        $this->clock->later += 301;
        self::assertTrue($this->shop()->dashboard()->read()->hasDue);
        $mark = $this->clover->mark();
        $this->work();
        self::assertSame([[], []], [$this->pausedKinds(), $this->clover->calls($mark)]);
    }

    #[TestDox('Connecting again makes everything due at once, and sends it whole')]
    public function test_a_new_connection(): void
    {
        $this->permit('INVENTORY_R');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame(['stock', 'orders'], $this->pausedKinds());
        $this->permit(...self::ALL);
        $shop = $this->shop();
        $shop->connectionService()->disconnect();
        self::assertFalse($this->shop()->dashboard()->read()->hasDue, 'Without a connection nothing can be sent.');
        $this->connect($shop);
        $now = $this->shop()->dashboard()->read();
        self::assertSame([[], true], [$now->paused, $now->hasDue]);
        self::assertWork($this->work(scan: false), 2);
        self::assertFalse($this->shop()->dashboard()->read()->hasDue);
    }

    #[TestDox('What Clover refuses repeatedly waits for the owner, however late it is')]
    public function test_refusals_wait_for_the_owner(): void
    {
        $breaker = $this->shop()->pauses()->of(WorkKind::Stock);

        for ($i = 0; $i < 5; $i++) {
            self::assertTrue($breaker->isTryable());
            $breaker->refused(Message::said('no'));
        }

        $this->order(1, [[$this->mug, 2]]);
        $this->clock->later += 86_400;
        self::assertFalse($this->shop()->pauses()->of(WorkKind::Stock)->isTryable());
        self::assertWork($this->work(), 1, later: 1);
        self::assertSame(20.0, (float) $this->inClover($this->mug));
        $this->shop()->pauses()->end();
        self::assertWork($this->work(), 1);
    }

    #[TestDox('A success between two refusals begins the count anew')]
    public function test_refusals_in_a_row(): void
    {
        $breaker = $this->shop()->pauses()->of(WorkKind::Orders);

        for ($i = 0; $i < 12; $i++) {
            $breaker->refused(Message::said('no'));

            if (($i % 4) === 3) {
                $breaker->succeeded();
            }
        }

        self::assertNull($breaker->pause());
    }

    #[TestDox('An attempt that a wrong clock has put off for days is due, and is made once')]
    public function test_a_clock_that_was_ahead(): void
    {
        $this->permit('INVENTORY_R');
        $this->order(1, [[$this->mug, 2]]);
        $this->clock->later = 9 * 86_400;
        $this->work();
        $this->clock->later = 0;
        $mark               = $this->clover->mark();
        $this->work();
        $this->work();
        self::assertCount(1, array_unique(self::writes($this->clover->calls($mark), 'item_stocks')));
        $pauses = $this->shop()->pauses()->all();
        self::assertSame(['stock', 'orders'], array_map(static fn (Pause $p): string => $p->kind->value, $pauses));
        self::assertLessThanOrEqual($this->clock->now() + 900, $pauses[0]->nextTry);
    }

    #[TestDox('A stored value of another form does not pause anything')]
    public function test_foreign_values(): void
    {
        foreach (['x', '{}', '{"cause":"other","since":1}', '{"cause":"permission","since":"1"}', '[[]]'] as $value) {
            $this->shop()->state->set(CircuitBreaker::PREFIX . 'stock', $value);
            self::assertSame([], $this->shop()->pauses()->all());
            self::assertTrue($this->shop()->pauses()->of(WorkKind::Stock)->isTryable());
        }
    }

    #[TestDox('Without Inventory Read catalog tasks stop asking, sales go on, and the granted permission ends it')]
    public function test_the_catalog(): void
    {
        $this->permit('INVENTORY_W', 'ORDERS_R', 'ORDERS_W');
        $this->clock->later += 3_600;
        $failed             = $this->tasks()->fullSync();
        self::assertInstanceOf(PermissionException::class, $failed->failures()[0] ?? null);
        self::assertSame(['catalog'], $this->pausedKinds());
        $this->shop()->inbox()->ask([$this->mug]);
        $mark   = $this->clover->mark();
        $paused = $this->tasks()->inventory();
        self::assertSame([TaskReport::NOTHING, []], [$paused->outcome(), $paused->failures()]);
        self::assertArrayHasKey('catalog_paused', $paused->facts);
        self::assertSame([], $this->clover->calls($mark));
        $this->permit(...self::ALL);
        $this->order(1, [[$this->mug, 2]]);
        self::assertSame(2, $this->tasks()->refreshToken()->facts['sales_sent'][0] ?? null);
        $this->clock->later += 301;
        self::assertArrayHasKey('synced', $this->tasks()->fullSync()->facts, 'Before its interval is over.');
        self::assertSame([[], 0], [$this->pausedKinds(), $this->shop()->inbox()->count()]);
    }

    #[TestDox('A sync that the owner starts is never held up by a pause, and ends it')]
    public function test_a_sync_by_hand(): void
    {
        $this->shop()->pauses()->of(WorkKind::Catalog)->lacks('Inventory Read', Message::said('no'), 'sync');
        $this->sync();
        self::assertSame([], $this->pausedKinds());
    }

    #[TestDox('The dashboard has kind, time, cause and permission of each pause')]
    public function test_the_dashboard(): void
    {
        $this->permit('INVENTORY_R');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $since              = $this->clock->now();
        $this->clock->later += 120;
        $now                = $this->shop()->dashboard()->read();
        self::assertSame(
            [
                [WorkKind::Stock,  PauseCause::Permission, 'Inventory Write'],
                [WorkKind::Orders, PauseCause::Permission, 'Orders Write'],
            ],
            array_map(static fn (Pause $p): array => [$p->kind, $p->cause, $p->permission], $now->paused),
        );
        self::assertEqualsWithDelta($since, $now->paused[0]->since, 2);
        self::assertSame([true, false], [$now->isPaused(WorkKind::Stock), $now->isPaused(WorkKind::Catalog)]);
    }

    private function permit(string ...$permissions): void
    {
        $this->clover->merchant(['permissions' => array_values($permissions)]);
    }

    private function another(int $number, int $quantity): void
    {
        $this->order(
            1,
            [[$this->mug, $quantity, $number]],
            [
                'order_id' => (string) (179540797000 + $number),
                'number'   => $number,
            ],
        );
    }

    private function tasks(): ScheduledTasks
    {
        return new ScheduledTasks($this->shop(), 60.0);
    }

    /** @return list<string> */
    private function pausedKinds(): array
    {
        return array_map(static fn (Pause $p): string => $p->kind->value, $this->shop()->pauses()->all());
    }

    /**
     * @param list<string> $calls
     *
     * @return list<string>
     */
    private static function writes(array $calls, string $what): array
    {
        return array_values(array_filter(
            $calls,
            static fn (string $call): bool => str_starts_with($call, 'POST') && str_contains($call, "/$what"),
        ));
    }
}
