<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Sales\MarkState;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Status\Attention;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\Tests\Support\StoredTokens;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Title and note of an order in Clover say what became of it, for as long as it can be changed there. */
final class OrderMarksTest extends SalesTestCase
{
    private const CASH    = ['payment_method' => 'payment_cash'];
    private const PAYMENT = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R', 'PAYMENTS_W'];
    private const WRITE   = 'POST /v3/merchants/*/orders/*';

    /** Total of one mug with tax and shipping. */
    private const TOTAL = 1853;

    #[TestDox('An order that is paid later is to pay without a payment, and paid with one once its money is in')]
    public function test_paid_later(): void
    {
        $this->clover->merchant(['permissions' => self::PAYMENT]);
        $this->order(1, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 2);
        $this->assertShown('WEB ORDER - TO PAY 501', 'To pay: 18.53 USD; Web order: 501 ');
        self::assertSame([], $this->cloverOrders()[0]['payments']['elements']);

        // Shipped from paid: the money is still to come.
        $this->order(7, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 0);
        $this->assertShown('WEB ORDER - TO PAY 501', 'To pay: ');

        $this->order(4, [[$this->mug, 1]], self::CASH);
        $this->work();
        $this->order(1, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 0);
        $this->assertShown('PAID ONLINE 501', 'Web order: 501 ');
        self::assertSame([self::TOTAL], array_column($this->cloverOrders()[0]['payments']['elements'], 'amount'));
        self::assertSame(['recorded', MarkState::Shown], [$this->row()->payment, $this->row()->mark]);
    }

    #[TestDox('An order that waits first is pushed as paid, and each method counts as paid when the owner says so')]
    public function test_paid_at_once(): void
    {
        $this->order(4, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 0);
        $this->order(1, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 2);
        $this->assertShown('PAID ONLINE 501', 'Web order: ');

        $other = ['order_id' => '179540797502', 'number' => 502] + self::CASH;
        $this->order(1, [[$this->mug, 1, 9]], $other);
        self::assertWork($this->work(['pay_later_methods' => ['none']]), 2);
        self::assertContains('PAID ONLINE 502', array_column($this->cloverOrders(), 'title'));
    }

    /** @return iterable<string, array{\Closure(self): void, string, string}> */
    public static function ends(): iterable
    {
        yield 'cancelled' => [
            static fn (self $t) => $t->order(6, [[$t->mug, 2]]),
            'CANCELLED ONLINE 501',
            'Cancelled in the web shop; Web order: 501 ',
        ];
        yield 'cancelled, and the event was lost' => [
            static fn (self $t) => $t->order(6, [[$t->mug, 2]], event: false),
            'CANCELLED ONLINE 501',
            'Cancelled in the web shop; Web order: 501 ',
        ];
        yield 'deleted' => [
            static fn (self $t) => $t->deleteOrder(),
            'CANCELLED ONLINE 501',
            'Cancelled in the web shop; Web order: 501 ',
        ];
        yield 'refunded by the owner\'s status' => [
            static fn (self $t) => $t->order(9, [[$t->mug, 2]]),
            'REFUNDED ONLINE 501',
            'Refunded in the web shop; Web order: 501 ',
        ];
        yield 'refunded by the gateway' => [
            static fn (self $t) => $t->shop()->orderEvents()->refunded(self::ORDER, true),
            'REFUNDED ONLINE 501',
            'Refunded in the web shop; Web order: 501 ',
        ];
        yield 'edited, and the event was lost' => [
            static fn (self $t) => $t->order(1, [[$t->mug, 3]], event: false),
            'CHANGED ONLINE - PAID ONLINE 501',
            'Changed in the web shop. Now 45.59 USD: 3 x Line 0, Shipping, Tax; Web order: 501 ',
        ];
    }

    /** @param \Closure(self): void $end */
    #[DataProvider('ends')]
    #[TestDox('In Clover it is $_dataName, written once, and paid again when it is so in the shop')]
    public function test_ends(\Closure $end, string $title, string $note): void
    {
        $settings = ['refunded_statuses' => [9]];
        $this->order(1, [[$this->mug, 2]]);
        $this->work($settings);
        $this->assertShown('PAID ONLINE 501', 'Web order: 501 ');
        $this->clock->later += 5;
        $end($this);
        $mark = $this->clover->mark();
        $this->work($settings);
        $this->work($settings);
        $this->assertShown($title, $note);
        $written = '#^POST /v3/-/orders/[^/]+ 200$#';
        self::assertCount(1, $this->clover->calls($mark, $written));

        if ($title === 'CANCELLED ONLINE 501' && $this->shop()->sales()->orders->find(self::ORDER) === null) {
            return;
        }

        $this->clock->later += 5;
        $this->order(6, [[$this->mug, 2]]);
        $this->work($settings);
        $this->order(1, [[$this->mug, 2]]);
        $this->work($settings);
        $this->assertShown('PAID ONLINE 501', 'Web order: 501 ');
        self::assertCount(1, $this->cloverOrders());
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }

    #[TestDox('An edited order that is edited back is not changed')]
    public function test_edited_back(): void
    {
        $price = static fn (int $cents): array => [
            'lines' => [
                ['line_id' => 1, 'sku' => 'MUG-01', 'name' => 'Mug', 'quantity' => 1, 'unit_price' => $cents],
            ],
        ];
        $this->order(1, [], $price(1500));
        $this->work();
        $this->order(1, [], $price(1400));
        $this->work();
        $this->assertShown(
            'CHANGED ONLINE - PAID ONLINE 501',
            'Changed in the web shop. Now 19.00 USD: Mug, Shipping; Web order: 501 ',
        );
        self::assertSame(2000, $this->cloverOrders()[0]['total'], 'The lines and the total in Clover stay.');
        $this->order(1, [], $price(1500));
        $this->work();
        $this->assertShown('PAID ONLINE 501', 'Web order: 501 ');
    }

    #[TestDox('Words that staff add to title and note stay')]
    public function test_staff(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $id = $this->cloverOrders()[0]['id'];
        $this->asStaff('POST', "orders/$id", ['title' => 'PAID ONLINE 501 Ann', 'note' => 'At 5 pm; Web order']);
        $this->order(6, [[$this->mug, 1]]);
        $this->work();
        $this->assertShown('CANCELLED ONLINE 501 Ann', 'Cancelled in the web shop; At 5 pm; Web order');
    }

    #[TestDox('An order that is paid in Clover is left, and the owner reads what to do there')]
    public function test_locked(): void
    {
        $this->clover->merchant(['permissions' => self::PAYMENT]);
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        self::assertSame('recorded', $this->row()->payment);
        $this->order(6, [[$this->mug, 1]]);
        self::assertWork($this->work(), 1);
        $this->assertShown('PAID ONLINE 501', 'Web order: ');
        self::assertSame(MarkState::Locked, $this->row()->mark);
        self::assertTrue($this->row()->needsCorrection());
        $pushes = $this->sales()->pushes;
        self::assertSame([self::ORDER], array_column($pushes->corrections(9), 'orderId'));
        self::assertSame([1, 1], [$this->attention()->corrections, $this->attention()->count()]);
        self::assertStringContainsString('so its title does not say CANCELLED ONLINE: correct it in Clover', implode(
            "\n",
            $this->logged('order_push'),
        ));

        self::assertTrue($pushes->resolveMark($this->row()->id, true));
        $this->work();
        self::assertSame(MarkState::Locked, $this->row()->mark, 'Still paid.');
        self::assertTrue($pushes->resolveMark($this->row()->id, false));
        self::assertFalse($pushes->resolveMark($this->row()->id, false));
        self::assertSame([MarkState::Left, 0], [$this->row()->mark, $this->attention()->count()]);

        // Paid in both again.
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        self::assertSame(MarkState::Shown, $this->row()->mark);
    }

    #[TestDox('An order that the till paid needs no correction when its money is in at the shop too')]
    public function test_paid_at_the_till(): void
    {
        $this->order(1, [[$this->mug, 1]], self::CASH);
        $this->work();
        $this->clover->merchant(['permissions' => self::PAYMENT]);
        $id     = $this->cloverOrders()[0]['id'];
        $tender = Json::object(Json::list($this->asStaff('GET', 'tenders')['elements'] ?? null)[0])['id'];
        $this->asStaff('POST', "orders/$id/payments", ['tender' => ['id' => $tender], 'amount' => self::TOTAL]);
        $this->order(4, [[$this->mug, 1]], self::CASH);
        $this->order(1, [[$this->mug, 1]], self::CASH);
        $this->work();
        $this->assertShown('WEB ORDER - TO PAY 501', 'To pay: ');
        self::assertSame([MarkState::Shown, 'nothing'], [$this->row()->mark, $this->row()->payment]);
        self::assertCount(1, $this->cloverOrders()[0]['payments']['elements']);
    }

    #[TestDox('The payment of an order that is cancelled before it is recorded is not recorded')]
    public function test_no_payment_of_a_cancelled_order(): void
    {
        $this->clover->merchant(['permissions' => self::PAYMENT]);
        $this->order(1, [[$this->mug, 1]]);
        $this->clover->fault('GET /v3/merchants/*/tenders*', 'status', times: 9, with: ['code' => 503]);
        $this->work();
        self::assertSame('due', $this->row()->payment);
        $this->clover->clearFaults();
        $this->order(6, [[$this->mug, 1]]);
        $this->clock->later += 300;
        $this->work();
        $this->assertShown('CANCELLED ONLINE 501', 'Cancelled in the web shop; ');
        self::assertSame([], $this->cloverOrders()[0]['payments']['elements']);
    }

    #[TestDox('An order that is deleted in Clover is not sent again, and nothing is asked')]
    public function test_gone(): void
    {
        $this->order(1, [[$this->mug, 1]], self::CASH);
        $this->work();
        $this->asStaff('DELETE', 'orders/' . $this->cloverOrders()[0]['id']);
        $this->order(4, [[$this->mug, 1]], self::CASH);
        $this->order(1, [[$this->mug, 1]], self::CASH);
        self::assertWork($this->work(), 0);
        self::assertSame([MarkState::Gone, 0], [$this->row()->mark, $this->attention()->count()]);
        $this->order(6, [[$this->mug, 1]], self::CASH);
        $this->work();
        self::assertSame(MarkState::Shown, $this->row()->mark, 'There is nothing left to hand over.');
    }

    /** @return iterable<string, array{string, int, MarkState, string}> */
    public static function faults(): iterable
    {
        yield 'the answer is lost' => ['apply_then_drop', 1, MarkState::Shown, 'CANCELLED ONLINE 501'];
        yield 'the request is lost' => ['drop', 1, MarkState::Shown, 'CANCELLED ONLINE 501'];
        yield 'no answer for a day' => ['drop', 99, MarkState::Refused, 'PAID ONLINE 501'];
    }

    #[DataProvider('faults')]
    #[TestDox('Title and note are written once: $_dataName')]
    public function test_faults(string $fault, int $times, MarkState $mark, string $title): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $this->order(6, [[$this->mug, 1]]);
        $this->clover->fault(self::WRITE, $fault, $times);
        self::assertWork($this->work(), 1, 1);
        self::assertSame(MarkState::Due, $this->row()->mark);
        $waits = 0;

        while ($this->row()->mark === MarkState::Due) {
            self::assertLessThan(40, $waits++);
            $this->clock->later += 3_700;
            $this->work();
        }

        self::assertSame($mark, $this->row()->mark);
        self::assertSame($title, $this->cloverOrders()[0]['title']);
        self::assertSame($mark === MarkState::Refused ? 1 : 0, $this->attention()->corrections);
    }

    #[TestDox('What is wanted while a write is on its way is written after it')]
    public function test_wanted_meanwhile(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $this->order(6, [[$this->mug, 1]]);
        $this->clover->fault(self::WRITE, 'drop');
        $this->work();
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        self::assertSame(MarkState::Shown, $this->row()->mark, 'Clover shows it as paid, as far as it has answered.');
        $this->clock->later += 60;
        $this->order(6, [[$this->mug, 1]]);
        $this->work();
        $this->assertShown('CANCELLED ONLINE 501', 'Cancelled in the web shop; ');
    }

    #[TestDox('A missing permission pauses the orders, and title and note follow when it is back')]
    public function test_permission(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $this->order(6, [[$this->mug, 1]]);
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R']]);
        self::assertCount(1, $this->work()->paused);
        self::assertSame(MarkState::Due, $this->row()->mark);
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        $this->clock->later += 3_700;
        self::assertSame([], $this->work()->paused);
        $this->assertShown('CANCELLED ONLINE 501', 'Cancelled in the web shop; ');
    }

    #[TestDox(
        'An order of goods that are not in Clover is pushed or left out, as the owner wants, and its end is found',
    )]
    public function test_foreign_goods(): void
    {
        $foreign = [
            'lines' => [
                ['line_id' => 1, 'sku' => 'ELSEWHERE', 'name' => 'Gift', 'quantity' => 1, 'unit_price' => 900],
            ],
        ];
        $this->order(1, [], $foreign);
        $off = ['push_foreign_orders' => false];
        self::assertWork($this->work($off), 0);
        self::assertSame([], $this->cloverOrders());
        self::assertSame('foreign', $this->row()->reason);

        $this->order(1, [[$this->mug, 1, 2]]);
        self::assertWork($this->work($off), 2);
        self::assertCount(1, $this->cloverOrders());

        $other = ['order_id' => '179540797502', 'number' => 502] + $foreign;
        $this->order(1, [], $other);
        self::assertWork($this->work(), 1);
        $this->order(6, [], $other, event: false);
        $this->work();
        self::assertContains('CANCELLED ONLINE 502', array_column($this->cloverOrders(), 'title'));
        $third = ['order_id' => '179540797503', 'number' => 503] + $foreign;
        $this->order(1, [], $third);
        $this->work();
        $this->deleteOrder('179540797503');
        $this->work();
        self::assertContains('CANCELLED ONLINE 503', array_column($this->cloverOrders(), 'title'));
    }

    #[TestDox('An order that 0.1.0 pushed is not called changed, and says what becomes of it')]
    public function test_an_older_order(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $this->sql->execute(
            "UPDATE #__j2commerce_clover_orders
                SET fingerprint = NULL, seen = NULL, wanted = 'paid', shown = 'paid', mark = ''",
        );
        $mark = $this->clover->mark();
        self::assertSame(0, $this->work()->found);
        self::assertSame([], $this->clover->calls($mark, '#/orders#'));
        self::assertNotNull($this->row()->fingerprint);
        $this->clock->later += 5;
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->assertShown('CHANGED ONLINE - PAID ONLINE 501', 'Changed in the web shop. Now ');
    }

    #[TestDox('A scan that finds nothing new reads no order a second time')]
    public function test_scan(): void
    {
        $suspects = fn (): array => $this->sales()->orders->suspects([1, 2, 7, 8], [3, 5, 6], 9);
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        self::assertSame([self::ORDER], $suspects(), 'It may be edited again in this second.');
        $this->clock->later += 5;
        self::assertSame(0, $this->work()->found);
        self::assertSame([], $suspects());
    }

    /**
     * @param array<string, mixed> $body
     *
     * @return array<array-key, mixed>
     */
    private function asStaff(string $method, string $path, array $body = []): array
    {
        return $this->clover->ask(StoredTokens::access($this->sql, self::SECRET), $method, $path, $body);
    }

    private function row(): OrderPushRow
    {
        return $this->sales()->pushes->of(self::ORDER) ?? self::fail('The order is not to be pushed.');
    }

    private function attention(): Attention
    {
        $shop = $this->shop();

        return Attention::of($this->sql, $shop->links(), $shop->state, $shop->clock);
    }

    private function assertShown(string $title, string $note): void
    {
        $order = $this->cloverOrders()[0];
        self::assertSame($title, $order['title']);
        self::assertStringStartsWith($note, $order['note']);
    }
}
