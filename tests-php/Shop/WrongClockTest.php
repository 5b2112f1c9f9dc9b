<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Locking\Lock;
use CloverSync\Tests\Support\SalesTestCase;

/** A clock that was ahead or behind during one run, and is right now. */
final class WrongClockTest extends SalesTestCase
{
    private const DAY = 86_400;

    public function testAnOrderDatedBeforeTheConnectionBelongsToItByItsKey(): void
    {
        $this->order(4, [[$this->mug, 2]], event: false);
        $this->dateOrders(-3 * self::DAY);
        $this->sync();
        self::assertSame(18, $this->inShop($this->mug));

        $this->order(1, [[$this->mug, 2]], event: false);
        $this->dateOrders(-3 * self::DAY);
        self::assertSame(1, $this->work()->found);
        self::assertSame(18, (int) $this->inClover($this->mug));
        self::assertCount(1, $this->cloverOrders());
        $this->sync();
        self::assertSame(18, $this->inShop($this->mug));
    }

    public function testAnOrderDatedYearsBackBelongsToItToo(): void
    {
        $this->order(1, [[$this->mug, 2]], event: false);
        $this->dateOrders(-9_000 * self::DAY);

        self::assertSame(1, $this->work()->found);
        self::assertSame(18, (int) $this->inClover($this->mug));
        $this->sync();
        self::assertSame(18, $this->inShop($this->mug));
    }

    public function testAnOrderFromBeforeTheConnectionStaysOutByKeyAndDate(): void
    {
        $this->order(1, [[$this->mug, 2]], event: false);
        $this->dateOrders(-3 * self::DAY);
        $this->setState('orders_after', '501');

        self::assertSame(0, $this->work()->found);
        self::assertSame(20, (int) $this->inClover($this->mug));
    }

    public function testAConnectionMadeWithAClockThatWasAheadTakesTheOrdersAfterIt(): void
    {
        $this->setState('since', (string) ($this->clock->now() + (400 * self::DAY)));
        $this->order(4, [[$this->mug, 2]]);
        $this->sync();
        self::assertSame(18, $this->inShop($this->mug));

        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame(18, (int) $this->inClover($this->mug));
    }

    public function testAnOldOrderPaidAfterSuchAConnectionIsTakenByItsEvent(): void
    {
        $this->order(4, [[$this->mug, 2]], event: false);
        $this->dateOrders(-3 * self::DAY);
        $this->setState('orders_after', '501');
        $this->setState('since', (string) ($this->clock->now() + (400 * self::DAY)));
        $this->order(1, [[$this->mug, 2]]);
        $this->work();

        self::assertSame(18, (int) $this->inClover($this->mug));
    }

    public function testOneRunWithAClockAheadDoesNotPutOrdersOutOfSight(): void
    {
        $this->order(4, [[$this->mug, 2]], event: false);
        $this->clock->later += 400 * self::DAY;
        $this->sales()->orders->raiseFloor();
        self::assertGreaterThan(501, $this->sales()->orders->floor());
        $this->clock->later -= 400 * self::DAY;
        $this->work();

        self::assertLessThanOrEqual(501, $this->sales()->orders->floor());
        $this->sync();
        self::assertSame(18, $this->inShop($this->mug));
    }

    public function testWhatAClockAheadPutOffIsDue(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $far = $this->clock->now() + (400 * self::DAY);
        $this->sql->execute('UPDATE #__j2commerce_clover_outbox SET next_try = ?', [$far]);
        $this->sales()->events->dropImpossibleTimes();
        $this->sales()->planner->plan(self::ORDER);
        $this->sql->execute('UPDATE #__j2commerce_clover_ledger SET next_try = ?', [$far]);
        $this->sql->execute('UPDATE #__j2commerce_clover_orders SET next_try = ?', [$far]);

        self::assertWork($this->work(), confirmed: 2);
        self::assertSame(18, (int) $this->inClover($this->mug));
    }

    public function testAnEventThatAClockAheadPutOffIsPlanned(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->sql->execute('UPDATE #__j2commerce_clover_outbox SET next_try = ?', [
            $this->clock->now() + (400 * self::DAY),
        ]);

        self::assertWork($this->work(), confirmed: 2);
    }

    public function testWhatAClockAheadSentCountsAsSentJustNow(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $far = $this->clock->now() + (400 * self::DAY);

        foreach (['ledger', 'orders'] as $table) {
            $this->sql->execute(
                "UPDATE #__j2commerce_clover_$table SET state = 'sent', sent = ?, next_try = ?",
                [$far, $far],
            );
        }

        $this->sales()->ledger->dropImpossibleTimes();
        $this->sales()->pushes->dropImpossibleTimes(240);

        foreach (['ledger' => 0, 'orders' => 240] as $table => $wait) {
            $row = $this->firstRow("SELECT sent, next_try FROM #__j2commerce_clover_$table");
            self::assertEqualsWithDelta($this->clock->now(), (int) $row['sent'], 5, $table);
            self::assertEqualsWithDelta($this->clock->now() + $wait, (int) $row['next_try'], 5, $table);
        }
    }

    public function testPlausibleTimesStay(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $now = $this->clock->now();

        foreach (['ledger', 'orders'] as $table) {
            $this->sql->execute(
                "UPDATE #__j2commerce_clover_$table SET state = 'sent', sent = ?, next_try = ?",
                [$now + 20, $now + 3_000],
            );
        }

        $this->sales()->ledger->dropImpossibleTimes();
        $this->sales()->pushes->dropImpossibleTimes(240);

        foreach (['ledger', 'orders'] as $table) {
            self::assertEquals(
                ['sent' => $now + 20, 'next_try' => $now + 3_000],
                $this->sql->fetchOne("SELECT sent, next_try FROM #__j2commerce_clover_$table"),
                $table,
            );
        }
    }

    public function testALeaseThatEndsLaterThanAnyCouldIsOver(): void
    {
        foreach ([40 => false, 300 => false, 400 * self::DAY => true] as $seconds => $free) {
            $this->sql->execute("DELETE FROM #__j2commerce_clover_locks WHERE name = 'a lock'");
            $this->sql->execute("INSERT INTO #__j2commerce_clover_locks (name, holder, node, pid, pid_started, expires)
                    VALUES ('a lock', 'another', 'another node', 1, 1, ?)", [
                $this->clock->now() + $seconds,
            ]);
            self::assertSame($free, (new Lock($this->sql, 'a lock', $this->clock))->acquire(), "$seconds s");
        }
    }

    public function testAnObjectThatAClockAheadPutOffIsLookedAt(): void
    {
        $this->clover->edit($this->mug, ['price' => 777]);
        $this->shop()->inbox()->ask([$this->mug]);
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = next_try + ?', [400 * self::DAY * 1000]);

        self::assertSame(0, $this->shop()->inbox()->nextIn());
        self::assertSame([$this->mug], array_column($this->shop()->inbox()->due(5), 'objectId'));
    }

    /** Sets the date of all orders, in seconds from now. */
    private function dateOrders(int $seconds): void
    {
        $this->sql->execute('UPDATE #__j2commerce_orders SET created_on = ?', [gmdate(
            'Y-m-d H:i:s',
            $this->clock->now() + $seconds,
        )]);
    }

    private function setState(string $name, string $value): void
    {
        $this->shop()->state->set("$name:{$this->clover->state()['merchant_id']}", $value);
    }
}
