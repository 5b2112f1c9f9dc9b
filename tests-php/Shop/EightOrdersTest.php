<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * Orders as a shop has them, from the command line: before and after a cancellation, an edit and a refund, Clover's
 * total is the shop's to the cent, its lines name their options, and its title is true.
 *
 * @phpstan-import-type WebOrder from Simulator
 */
#[Group('once')]
final class EightOrdersTest extends CommandLineTestCase
{
    private const SETTINGS = ['refunded_statuses' => [9]];

    private const BASE = [
        'order_id'           => '179540797601',
        'number'             => 601,
        'new_status'         => 1,
        'currency'           => 'USD',
        'prices_include_tax' => false,
        'customer'           => ['name' => 'Ann Doe', 'email' => 'ann@example.org', 'phone' => '+1 555 0100'],
        'payment_method'     => 'payment_paypal',
    ];

    protected function setUp(): void
    {
        parent::setUp();
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = json_encode(self::SETTINGS, JSON_THROW_ON_ERROR);
        $this->shell->done(['connect', '--approve']);
        $this->shell->done(['sync']);
    }

    /** @return iterable<string, array{array<string, mixed>, int, list<string>, string}> Order, total, lines, title */
    public static function orders(): iterable
    {
        $mug = ['line_id' => 1, 'sku' => 'MUG-01', 'name' => 'Enamel Mug', 'quantity' => 2, 'unit_price' => 1499];
        $tee = [
            'line_id'    => 2,
            'sku'        => 'CANDLE',
            'name'       => 'T-Shirt',
            'quantity'   => 1,
            'unit_price' => 2500,
            'options'    => [['name' => 'Size', 'value' => 'L'], ['name' => 'Color', 'value' => 'Blue']],
        ];
        $gift  = ['line_id' => 3, 'sku' => 'ELSEWHERE', 'name' => 'Gift', 'quantity' => 1, 'unit_price' => 333];
        $mugs  = ['Enamel Mug', 'Enamel Mug'];
        $shirt = 'T-Shirt (Size: L, Color: Blue)';

        yield 'mixed' => [['lines' => [$mug, $tee, $gift]], 5831, [...$mugs, $shirt, 'Gift'], 'PAID ONLINE'];
        yield 'a coupon' => [
            ['lines' => [['discount' => 299] + $mug, $tee], 'coupon' => 'SPRING', 'order_discount' => 501],
            4698,
            [...$mugs, $shirt],
            'PAID ONLINE',
        ];
        yield 'tax' => [
            ['lines' => [['tax' => 247] + $mug, ['tax' => 206] + $tee]],
            5951,
            [...$mugs, $shirt, 'Tax'],
            'PAID ONLINE',
        ];
        yield 'shipping with handling' => [
            [
                'lines'            => [$tee],
                'shipping'         => 795,
                'shipping_tax'     => 66,
                'shipping_method'  => 'Flat rate with handling',
                'shipping_address' => ['address_1' => '1 Main St', 'city' => 'San Francisco'],
            ],
            3361,
            [$shirt, 'Shipping', 'Shipping tax'],
            'PAID ONLINE',
        ];
        yield 'a shopper who sees euros' => [
            ['lines' => [$mug, $tee], 'shopper_currency' => 'EUR', 'shopper_total' => 5059],
            5498,
            [...$mugs, $shirt],
            'PAID ONLINE',
        ];
        yield 'an order that costs nothing' => [
            ['lines' => [$tee], 'order_discount' => 2500],
            0,
            [$shirt],
            'PAID ONLINE',
        ];
        yield 'cash on delivery' => [
            ['lines' => [$mug], 'payment_method' => 'payment_cash'],
            2998,
            $mugs,
            'WEB ORDER - TO PAY',
        ];
        yield 'goods that are not in Clover' => [['lines' => [$gift]], 333, ['Gift'], 'PAID ONLINE'];
    }

    /**
     * @param array<string, mixed> $order
     * @param list<string>         $lines
     */
    #[DataProvider('orders')]
    #[TestDox('$_dataName')]
    public function test_order(array $order, int $total, array $lines, string $title): void
    {
        $order  += self::BASE;
        $clover = $this->placed($order);
        self::assertSame(["$title 601", $total], [$clover['title'], $clover['total']]);
        self::assertSame($lines, array_column($clover['lineItems']['elements'], 'name'));
        $this->assertSum($clover);
        self::assertSame([[(string) $total]], $this->shopTotals());

        // An edit in the administrator, which fires no event, is found by the next scan.
        /** @var list<array<string, int|string>> $edited */
        $edited                = $order['lines'];
        $edited[0]['quantity'] = (int) $edited[0]['quantity'] + 1;
        $clover                = $this->placed(['lines' => $edited] + $order, '--no-event');
        self::assertSame(["CHANGED ONLINE - $title 601", $total], [$clover['title'], $clover['total']]);
        self::assertStringStartsWith('Changed in the web shop. Now ', $clover['note']);

        foreach ([
            [6, 'CANCELLED ONLINE', 'Cancelled in the web shop; '],
            [1, $title,             ''],
            [9, 'REFUNDED ONLINE',  'Refunded in the web shop; '],
        ] as [$status, $words, $note]) {
            $clover = $this->placed(['new_status' => $status] + $order);
            self::assertSame(["$words 601", $total], [$clover['title'], $clover['total']]);
            $note = $note === '' ? ($title === 'PAID ONLINE' ? 'Web order: ' : 'To pay: ') : $note;
            self::assertStringStartsWith($note, $clover['note']);
            $this->assertSum($clover);
        }

        self::assertCount(1, $this->clover->webOrders());
    }

    #[TestDox('Cash on delivery is paid when the money is in')]
    public function test_cash(): void
    {
        $order =
            [
                'payment_method' => 'payment_cash',
                'lines'          => [
                    ['line_id' => 1, 'sku' => 'MUG-01', 'name' => 'Enamel Mug', 'quantity' => 1, 'unit_price' => 1499],
                ],
            ] + self::BASE;
        self::assertSame('WEB ORDER - TO PAY 601', $this->placed($order)['title']);
        $this->placed(['new_status' => 4] + $order);
        $paid = $this->placed($order);
        self::assertSame('PAID ONLINE 601', $paid['title']);
        self::assertStringStartsWith('Web order: 601 ', $paid['note']);
    }

    #[TestDox('An order that is paid in Clover is listed for a correction there, until the owner says that it is done')]
    public function test_a_paid_order(): void
    {
        $this->clover->merchant(['permissions' => [
            'INVENTORY_R',
            'INVENTORY_W',
            'ORDERS_R',
            'ORDERS_W',
            'MERCHANT_R',
            'PAYMENTS_W',
        ]]);
        $order =
            [
                'lines' => [
                    ['line_id' => 1, 'sku' => 'MUG-01', 'name' => 'Enamel Mug', 'quantity' => 1, 'unit_price' => 1499],
                ],
            ] + self::BASE;
        $paid = $this->placed($order);
        self::assertSame([1499], array_column($paid['payments']['elements'], 'amount'));
        self::assertSame('PAID ONLINE 601', $this->placed(['new_status' => 6] + $order)['title']);
        $listed = $this->shell->run(['work']);
        self::assertSame(0, $listed['code']);
        self::assertStringContainsString('to be corrected in Clover: CANCELLED ONLINE', $listed['out']);
        $this->shell->done(['work', '--leave', 'mark:1']);
        self::assertStringNotContainsString('to be corrected', $this->shell->run(['work'])['out']);
    }

    /**
     * Stores the order as the shop would, and sends what is due.
     *
     * @param array<string, mixed> $order
     *
     * @return WebOrder
     */
    private function placed(array $order, string ...$words): array
    {
        file_put_contents($this->shell->folder . '/order.json', json_encode($order, JSON_THROW_ON_ERROR));
        $this->shell->done(['order', 'order.json', ...array_values($words)]);
        $this->shell->done(['work']);

        return $this->clover->webOrders()[0];
    }

    /** @param WebOrder $order */
    private function assertSum(array $order): void
    {
        self::assertSame(
            $order['total'],
            array_sum(array_column($order['lineItems']['elements'], 'price'))
            + array_sum(array_column($order['discounts']['elements'], 'amount')),
        );
    }

    /** @return list<list<string>> In cents */
    private function shopTotals(): array
    {
        return $this->shell->rows('SELECT CAST(ROUND(order_total * 100) AS INTEGER) FROM jos_j2commerce_orders');
    }
}
