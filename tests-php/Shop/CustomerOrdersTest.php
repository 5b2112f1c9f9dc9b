<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Sales\CustomerOrders;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** What is kept of a customer's orders, and what of it names the customer. */
final class CustomerOrdersTest extends SalesTestCase
{
    private const OTHER = '179540797502';

    private const PERMISSIONS = [
        'INVENTORY_R',
        'INVENTORY_W',
        'ORDERS_R',
        'ORDERS_W',
        'MERCHANT_R',
        'PAYMENTS_R',
        'PAYMENTS_W',
    ];

    #[TestDox('Orders are found by the address in any case, and by the user; a guest without an address has none')]
    public function test_found(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->order(
            1,
            [[$this->candle, 1]],
            [
                'order_id' => self::OTHER,
                'number'   => 502,
                'customer' => ['name' => 'Grace Hopper', 'email' => 'grace@example.org'],
            ],
        );
        self::assertSame([self::ORDER], $this->found(0, 'Ada@Example.ORG ')->orders);
        self::assertSame([self::OTHER], $this->found(0, 'grace@example.org')->orders);
        self::assertSame([], $this->found(0, '')->orders);
        $this->sql->execute('UPDATE #__j2commerce_orders SET user_id = 42 WHERE order_id = ?', [self::OTHER]);
        self::assertSame([self::ORDER, self::OTHER], $this->found(42, 'ada@example.org')->orders);
        self::assertSame([], $this->found(0, 'stranger@example.org')->pushes());
    }

    #[TestDox('An order on its way is named as such, and no more once it is in Clover')]
    public function test_under_way(): void
    {
        $this->clover->fault('POST /v3/merchants/*/orders', 'apply_then_drop');
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        self::assertSame([self::ORDER], $this->found()->underWay());
        $this->clock->later += 40;
        $this->work();
        self::assertSame([], $this->found()->underWay());
        self::assertSame(array_column($this->cloverOrders(), 'id'), $this->found()->inClover());
    }

    #[TestDox('Rows of the order, its units, its events and its messages are exported')]
    public function test_rows(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $found = $this->found();
        [$push] = $found->pushes();
        self::assertSame(
            [self::ORDER, 'sandbox', 'confirmed', ''],
            [$push['order'], $push['environment'], $push['state'], $push['note']],
            'The plan is gone once the payment is recorded.',
        );
        self::assertSame([2, 'confirmed'], [$found->units()[0]['units'], $found->units()[0]['state']]);
        self::assertSame(['status'], array_unique(array_column($found->events(), 'event')));
        self::assertContains('success', array_column($found->messages(), 'status'));
    }

    #[TestDox('A removal empties the notes of stored plans and nothing else; the payment is recorded afterwards')]
    public function test_removal(): void
    {
        $this->orderWithoutPayment();
        $plan = $this->plan();
        self::assertStringContainsString('Ada Lovelace', $plan);
        self::assertStringContainsString('ada@example.org', $this->found()->pushes()[0]['note']);
        $rows = $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_ledger ORDER BY id');

        self::assertSame(1, $this->found()->forget());
        self::assertSame(0, $this->found()->forget(), 'A second removal finds nothing.');
        $emptied = $this->plan();
        self::assertStringNotContainsString('Ada', $emptied);
        self::assertSame(self::withoutNotes($plan), self::withoutNotes($emptied));
        self::assertSame($rows, $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_ledger ORDER BY id'));

        $this->clover->clearFaults();
        $this->clock->later += 4_000;
        $this->work();
        self::assertSame('recorded', $this->sql->fetchValue('SELECT payment FROM #__j2commerce_clover_orders'));
        self::assertCount(1, $this->cloverOrders());
    }

    #[TestDox('The plan of an order on its way is left as it is')]
    public function test_plan_on_its_way(): void
    {
        $this->orderWithoutPayment();
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET state = 'sent'");
        self::assertSame(0, $this->found()->forget());
        self::assertStringContainsString('Ada Lovelace', $this->plan());
    }

    /** The order is in Clover, and its payment is due. */
    private function orderWithoutPayment(): void
    {
        $this->clover->merchant(['permissions' => self::PERMISSIONS]);
        $this->clover->fault('POST /v3/merchants/*/orders/*/payments', 'drop', 99);
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
    }

    private function found(int $user = 0, string $email = 'ada@example.org'): CustomerOrders
    {
        return CustomerOrders::find($this->sql, $user, $email);
    }

    private function plan(): string
    {
        return (string) $this->sql->fetchValue('SELECT plan FROM #__j2commerce_clover_orders');
    }

    private static function withoutNotes(string $plan): string
    {
        return (string) preg_replace('/"note":"(?:[^"\\\\]|\\\\.)*"/', '"note":""', $plan);
    }
}
