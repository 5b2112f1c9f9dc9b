<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\ItemException;
use CloverSync\SaleState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\OrderStatus;
use CloverSync\Shop\Sales\OrderStatusLine;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** What the owner sees of an order and can do about it. */
final class OrderStatusTest extends SalesTestCase
{
    #[TestDox('An order that was just paid waits; after sending, its id in Clover and its rows are shown')]
    public function test_a_sale(): void
    {
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $before = $this->standing();
        self::assertSame([true, SaleState::Paid, true, true, null], [
            $before->concerns,
            $before->state,
            $before->waits,
            $before->isUnderWay(),
            $before->push,
        ]);
        $this->work();
        $after = $this->standing();
        self::assertSame([false, false, false, false], [
            $after->waits,
            $after->isUnderWay(),
            $after->mayPush(),
            $after->mayRetry(),
        ]);
        self::assertSame(['confirmed', $this->cloverOrders()[0]['id'], 'not_granted'], [
            $after->push?->state->value,
            $after->push?->cloverOrderId,
            $after->push?->payment,
        ]);
        self::assertSame(
            [
                ['Line 0', $this->mug, 2, 2, [['+2', 'confirmed', false]]],
                ['Line 1', $this->candle, 1, 1, [['+1', 'confirmed', false]]],
            ],
            array_map(static fn (OrderStatusLine $line): array => [
                $line->books->name,
                $line->books->cloverId,
                $line->books->quantity,
                $line->returnable,
                array_map(static fn (LedgerRow $row): array => [
                    \sprintf('%+d', $row->delta),
                    $row->state->value,
                    $line->isOpen($row),
                ], $line->books->rows),
            ], $after->lines),
        );
    }

    #[TestDox('An order from before the connection does not concern Clover')]
    public function test_an_old_order(): void
    {
        $this->clock->later = -86_400;
        $this->order(1, [[$this->mug, 2]], event: false);
        $this->clock->later = 0;
        $this->shop()->state->set("orders_after:{$this->clover->state()['merchant_id']}", '501');
        $status = $this->standing();
        self::assertSame([false, null, [0]], [
            $status->concerns,
            $status->push,
            array_column($status->lines, 'returnable'),
        ]);
        self::assertFalse($status->mayPush());
    }

    #[TestDox('An order that does not exist shows nothing, without an error')]
    public function test_no_order(): void
    {
        $status = OrderStatus::of($this->shop()->sales(), 'nothing');
        self::assertSame([false, [], null, false], [
            $status->concerns,
            $status->lines,
            $status->push,
            $status->isUnderWay(),
        ]);
    }

    #[TestDox('After a partial refund the owner can give back as many units as the line still holds, down to none')]
    public function test_a_part_refund(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        self::assertFalse($this->standing()->hasPartRefund);
        $this->shop()->orderEvents()->refunded(self::ORDER, false);
        $this->work();
        $status = $this->standing();
        self::assertSame([true, 3], [$status->hasPartRefund, $status->lines[0]->returnable]);

        foreach ([2 => 1, 1 => 0] as $units => $left) {
            $this->sales()->planner->restock(self::ORDER, [$status->lines[0]->books->lineId => $units]);
            self::assertSame($left, $this->standing()->lines[0]->returnable);
        }

        self::assertTrue($this->standing()->isUnderWay());
        $this->work();
        self::assertSame([20.0, false, ['confirmed', 'confirmed', 'confirmed']], [
            (float) $this->inClover($this->mug),
            $this->standing()->isUnderWay(),
            array_column($this->rowsNow(), 'state'),
        ]);
    }

    #[TestDox('Units of several lines are given back together: if one line does not hold so many, none are')]
    public function test_several_lines_are_given_back(): void
    {
        $this->order(1, [[$this->mug, 3], [$this->candle, 2]]);
        $this->work();

        try {
            $this->sales()->planner->restock(self::ORDER, [1 => 1, 2 => 3]);
            self::fail('They were given back.');
        } catch (ItemException) {
            self::assertSame([3, 2], array_column($this->standing()->lines, 'returnable'));
            self::assertSame([], $this->logged('inventory_restock'));
        }

        $this->sales()->planner->restock(self::ORDER, [1 => 1, 2 => 2]);
        self::assertSame([2, 0], array_column($this->standing()->lines, 'returnable'));
        self::assertCount(2, $this->logged('inventory_restock'));
        $this->work();
        self::assertSame([18.0, 10.0], [
            (float) $this->inClover($this->mug),
            (float) $this->inClover($this->candle),
        ]);
    }

    #[TestDox('A line that was edited, cancelled and sold again can give back up to what it holds now')]
    public function test_the_rules_agree(): void
    {
        foreach ([[1, 5], [1, 3], [6, 3], [1, 4], [1, 9]] as [$status, $quantity]) {
            $this->order($status, [[$this->mug, $quantity]]);
            $this->work();
        }

        $line = $this->standing()->lines[0];
        self::assertSame(9, $line->returnable);
        $this->sales()->planner->restock(self::ORDER, [$line->books->lineId => 9]);
        self::assertSame(0, $this->standing()->lines[0]->returnable);
        $this->order(6, [[$this->mug, 9]]);
        $this->work();
        self::assertSame([20.0, 0], [(float) $this->inClover($this->mug), $this->standing()->lines[0]->returnable]);
    }

    #[TestDox('Units that Clover never took cannot be given back: sold while Push Stock was off, or without a link')]
    public function test_nothing_to_give_back(): void
    {
        $off = ['push_stock' => false];
        $this->order(1, [[$this->mug, 2]], settings: $off);
        $this->work($off);
        self::assertSame([0, 'push_off'], [
            $this->standing()->lines[0]->returnable,
            $this->standing()->lines[0]->books->rows[0]->reason,
        ]);
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET product_id = NULL WHERE clover_id = ?', [
            $this->candle,
        ]);
        $this->order(1, [[$this->candle, 2, 9]], ['order_id' => '179540797502', 'number' => 502]);
        $this->work();
        self::assertSame(
            [0],
            array_column(OrderStatus::of($this->shop()->sales(), '179540797502')->lines, 'returnable'),
        );
    }

    #[TestDox('An order that was left out while Sync Sale was off can be sent by hand, once')]
    public function test_push_by_hand(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work(['sync_sale' => false]);
        self::assertSame(['skipped', 'sync_sale_off', true], [
            $this->standing()->push?->state->value,
            $this->standing()->push?->reason,
            $this->standing()->mayPush(),
        ]);
        self::assertTrue($this->sales()->pushes->pushNow(self::ORDER));
        self::assertFalse($this->sales()->pushes->pushNow(self::ORDER));
        $this->work(['sync_sale' => false]);
        self::assertSame(['confirmed', false, 1], [
            $this->standing()->push?->state->value,
            $this->standing()->mayPush(),
            \count($this->cloverOrders()),
        ]);
    }

    #[TestDox('A cancelled order cannot be sent, nor one that the owner has resolved')]
    public function test_no_push_by_hand(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work(['sync_sale' => false]);
        $this->order(6, [[$this->mug, 1]]);
        $this->work(['sync_sale' => false]);
        self::assertFalse($this->standing()->mayPush());
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET state = 'skipped', reason = 'owner'");
        self::assertFalse($this->sales()->pushes->pushNow(self::ORDER));
    }

    #[TestDox('A refused row needs the owner\'s decision; a return waits for the decision about its uncertain sale')]
    public function test_open_rows(): void
    {
        $this->clover->remove($this->mug);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([['dead'], [true], true], [
            array_column($this->rowsNow(), 'state'),
            array_column($this->rowsNow(), 'open'),
            $this->standing()->mayRetry(),
        ]);
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'uncertain', reason = 'changed'");
        self::assertSame(
            0,
            $this->standing()->lines[0]->returnable,
            'First it is to be decided whether they were taken.',
        );
        $this->order(6, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([['uncertain', 'uncertain'], [true, false], false], [
            array_column($this->rowsNow(), 'state'),
            array_column($this->rowsNow(), 'open'),
            $this->standing()->mayRetry(),
        ]);
    }

    #[TestDox('An order that could not be read shows the reason')]
    public function test_postponed(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        self::assertNull($this->standing()->error);
        $this->sales()->events->postpone(self::ORDER, Message::said('the table is gone'));
        self::assertEquals([Message::said('the table is gone'), true], [
            $this->standing()->error,
            $this->standing()->waits,
        ]);
    }

    private function standing(): OrderStatus
    {
        return OrderStatus::of($this->shop()->sales(), self::ORDER);
    }

    /** @return list<array{state: string, open: bool}> */
    private function rowsNow(): array
    {
        $rows = [];

        foreach ($this->standing()->lines as $line) {
            foreach ($line->books->rows as $row) {
                $rows[] = ['state' => $row->state->value, 'open' => $line->isOpen($row)];
            }
        }

        return $rows;
    }
}
