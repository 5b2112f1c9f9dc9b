<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Exception\ItemException;
use CloverSync\Resolution;
use CloverSync\SendState;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\OrderEvents;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\HeardSql;
use CloverSync\Tests\Support\SalesTestCase as Base;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Web sales on their way to Clover. */
final class SalesTest extends Base
{
    #[TestDox('A paid order takes its units out of Clover, and appears there with lines that add up to its total')]
    public function test_a_sale(): void
    {
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]], ['order_discount' => 101]);
        self::assertWork($this->work(), 3);
        self::assertSame([18.0, 9.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
        [$order] = $this->cloverOrders();
        $lines = array_sum(array_column($order['lineItems']['elements'], 'price'));
        $off   = array_sum(array_column($order['discounts']['elements'], 'amount'));
        self::assertSame([(3 * 1250) + (3 * 103) + 500 - 101, (3 * 1250) + (3 * 103) + 500 - 101], [
            $order['total'],
            $lines + $off,
        ]);
        self::assertSame(['PAID ONLINE 501', 'open', 5], [
            $order['title'],
            $order['state'],
            \count($order['lineItems']['elements']),
        ]);
        self::assertStringContainsString('Ada Lovelace', $order['note']);
        self::assertLessThanOrEqual(12, \strlen($order['externalReferenceId']));
        self::assertSame(
            [],
            array_filter($order['lineItems']['elements'], static fn (array $line): bool => isset($line['item'])),
            'Linked lines could take the units once more.',
        );
    }

    #[TestDox('Nothing is sent to Clover twice, however many events an order has')]
    public function test_twice(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->shop()->orderEvents()->statusChanged(self::ORDER, 5, 1);
        $this->work();
        $mark = $this->clover->mark();
        $this->shop()->orderEvents()->statusChanged(self::ORDER, 1, 7);
        $this->shop()->orderEvents()->statusChanged(self::ORDER, 5, 1);
        self::assertWork($this->work(), 0);
        self::assertSame([], $this->clover->calls($mark));
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('The next sync after a sale recognizes its own write and writes nothing')]
    public function test_the_echo_of_a_sale_is_no_change(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $rows   = $this->shopRows();
        $result = $this->sync();
        self::assertSame([0, 0], [$result->productRows, $result->updated]);
        self::assertSame($rows, $this->shopRows());
        self::assertSame(18, $this->inShop($this->mug));
    }

    #[TestDox('A pull between an order and its confirmation never makes the sold unit available')]
    public function test_a_pull_leaves_out_what_clover_has_not_taken(): void
    {
        $this->order(4, [[$this->mug, 3]]);
        $this->work();
        self::assertSame(
            [20.0, 17],
            [(float) $this->inClover($this->mug), $this->inShop($this->mug)],
            'Pending: taken in the shop only.',
        );
        $this->clover->setStock($this->mug, 30);
        $this->sync();
        self::assertSame(27, $this->inShop($this->mug));
        $this->order(1, [[$this->mug, 3]]);
        $this->sync();
        self::assertSame(27, $this->inShop($this->mug), 'Paid, and not sent yet.');
        $this->work();
        $this->sync();
        self::assertSame([27.0, 27], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
    }

    #[TestDox('A pull between a cancel and its confirmation keeps the units that the shop has got back')]
    public function test_a_pull_keeps_what_was_given_back(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->order(6, [[$this->mug, 3]]);
        $this->sync();
        self::assertSame([17.0, 20], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
        $this->work();
        $this->sync();
        self::assertSame([20.0, 20], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
    }

    /** @return iterable<string, array{list<int>, int}> Statuses one after another, units taken in the end */
    public static function lives(): iterable
    {
        yield 'confirmed' => [[5, 1], 2];
        yield 'confirmed, processed, shipped, delivered' => [[5, 1, 2, 7, 8], 2];
        yield 'pending' => [[5, 4], 0];
        yield 'pending, then confirmed' => [[5, 4, 1], 2];
        yield 'confirmed, then pending' => [[1, 4], 2];
        yield 'cancelled unpaid' => [[5, 6], 0];
        yield 'confirmed, then cancelled' => [[1, 6], 0];
        yield 'confirmed, then failed' => [[1, 3], 0];
        yield 'shipped, then new' => [[7, 5], 0];
        yield 'confirmed, cancelled, confirmed' => [[1, 6, 1], 2];
        yield 'confirmed, cancelled, confirmed, cancelled' => [[1, 6, 1, 6], 0];
        yield 'confirmed, then a status that says nothing' => [[1, 10], 2];
        yield 'cancelled, then a status that says nothing' => [[1, 6, 10], 0];
        yield 'confirmed, then the status of refunds' => [[1, 9], 0];
        yield 'the status of refunds, then confirmed' => [[1, 9, 1], 2];
    }

    /** @param list<int> $statuses */
    #[DataProvider('lives')]
    #[TestDox('Two units, with the worker after each status or only at the end: $_dataName')]
    public function test_every_life(array $statuses, int $taken): void
    {
        foreach ([true, false] as $i => $each) {
            $order = ['order_id' => (string) (179540797510 + $i), 'number' => 510 + $i];
            $this->clover->setStock($this->mug, 20);

            foreach ($statuses as $status) {
                $this->order($status, [[$this->mug, 2, 100 + $i]], $order);

                if ($each) {
                    $this->work(['refunded_statuses' => [9]]);
                }
            }

            self::assertWork($this->work(['refunded_statuses' => [9]]), $each ? 0 : ($taken > 0 ? 2 : 0));
            self::assertSame(
                20.0 - $taken,
                (float) $this->inClover($this->mug),
                $each ? 'worked after each' : 'worked at the end',
            );
        }
    }

    #[TestDox(
        'An order that was paid on its way to a neutral status is a sale, though the worker saw only that status',
    )]
    public function test_paid_on_the_way(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->order(10, [[$this->mug, 2]]);
        self::assertWork($this->work(), 2);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('An edit after payment moves the difference, and a removed line gives its units back, without an event')]
    public function test_edits_after_payment(): void
    {
        $this->order(1, [[$this->mug, 5], [$this->candle, 1]]);
        $this->work();
        $this->order(1, [[$this->mug, 3], [$this->candle, 1]], event: false);
        self::assertSame(1, $this->work()->found);
        self::assertSame(17.0, (float) $this->inClover($this->mug));
        $this->order(1, [[$this->mug, 4]], event: false);
        $this->work();
        self::assertSame([16.0, 10.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
        self::assertSame(0, $this->work()->found, 'It is found once.');
        self::assertCount(1, $this->cloverOrders(), 'The order in Clover stays as it was paid.');
        self::assertSame(
            ['+5 confirmed', '-2 confirmed', '+1 confirmed', '+1 confirmed', '-1 confirmed'],
            $this->rows(),
        );
    }

    #[TestDox('The scan finds the change of a lost event, once, and the log says so')]
    public function test_a_lost_event_is_found(): void
    {
        $this->order(1, [[$this->mug, 2]], event: false);
        self::assertSame([20.0, 0], [(float) $this->inClover($this->mug), $this->work(scan: false)->confirmed]);
        $result = $this->work();
        self::assertSame([1, 2], [$result->found, $result->confirmed]);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
        $this->order(6, [[$this->mug, 2]], event: false);
        self::assertSame([1, 1], [($result = $this->work())->found, $result->confirmed]);
        self::assertSame([20.0, 0], [(float) $this->inClover($this->mug), $this->work()->found]);
        self::assertCount(2, array_filter($this->logged('sync'), static fn (string $m): bool => str_contains(
            $m,
            'without an event',
        )));
    }

    #[TestDox('The units of a deleted order are given back, and the shop takes its count from Clover')]
    public function test_a_deleted_order(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->deleteOrder();
        self::assertSame(1, $this->work()->found);
        $this->sync();
        self::assertSame([20.0, 20, 0], [
            (float) $this->inClover($this->mug),
            $this->inShop($this->mug),
            $this->work()->found,
        ]);
    }

    #[TestDox('A whole refund gives the units back, though the order stays confirmed; a new payment is a sale again')]
    public function test_a_whole_refund(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->shop()->orderEvents()->refunded(self::ORDER, true);
        $this->work();
        $this->sync();
        self::assertSame([20.0, 20], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
        $this->order(7, [[$this->mug, 2]]);
        self::assertWork($this->work(), 0);
        $this->order(6, [[$this->mug, 2]]);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('A partial refund names no lines: it is logged, and the owner gives the units back by hand')]
    public function test_a_part_refund(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->shop()->orderEvents()->refunded(self::ORDER, false);
        self::assertWork($this->work(), 0);
        self::assertStringContainsString(
            'skipped Part of the order was paid back',
            $this->logged('inventory_restock')[0],
        );
        $line = (int) $this->sql->fetchValue('SELECT line_id FROM #__j2commerce_clover_ledger');
        $this->sales()->planner->restock(self::ORDER, [$line => 1]);
        $this->work();
        self::assertSame(
            [18.0, 0],
            [(float) $this->inClover($this->mug), $this->work()->found],
            'The scan does not take it again.',
        );
        $this->order(6, [[$this->mug, 3]]);
        $this->work();
        self::assertSame(20.0, (float) $this->inClover($this->mug), 'Never more than was taken.');

        try {
            $this->sales()->planner->restock(self::ORDER, [$line => 1]);
            self::fail('It was given back.');
        } catch (ItemException $e) {
            self::assertSame('0 units of this line can be given back.', English::problem($e->getProblem()));
        }
    }

    #[TestDox('A scan finds a whole refund that no event announced, and the order is refunded once')]
    public function test_a_lost_refund(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->payBack("'9.99'");
        self::assertSame([0, 18.0], [$this->work()->found, (float) $this->inClover($this->mug)]);
        $this->payBack('order_total');
        self::assertSame([1, 20.0], [$this->work()->found, (float) $this->inClover($this->mug)]);
        $this->sync();
        self::assertSame([20, 0], [$this->inShop($this->mug), $this->work()->found]);
        self::assertSame('REFUNDED ONLINE 501', $this->cloverOrders()[0]['title']);
    }

    #[TestDox('The last of several partial refunds gives the units back, and is not logged as a partial one')]
    public function test_the_last_part_of_a_refund(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->shop()->orderEvents()->paidBack(self::ORDER, '10.00');
        $this->payBack('10');
        $this->work();
        self::assertSame([18.0, 1], [
            (float) $this->inClover($this->mug),
            \count($this->logged('inventory_restock')),
        ]);
        $this->shop()->orderEvents()->paidBack(self::ORDER, '22.06');
        $this->payBack('order_total');
        $this->work(scan: false);
        self::assertSame(20.0, (float) $this->inClover($this->mug));
        self::assertStringStartsWith('success', $this->logged('inventory_restock')[1]);
    }

    #[TestDox('Money that is refunded because the order has become smaller leaves it paid')]
    public function test_the_difference_of_an_edited_order(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->order(1, [[$this->mug, 1]], event: false);
        $this->shop()->orderEvents()->edited(self::ORDER);
        $this->payBack('order_total + 5');
        $this->work();
        self::assertSame([19.0, 0], [(float) $this->inClover($this->mug), $this->work()->found]);
    }

    #[TestDox('An order that was cancelled with its money back, and paid again, is a sale')]
    public function test_a_new_payment_after_a_lost_refund(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->order(6, [[$this->mug, 2]]);
        $this->work();
        $this->order(1, [[$this->mug, 2]]);
        $this->payBack('order_total');
        $this->work();
        self::assertSame([18.0, 0], [(float) $this->inClover($this->mug), $this->work()->found]);
    }

    #[TestDox('With Push Stock off Clover\'s counts do not change, the shop follows them, and nothing is sent later')]
    public function test_push_stock_off(): void
    {
        $off = ['push_stock' => false];
        $this->order(1, [[$this->mug, 2]], settings: $off);
        self::assertSame([0, ['+2 skipped push_off']], [
            $this->work($off + ['sync_sale' => false])->confirmed,
            $this->rows(),
        ]);
        self::assertStringContainsString('Push Stock on Sale is off', $this->logged('inventory_decrement')[0]);
        $this->sync($off);
        self::assertSame(20, $this->inShop($this->mug));
        self::assertWork($this->work(['sync_sale' => false]), 0);
        $this->sync();
        self::assertSame([20.0, 20], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
        $this->order(6, [[$this->mug, 2]]);
        self::assertWork($this->work(['sync_sale' => false]), 0);
        self::assertSame(20.0, (float) $this->inClover($this->mug), 'What was not taken is not given back.');
    }

    #[TestDox('With Sync Sale off no order appears in Clover, and those of that time are not sent later')]
    public function test_sync_sale_off(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(['sync_sale' => false]), 1);
        self::assertWork($this->work(), 0);
        self::assertSame([], $this->cloverOrders());
        $this->order(1, [[$this->mug, 1, 2]], ['order_id' => '179540797502', 'number' => 502]);
        $this->work();
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('An order that is cancelled before anything was sent sends nothing')]
    public function test_cancelled_before_anything_was_sent(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $this->order(6, [[$this->mug, 2]]);
        $mark = $this->clover->mark();
        self::assertWork($this->work(), 0);
        self::assertSame([[], ['+2 skipped moot', '-2 skipped moot']], [$this->clover->calls($mark), $this->rows()]);
        $this->order(1, [[$this->mug, 2]]);
        self::assertWork($this->work(), 2);
        self::assertSame([18.0, 1], [(float) $this->inClover($this->mug), \count($this->cloverOrders())]);
    }

    #[TestDox('A sale does not start tracking an item that Clover does not track')]
    public function test_an_untracked_item(): void
    {
        $this->clover->setStock($this->mug, null);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        self::assertWork($this->work(), 2);
        self::assertSame([null, 9.0, ['+2 skipped untracked', '+1 confirmed']], [
            $this->inClover($this->mug),
            (float) $this->inClover($this->candle),
            $this->rows(),
        ]);
        $this->clover->setStock($this->mug, 7);
        $this->order(6, [[$this->mug, 2], [$this->candle, 1]]);
        $this->work();
        self::assertSame([7.0, 10.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
    }

    #[TestDox('Fractions are kept, and a sale may make Clover\'s count negative')]
    public function test_fractions_and_debts(): void
    {
        $this->clover->setStock($this->mug, 1.5);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->sync();
        self::assertSame([-0.5, 0], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
    }

    #[TestDox(
        'A sale of an item that is gone from Clover waits for the owner, delays no other, and can be tried again',
    )]
    public function test_an_item_that_is_gone(): void
    {
        $this->clover->remove($this->mug);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        self::assertWork($this->work(), 2, dead: 1);
        self::assertSame([9.0, '+2 dead gone'], [(float) $this->inClover($this->candle), $this->rows()[0]]);
        $this->clover->restore($this->mug);
        $row = $this->sales()->ledger->waiting(10)[0];
        $this->sales()->planner->resolveRow($row, Resolution::NotApplied);
        self::assertWork($this->work(), 1);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('Products without a link are sold without a stock message, and adopting one later takes nothing')]
    public function test_an_unlinked_product(): void
    {
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET product_id = NULL WHERE clover_id = ?', [
            $this->mug,
        ]);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $this->work();
        self::assertSame(['+2 skipped unlinked', '+1 confirmed'], $this->rows());
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings 
            SET product_id = (SELECT v.product_id FROM #__j2commerce_variants v
                WHERE v.j2commerce_variant_id = variant_id) WHERE clover_id = ?', [
            $this->mug,
        ]);
        self::assertSame([0, 20.0], [$this->work()->found, (float) $this->inClover($this->mug)]);
    }

    #[TestDox('After a product was linked to another item, units go back to the item from which they were taken')]
    public function test_a_product_that_was_linked_anew(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $variant = (int) $this->product($this->mug)['variant_id'];
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET variant_id = NULL, product_id = NULL
            WHERE clover_id = ?', [
            $this->mug,
        ]);
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET variant_id = ? WHERE clover_id = ?', [
            $variant,
            $this->candle,
        ]);
        self::assertSame(0, $this->work()->found);
        $this->order(6, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([20.0, 10.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
    }

    #[TestDox('Clover\'s counts include sales before the first connection; an older order paid afterwards is a sale')]
    public function test_orders_from_before_the_connection(): void
    {
        $this->clock->later = -86_400;
        $this->order(1, [[$this->mug, 2]], event: false);
        $this->order(4, [[$this->candle, 1, 2]], ['order_id' => '179540797502', 'number' => 502], event: false);
        $this->clock->later = 0;
        $shop               = $this->shop();
        $shop->state->set("orders_after:{$this->clover->state()['merchant_id']}", '502');
        self::assertSame([0, 0], [($result = $this->work())->found, $result->confirmed]);
        $this->order(7, [[$this->mug, 2]]);
        $this->order(1, [[$this->candle, 1, 2]], ['order_id' => '179540797502', 'number' => 502]);
        $this->work();
        self::assertSame([20.0, 9.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
    }

    #[TestDox('An order of which nothing is sent is not counted as on its way, before its events are processed either')]
    public function test_orders_that_are_not_on_their_way(): void
    {
        $waiting            = fn (): int => $this->shop()->dashboard()->read()->sales['later'] ?? -1;
        $paid               = ['order_id' => '179540797502', 'number' => 502];
        $this->clock->later = -86_400;
        $this->order(5, [[$this->mug, 2]], event: false);
        $this->order(5, [[$this->candle, 1, 2]], $paid, event: false);
        $this->clock->later = 0;
        $this->shop()->state->set("orders_after:{$this->clover->state()['merchant_id']}", '502');
        $this->order(6, [[$this->mug, 2]]);
        self::assertSame(0, $waiting());
        $this->order(1, [[$this->candle, 1, 2]], $paid);
        self::assertSame(1, $waiting(), 'It was paid after the connection.');
        $this->order(1, [[$this->mug, 1, 3]], ['order_id' => '179540797503', 'number' => 503]);
        self::assertSame(2, $waiting());
        $this->work();
        self::assertSame([0, 2], [$waiting(), \count($this->cloverOrders())]);
    }

    #[TestDox(
        'Without Inventory Write the log names the permission, sending pauses, and a new connection sends everything',
    )]
    public function test_no_permission_for_stock(): void
    {
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'ORDERS_R', 'ORDERS_W']]);
        $this->order(1, [[$this->mug, 2]]);
        $result = $this->work();
        self::assertSame(['stock Inventory Write'], self::paused($result));
        self::assertStringContainsString('disconnect and connect again', $this->logged('inventory_decrement')[0]);
        $mark = $this->clover->mark();
        $this->work();
        self::assertSame([], $this->clover->calls($mark), 'Nothing is tried while it is paused.');
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        $this->shop()->connectionService()->disconnect();
        $this->connect($this->shop());
        self::assertWork($this->work(), 1);
        self::assertSame([18.0, 1], [(float) $this->inClover($this->mug), \count($this->cloverOrders())]);
    }

    #[TestDox(
        'Without Orders Write the units are taken all the same, and the log names the permission that is missing',
    )]
    public function test_no_permission_for_orders(): void
    {
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R']]);
        $this->order(1, [[$this->mug, 2]]);
        self::assertSame(['orders Orders Write'], self::paused($this->work()));
        self::assertStringContainsString('Orders Write', $this->logged('order_push')[0]);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        $this->shop()->pauses()->end();
        self::assertWork($this->work(), 1);
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox(
        'The payment is recorded where permitted, and Clover, which changes stock at payments, changes none for it',
    )]
    public function test_the_payment_and_clovers_own_decrement(): void
    {
        $this->clover->switches(['order_decrements_stock' => 'on_payment']);
        $this->clover->merchant([
            'updateStock' => true,
            'permissions' => [
                'INVENTORY_R',
                'INVENTORY_W',
                'ORDERS_R',
                'ORDERS_W',
                'MERCHANT_R',
                'PAYMENTS_R',
                'PAYMENTS_W',
            ],
        ]);
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        [$order] = $this->cloverOrders();
        self::assertSame(['PAID', [$order['total']]], [
            $order['paymentState'],
            array_column($order['payments']['elements'], 'amount'),
        ]);
        self::assertSame(19.0, (float) $this->inClover($this->mug), 'Exactly one.');
        self::assertSame('recorded', $this->sql->fetchValue('SELECT payment FROM #__j2commerce_clover_orders'));
        self::assertNull(
            $this->sql->fetchValue('SELECT plan FROM #__j2commerce_clover_orders'),
            'The customer\'s data is not kept.',
        );
    }

    #[TestDox('A refused row does not delay the others; repeated refusals pause sending, with a message')]
    public function test_refusals(): void
    {
        $this->clover->fault("POST /v3/merchants/*/item_stocks/{$this->mug}", 'status', 99, 0, [
            'code' => 400,
            'body' => ['message' => 'no'],
        ]);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        self::assertWork($this->work(), 2, later: 1);

        for ($i = 0; $i < 3; $i++) {
            $this->clock->later += 600;
            $this->work();
        }

        self::assertSame(['+2 dead refused', '+1 confirmed'], $this->rows());
        $this->clover->fault('POST /v3/merchants/*/item_stocks/*', 'status', 99, 0, [
            'code' => 400,
            'body' => ['message' => 'no'],
        ]);

        for ($i = 0; $i < 6; $i++) {
            $this->order(
                1,
                [[$this->candle, 1, 10 + $i]],
                ['order_id' => (string) (179540797510 + $i), 'number' => 510 + $i],
            );
        }

        for ($i = 0; $i < 6 && $this->sales()->worker()->waiting()->paused === []; $i++) {
            $this->clock->later += 600;
            $this->work(['sync_sale' => false]);
        }

        self::assertSame(MessageCode::PausedByRefusals, $this->sales()->worker()->waiting()->paused[0]->words()->code);
        self::assertNotSame([], array_filter($this->logged('sync'), static fn (string $m): bool => str_contains(
            $m,
            'is paused',
        )));
    }

    #[TestDox('A hook writes one row in one statement, and throws nothing whatever the database does')]
    public function test_the_hook(): void
    {
        $statements = [];
        $counting   = new HeardSql($this->sql, static function (string $query) use (&$statements): void {
            $statements[] = $query;
        });
        $mark = $this->clover->mark();
        (new OrderEvents($counting, 'sandbox', $this->clock))->statusChanged(self::ORDER, 5, 1);
        self::assertCount(1, $statements);
        self::assertStringStartsWith('INSERT', $statements[0]);
        self::assertSame([], $this->clover->calls($mark));

        (new OrderEvents($counting, 'sandbox', $this->clock))->statusChanged('1795407975', null, 5);
        self::assertCount(1, $statements, 'A checkout that has begun says nothing.');

        $failures = [];
        $this->sql->execute('ALTER TABLE #__j2commerce_clover_outbox RENAME TO #__j2commerce_clover_outbox_gone');
        (new OrderEvents($this->sql, 'sandbox', $this->clock, static function (\Throwable $e) use (&$failures): void {
            $failures[] = $e::class;

            throw new \RuntimeException('and the log is broken, too');
        }))->statusChanged(self::ORDER, 5, 1);
        $this->sql->execute('ALTER TABLE #__j2commerce_clover_outbox_gone RENAME TO #__j2commerce_clover_outbox');
        self::assertSame(
            [true],
            array_map(static fn (string $class): bool => is_a($class, \RuntimeException::class, true), $failures),
        );
    }

    #[TestDox('While the shop is disconnected nothing is sent; connected again to the merchant it continues')]
    public function test_disconnected(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->shop()->connectionService()->disconnect();
        $mark = $this->clover->mark();

        try {
            $this->work();
            self::fail('It worked without a connection.');
        } catch (NotConnectedException) {
            self::assertSame([], $this->clover->calls($mark));
        }

        $this->order(6, [[$this->candle, 1, 2]], ['order_id' => '179540797502', 'number' => 502]);
        $this->connect($this->shop());
        self::assertWork($this->work(), 2);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('A copy of the site sends nothing')]
    public function test_a_copy(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $mark = $this->clover->mark();

        try {
            $this->shop(site: 'https://staging.example')->sales()->worker()->run(new TimeBudget());
            self::fail('The copy has sent.');
        } catch (SiteMovedException) {
            self::assertSame([], $this->clover->calls($mark));
        }
    }

    #[TestDox('One worker runs at a time; a second one gets an exception')]
    public function test_one_worker(): void
    {
        $lock = new Lock($this->db->connect(), 'work:sandbox', $this->clock, new ProcessIdentity('another node', 1, 1));
        self::assertTrue($lock->acquire());
        $this->expectException(AlreadySendingException::class);
        $this->work();
    }

    #[TestDox('A worker that lost its lock while it read sends neither units nor orders, and ends')]
    public function test_a_robbed_worker(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->sales()->planner->plan(self::ORDER);

        foreach (['ledger' => ['', 2], 'orders' => ['POST /v3/-/item_stocks', 1]] as $table => [$before, $left]) {
            $losing = new HeardSql($this->db->connect(), function (string $query) use ($table): void {
                if (
                    str_starts_with($query, 'SELECT')
                    && str_contains($query, "#__j2commerce_clover_$table")
                    && str_contains($query, 'next_try <= ?')
                ) {
                    $this->sql->execute(
                        "UPDATE #__j2commerce_clover_locks SET holder = 'another process' WHERE name = 'work:sandbox'",
                    );
                }
            });
            $mark = $this->clover->mark();
            $this->shop(sql: $losing)->sales()->worker()->run(new TimeBudget(), scan: false);
            $sent = array_filter(
                $this->clover->calls($mark),
                static fn (string $call): bool => !str_starts_with($call, 'GET'),
            );
            self::assertSame($before, preg_replace('#/[A-Z0-9]{13} 200$#', '', implode(', ', $sent)));
            self::assertSame($left, $this->sales()->worker()->waiting()->later);
            $this->sql->execute('DELETE FROM #__j2commerce_clover_locks');
        }

        self::assertWork($this->work(), 1);
    }

    #[TestDox('An order of 120 units arrives complete')]
    public function test_many_pieces(): void
    {
        $this->order(1, [[$this->mug, 120]]);
        $this->work();
        [$order] = $this->cloverOrders();
        self::assertSame([122, $order['total']], [
            \count($order['lineItems']['elements']),
            array_sum(array_column($order['lineItems']['elements'], 'price')),
        ]);
        self::assertSame(-100.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('An unanswered order is searched for by its reference, and is in Clover once')]
    public function test_an_order_without_answer(): void
    {
        $this->clover->fault('POST /v3/merchants/*/orders', 'apply_then_drop');
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(), 1, later: 1);
        $this->clock->later += 40;
        self::assertWork($this->work(), 1);
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('An order that Clover does not find for two minutes waits for the owner, who decides that it is sent')]
    public function test_an_order_that_is_not_found(): void
    {
        $this->clover->fault('POST /v3/merchants/*/orders', 'drop');
        $this->order(1, [[$this->mug, 1]]);
        $this->work();

        for ($i = 0; $i < 10; $i++) {
            $this->clock->later += 40;
            $result             = $this->work();
        }

        self::assertWork($result, 0, uncertain: 1);
        self::assertSame([], $this->cloverOrders());
        self::assertStringContainsString('may or may not be complete', $this->logged('order_push')[0]);
        self::assertTrue($this->sales()->pushes->resolve(
            $this->sales()->pushes->waiting(1)[0]->id,
            Resolution::NotApplied,
        ));
        self::assertWork($this->work(), 1);
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('Drift names each item that differs, with the reason')]
    public function test_drift(): void
    {
        $drift = function (): array {
            $found = [];
            $this
                ->sales()
                ->drift()
                ->run(static function (array $item) use (&$found): void {
                    $found[$item['clover_id']] = English::of($item['reason']);
                });

            return $found;
        };
        $before = $drift();
        self::assertArrayNotHasKey($this->mug, $before);
        $this->order(4, [[$this->mug, 2]]);
        self::assertStringContainsString('2 units sold on the web', $drift()[$this->mug]);
        $this->clover->setStock($this->candle, null);
        self::assertStringContainsString('does not track this item', $drift()[$this->candle]);
        $this->clover->setStock($this->candle, 4);
        self::assertStringContainsString('The shop has 10 and should have 4', $drift()[$this->candle]);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame(array_keys($before), array_values(array_diff(array_keys($drift()), [$this->candle])));
    }

    #[TestDox('A row that repeatedly misses its time waits longer each time, and finally needs the owner\'s decision')]
    public function test_a_row_that_is_always_late(): void
    {
        $this->clock->stop();
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $ledger = $this->sales()->ledger;
        $waits  = [];

        do {
            $row = $this->ledgerRow();
            self::assertTrue($ledger->send((int) $row['id'], 'me', '10', null, '8', 33_000));
            $sent = $this->clock->now();
            $dead = $ledger->miss(LedgerRow::fromRow($row), 'me', Message::said('not in time'));

            if (!$dead) {
                $waits[] = (int) $this->ledgerRow()['next_try'] - $sent;
            }
        } while (!$dead);

        self::assertSame([0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64], $waits);
        self::assertSame(['dead', 'too_slow'], [$this->ledgerRow()['state'], $this->ledgerRow()['reason']]);
        $this->sales()->planner->resolve(self::ORDER, (int) $row['line_id'], 1, Resolution::NotApplied);
        self::assertSame(['intended', 0], [$this->ledgerRow()['state'], (int) $this->ledgerRow()['misses']]);
    }

    #[TestDox('A row that cannot reach Clover waits longer each time, up to five minutes, and is never given up')]
    public function test_a_row_that_cannot_be_sent(): void
    {
        $this->clock->stop();
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $waits = [];

        for ($i = 0; $i < 20; $i++) {
            $this->sales()->ledger->tryLater(
                LedgerRow::fromRow($this->ledgerRow()),
                1,
                Message::said('no way to Clover'),
            );
            $waits[] = (int) $this->ledgerRow()['next_try'] - $this->clock->now();
        }

        self::assertSame([1, 2, 4, 8, 16, 32, 64, 128, 256], \array_slice($waits, 0, 9));
        self::assertSame(['intended', 256], [$this->ledgerRow()['state'], $waits[19]]);
        $row = $this->ledgerRow();
        $this->sales()->ledger->send((int) $row['id'], 'me', '10', null, '8', 33_000);
        self::assertFalse(
            $this->sales()->ledger->miss(LedgerRow::fromRow($row), 'me', Message::said('not in time')),
            'One late write is not enough to give it up.',
        );
    }

    #[TestDox('An order that is postponed waits longer each time, up to an hour, and then needs the owner\'s decision')]
    public function test_an_order_that_is_always_put_off(): void
    {
        $this->clock->stop();
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $pushed = $this->sales()->pushes;
        $id     = $this->pushed()->id;
        $waits  = [];

        while (!$pushed->postpone($id, '', 1, Message::said('not now'))) {
            $waits[] =
                (int) $this->sql->fetchValue('SELECT next_try FROM #__j2commerce_clover_orders') - $this->clock->now();
        }

        self::assertSame([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600], \array_slice($waits, 0, 13));
        self::assertSame([31, 3_600], [\count($waits), max($waits)]);
        self::assertSame([SendState::Dead, 'too_slow'], [$this->pushed()->state, $this->pushed()->reason]);
        self::assertTrue($pushed->resolve($id, Resolution::NotApplied));
        self::assertSame([SendState::Intended, 0], [$this->pushed()->state, $this->pushed()->misses]);
        self::assertFalse($pushed->postpone($id, 'of another worker', 1, Message::said('not now')));
        self::assertSame(0, $this->pushed()->misses);
    }

    #[TestDox('An order whose remainder is never answered needs the owner\'s decision, and is in Clover once')]
    public function test_an_order_whose_rest_is_never_answered(): void
    {
        $this->clover->fault('POST /v3/merchants/*/orders/*/bulk_line_items', 'drop', 99);
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(), 1, later: 1);
        $this->sql->execute('UPDATE #__j2commerce_clover_orders SET misses = 31');
        $this->clock->later += 4_000;
        self::assertWork($this->work(), 0, uncertain: 1);
        self::assertStringContainsString('repeatedly', $this->logged('order_push')[0]);
        $this->clover->clearFaults();
        $row = $this->sales()->pushes->waiting(1)[0];
        self::assertSame('no_answer', $row->reason);
        self::assertTrue($this->sales()->pushes->resolve($row->id, Resolution::Applied));
        $this->clock->later += 4_000;
        self::assertWork($this->work(), 0);
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('A payment that is never answered needs the owner\'s decision; a retry does not create the order again')]
    public function test_a_payment_that_is_never_answered(): void
    {
        $this->clover->merchant([
            'permissions' => [
                'INVENTORY_R',
                'INVENTORY_W',
                'ORDERS_R',
                'ORDERS_W',
                'MERCHANT_R',
                'PAYMENTS_R',
                'PAYMENTS_W',
            ],
        ]);
        $this->clover->fault('POST /v3/merchants/*/orders/*/payments', 'drop', 99);
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(), 2, later: 1);
        $this->sql->execute('UPDATE #__j2commerce_clover_orders SET misses = 31');
        $this->clock->later += 4_000;
        self::assertWork($this->work(), 0, uncertain: 1);
        $this->clover->clearFaults();
        $row = $this->sales()->pushes->waiting(1)[0];
        self::assertSame(['payment', ''], [$row->reason, $row->payment]);
        self::assertTrue($this->sales()->pushes->resolve($row->id, Resolution::NotApplied));
        $this->work();
        [$order] = $this->cloverOrders();
        self::assertSame(['PAID', 1], [$order['paymentState'], \count($order['payments']['elements'])]);
    }

    #[TestDox('Orders of a shop without a known currency wait longer each time, and then need the owner\'s decision')]
    public function test_orders_without_a_currency(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work(scan: false);
        self::assertCount(1, $this->cloverOrders());
        $this->order(1, [[$this->candle, 1, 2]], ['order_id' => '179540797502', 'number' => 502]);
        $this->sql->execute("DELETE FROM #__j2commerce_clover_state WHERE name IN ('currency', 'merchant')");
        $later = $this->work()->later;
        self::assertSame([1, 1], [$later, $this->pushed('179540797502')->misses]);
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET misses = 31 WHERE state = 'intended'");
        $this->clock->later += 4_000;
        self::assertSame([0, 1], [$this->work()->later, $this->sales()->worker()->waiting()->dead]);
        self::assertSame('currency', $this->pushed('179540797502')->reason);
    }

    #[TestDox('Drift names what the till sold since the read of a write that has no response yet')]
    public function test_drift_of_a_write_under_way(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->sales()->planner->plan(self::ORDER);
        $row = $this->ledgerRow();
        $this->sales()->ledger->send((int) $row['id'], 'me', '10', null, '8', 33_000);
        $this->clover->post('sale', ['itemId' => $this->mug, 'quantity' => 3]);
        $found = [];
        $this
            ->sales()
            ->drift()
            ->run(static function (array $item) use (&$found): void {
                $found[$item['clover_id']] = English::of($item['reason']);
            });
        self::assertStringContainsString('The till sold 3 within', $found[$this->mug]);
    }

    /** @return array<string, int|float|string|null> */
    private function ledgerRow(): array
    {
        return $this->firstRow('SELECT * FROM #__j2commerce_clover_ledger');
    }

    private function pushed(string $order = self::ORDER): OrderPushRow
    {
        return $this->sales()->pushes->of($order) ?? self::fail("Order $order is not to be pushed.");
    }

    /** @return list<string> "kind permission" */
    private static function paused(WorkReport $result): array
    {
        return array_map(static fn (Pause $p): string => "{$p->kind->value} $p->permission", $result->paused);
    }

    /** J2Commerce adds to an order's sum of refunds. */
    private function payBack(string $sum): void
    {
        $this->sql->execute("UPDATE #__j2commerce_orders SET order_refund = $sum WHERE order_id = ?", [self::ORDER]);
    }
}
