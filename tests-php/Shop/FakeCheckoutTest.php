<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The replacement of J2Commerce's order code changes rows and stock as J2Commerce does. */
final class FakeCheckoutTest extends SyncTestCase
{
    private const ORDER = '179540797553';

    private FakeClock $clock;

    protected function setUp(): void
    {
        parent::setUp();
        $this->connectedAndSynced();
        $this->clock = new FakeClock();
    }

    /**
     * @return iterable<string, array{int, int, int}> Old status, new status, units that the stock of a line of 3
     *   moves by
     */
    public static function transitions(): iterable
    {
        yield 'New to Confirmed takes' => [5, 1, -3];
        yield 'Confirmed to Processed moves nothing' => [1, 2, 0];
        yield 'Delivered to Pending moves nothing' => [8, 4, 0];
        yield 'Shipped to Cancelled gives back' => [7, 6, 3];
        yield 'Cancelled to Confirmed takes again' => [6, 1, -3];
        yield 'Cancelled to Failed moves nothing' => [6, 3, 0];
        yield 'Failed to Delivered takes' => [3, 8, -3];
        yield 'Pending to New gives back' => [4, 5, 3];
        yield 'Confirmed to a status of the merchant moves nothing' => [1, 9, 0];
        yield 'a status of the merchant to Cancelled gives back' => [9, 6, 3];
        yield 'Confirmed to Confirmed moves nothing' => [1, 1, 0];
    }

    #[DataProvider('transitions')]
    #[TestDox('An order with a line of three: $_dataName')]
    public function test_a_status_moves_the_stock(int $old, int $new, int $moved): void
    {
        $this->setStock('MUG-01', 20);
        $this->place(['new_status' => $old]);
        $before = $this->stock('MUG-01');
        $this->place(['old_status' => $old, 'new_status' => $new]);

        $holds = !\in_array($new, [3, 5, 6], true);
        self::assertSame($before + $moved, $this->stock('MUG-01'));
        self::assertSame([$new, (int) $holds], [
            (int) $this->order()['order_state_id'],
            (int) $this->order()['stock_committed'],
        ]);
        self::assertSame($holds ? 17 : 20, $this->stock('MUG-01'));
    }

    #[TestDox('An order with an old status in its file has passed through it')]
    public function test_an_order_unknown_so_far_lives_through_its_old_status(): void
    {
        $this->setStock('MUG-01', 3);
        $this->place(['old_status' => 1, 'new_status' => 6]);
        self::assertSame([3, 1, 0], [
            $this->stock('MUG-01'),
            $this->availability('MUG-01'),
            (int) $this->order()['stock_committed'],
        ]);
    }

    #[TestDox('The flag of the order decides about its stock, not the previous status')]
    public function test_the_flag_decides(): void
    {
        $this->setStock('MUG-01', 20);
        $this->place(['new_status' => 1]);
        $this->sql->execute('UPDATE #__j2commerce_orders SET stock_committed = 0');
        $this->place(['new_status' => 6]);
        self::assertSame(17, $this->stock('MUG-01'));
    }

    #[TestDox('An edited line moves the difference at once, and only while the order holds stock')]
    public function test_edited_lines_move_the_difference(): void
    {
        $this->setStock('MUG-01', 20);
        $this->place(['new_status' => 5]);
        $this->place(['new_status' => 5, 'lines' => [$this->line(['quantity' => 1])]]);
        self::assertSame(20, $this->stock('MUG-01'));
        $this->place(['new_status' => 1, 'lines' => [$this->line(['quantity' => 1])]]);
        self::assertSame(19, $this->stock('MUG-01'));
        $id = $this->lines()[0]['j2commerce_orderitem_id'];
        $this->place(['new_status' => 1, 'lines' => [$this->line(['quantity' => 4])]]);
        self::assertSame([16, $id, '4', '40.00000'], [
            $this->stock('MUG-01'),
            $this->lines()[0]['j2commerce_orderitem_id'],
            $this->lines()[0]['orderitem_quantity'],
            $this->order()['order_subtotal'],
        ]);
        $this->place(['new_status' => 6, 'lines' => [$this->line(['quantity' => 2])]]);
        self::assertSame(20, $this->stock('MUG-01'));
    }

    #[TestDox('A removed line gives its units back, an added one takes units, and the others keep their ids')]
    public function test_lines_that_come_and_go(): void
    {
        $this->setStock('MUG-01', 20);
        $this->setStock('NAPKIN', 20);
        $this->setStock('CANDLE', 20);
        $mug    = $this->line(['line_id' => 'mug']);
        $napkin = $this->line(['line_id' => 'napkin', 'sku' => 'NAPKIN', 'name' => 'Napkins']);
        $candle = $this->line(['line_id' => 'candle', 'sku' => 'CANDLE', 'name' => 'Candle', 'quantity' => 1]);
        $this->place(['lines' => [$mug, $napkin]]);
        $id = $this->lines()[1]['j2commerce_orderitem_id'];
        $this->place(['lines' => [$napkin, $candle]]);

        self::assertSame([20, 17, 19], [$this->stock('MUG-01'), $this->stock('NAPKIN'), $this->stock('CANDLE')]);
        self::assertSame([$id, ['Napkins', 'Candle']], [
            $this->lines()[0]['j2commerce_orderitem_id'],
            array_column($this->lines(), 'orderitem_name'),
        ]);
        $this->place(['lines' => []]);
        self::assertSame([20, 20, 1], [
            $this->stock('NAPKIN'),
            $this->stock('CANDLE'),
            (int) $this->order()['stock_committed'],
        ]);
    }

    #[TestDox('A line that changes its product gives back the old one and takes the new one')]
    public function test_a_line_that_changes_its_product(): void
    {
        $this->setStock('MUG-01', 20);
        $this->setStock('NAPKIN', 20);
        $this->place(['lines' => [$this->line(['line_id' => 71])]]);
        $this->place(['lines' => [$this->line(['line_id' => 71, 'sku' => 'NAPKIN', 'quantity' => 2])]]);
        self::assertSame([20, 18, 71], [
            $this->stock('MUG-01'),
            $this->stock('NAPKIN'),
            (int) $this->lines()[0]['j2commerce_orderitem_id'],
        ]);
    }

    #[TestDox('A whole number as line id becomes the key of the row if it is free; two orders keep separate keys')]
    public function test_line_ids_become_keys(): void
    {
        $this->setStock('MUG-01', 20);
        $this->place(['lines' => [$this->line(['line_id' => 501])]]);
        $this->place([
            'order_id' => 'other',
            'lines'    => [$this->line(['line_id' => 501]), $this->line(['line_id' => 502, 'quantity' => 1])],
        ]);
        self::assertSame([501], array_map(intval(...), array_column($this->lines(), 'j2commerce_orderitem_id')));
        $ids = array_column($this->lines('other'), 'j2commerce_orderitem_id', 'orderitem_quantity');
        self::assertSame(502, (int) $ids['1']);
        self::assertNotSame(501, (int) $ids['3']);

        // Its key is free now; the line stays the same.
        $this->desk()->delete(self::ORDER);
        $this->place([
            'order_id' => 'other',
            'lines'    => [
                $this->line(['line_id' => 501, 'quantity' => 2]),
                $this->line(['line_id' => 502, 'quantity' => 1]),
            ],
        ]);
        self::assertSame(
            (int) $ids['3'],
            (int) array_column($this->lines('other'), 'j2commerce_orderitem_id', 'orderitem_quantity')['2'],
        );
    }

    #[TestDox('An unchanged order that is stored again writes nothing')]
    public function test_an_unchanged_order_writes_nothing(): void
    {
        $customer = ['name' => 'Ann Doe', 'email' => 'ann@example.org'];
        $this->place(['customer' => $customer]);
        $before = [$this->order(), $this->lines(), $this->shopRows()];
        $this->clock->sleep(60);
        $this->place(['customer' => $customer]);
        self::assertSame($before, [$this->order(), $this->lines(), $this->shopRows()]);
    }

    #[TestDox('A payment does not change the time of the last change; an edit and an administrator’s status do')]
    public function test_the_time_of_the_last_change(): void
    {
        $this->place(['new_status' => 5]);
        $placed = $this->order()['modified_on'];
        $this->clock->sleep(3600);
        $this->place(['new_status' => 1]);
        self::assertSame([$placed, 1], [$this->order()['modified_on'], (int) $this->order()['order_state_id']]);
        $this->place(['new_status' => 2]);
        self::assertSame(UtcTime::sql($this->clock->now()), $this->order()['modified_on']);
        $this->clock->sleep(3600);
        $this->place(['new_status' => 2, 'lines' => [$this->line(['quantity' => 5])]]);
        self::assertSame(UtcTime::sql($this->clock->now()), $this->order()['modified_on']);
        self::assertSame($placed, $this->order()['created_on']);
    }

    #[TestDox('A deleted order is removed with its lines; its units stay taken')]
    public function test_a_deleted_order_gives_nothing_back(): void
    {
        $this->setStock('MUG-01', 20);
        $this->place();
        $this->desk()->delete(self::ORDER);

        self::assertSame(17, $this->stock('MUG-01'));

        foreach (['orders', 'orderitems', 'orderinfos'] as $table) {
            self::assertSame(0, (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_$table"), $table);
        }

        $this->expectException(UsageException::class);
        $this->desk()->delete(self::ORDER);
    }

    #[TestDox('An order without lines holds no stock, whatever its status')]
    public function test_an_order_without_lines_holds_nothing(): void
    {
        $this->place(['lines' => []]);
        self::assertSame([1, 0], [(int) $this->order()['order_state_id'], (int) $this->order()['stock_committed']]);
    }

    #[TestDox('Variants with unmanaged stock, and unknown products, move nothing')]
    public function test_unmanaged_and_unknown_products_move_nothing(): void
    {
        $before = $this->shopRows();
        $this->place(['lines' => [
            $this->line(['line_id' => 'a', 'sku' => 'F&C-<L>']),
            $this->line(['line_id' => 'b', 'sku' => 'NO-SUCH-SKU']),
            ['line_id' => 'c', 'clover_id' => 'NOSUCHITEM123'] + array_diff_key($this->line(), ['sku' => 0]),
        ]]);
        $this->place([
            'new_status' => 6,
            'lines'      => [$this->line(['line_id' => 'a', 'sku' => 'F&C-<L>', 'quantity' => 9])],
        ]);

        self::assertSame($before, $this->shopRows());
        $this->place(['lines' => [$this->line(['sku' => 'NO-SUCH-SKU'])]]);
        self::assertSame(
            ['0', '0', 'NO-SUCH-SKU'],
            array_map(
                strval(...),
                [$this->lines()[0]['product_id'], $this->lines()[0]['variant_id'], $this->lines()[0]['orderitem_sku']],
            ),
        );
    }

    #[TestDox('A line is found by its Clover item, also a variant of a group, and by its SKU in any letter case')]
    public function test_products_are_found(): void
    {
        foreach ([
            'MUG-01'  => ['clover_id' => $this->itemBySku('MUG-01')['id']],
            'TS-BL-L' => ['clover_id' => $this->itemBySku('TS-BL-L')['id']],
            'TS-RE-M' => ['sku' => 'ts-re-m'],
        ] as $sku => $by) {
            $product = $this->product($this->itemBySku($sku)['id']);
            $this->setStock($sku, 20);
            $this->place(['order_id' => "by-$sku", 'lines' => [$by + array_diff_key($this->line(), ['sku' => 0])]]);
            $line = $this->lines("by-$sku")[0];
            self::assertSame([
                (int) $product['product_id'],
                (int) $product['variant_id'],
                $sku,
                $product['product_type'],
            ], [(int) $line['product_id'], (int) $line['variant_id'], $line['orderitem_sku'], $line['product_type']]);
            self::assertSame(17, $this->stock($sku));
        }
    }

    #[TestDox('The last unit makes a variant unavailable, its return makes it available; backorders keep it available')]
    public function test_availability_follows_the_count(): void
    {
        $this->setStock('MUG-01', 3);
        $this->place();
        self::assertSame([0, 0], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
        $this->place(['new_status' => 6]);
        self::assertSame([3, 1], [$this->stock('MUG-01'), $this->availability('MUG-01')]);

        $this->setStock('MUG-01', 2);
        $this->place();
        self::assertSame(
            [-1, 0],
            [$this->stock('MUG-01'), $this->availability('MUG-01')],
            'Oversold shows as less than nothing.',
        );
        $this->place(['lines' => [$this->line(['quantity' => 1])]]);
        self::assertSame([1, 1], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
        $this->place(['lines' => [$this->line(['quantity' => 2])]]);
        self::assertSame([0, 0], [$this->stock('MUG-01'), $this->availability('MUG-01')]);

        $this->setStock('NAPKIN', 3);
        $this->sql->execute("UPDATE #__j2commerce_variants SET allow_backorder = 1 WHERE sku = 'NAPKIN'");
        $this->place(['order_id' => 'backorder', 'lines' => [$this->line(['sku' => 'NAPKIN', 'quantity' => 5])]]);
        self::assertSame([-2, 1], [$this->stock('NAPKIN'), $this->availability('NAPKIN')]);
    }

    #[TestDox('A variant disabled by the owner stays unavailable when a status takes units, but not when an edit does')]
    public function test_the_owner_s_closing(): void
    {
        $this->setStock('MUG-01', 20, 0);
        $this->place();
        self::assertSame([17, 0], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
        $this->place(['lines' => [$this->line(['quantity' => 4])]]);
        self::assertSame([16, 1], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
    }

    #[TestDox('A managed variant without a count gets one that shows what was taken')]
    public function test_a_missing_count_is_made(): void
    {
        $variant = $this->product($this->itemBySku('MUG-01')['id'])['variant_id'];
        $this->sql->execute('DELETE FROM #__j2commerce_productquantities WHERE variant_id = ?', [$variant]);
        $this->place();
        self::assertSame([-3, 0], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
        $this->place(['new_status' => 6]);
        self::assertSame([0, 0], [$this->stock('MUG-01'), $this->availability('MUG-01')]);
    }

    #[TestDox('Taxes are added to prices without tax')]
    public function test_totals_of_prices_without_tax(): void
    {
        $this->place([
            'lines'          => [
                $this->line(['line_id' => 'a', 'quantity' => 3, 'unit_price' => 1000, 'discount' => 300, 'tax' => 200]),
                $this->line(['line_id' => 'b', 'sku' => 'NAPKIN', 'quantity' => 1, 'unit_price' => 555, 'tax' => 41]),
            ],
            'shipping'       => 500,
            'shipping_tax'   => 37,
            'order_discount' => 255,
            'order_tax'      => 9,
            'refunded'       => 1250,
        ]);

        self::assertSame(
            [
                'order_subtotal'        => '32.55000',
                'order_subtotal_ex_tax' => '32.55000',
                'order_tax'             => '2.50000',
                'order_discount'        => '2.55000',
                'order_shipping'        => '5.00000',
                'order_shipping_tax'    => '0.37000',
                'order_refund'          => '12.50000',
                'order_total'           => '37.87000',
                'is_including_tax'      => '0',
                'currency_code'         => 'USD',
                'currency_value'        => '1.00000',
            ],
            $this->money(),
        );
        $line = $this->lines()[0];
        self::assertSame([
            '10.00000',
            '0.00000',
            '3.00000',
            '0.22222',
            '2.00000',
            '0.66667',
            '27.00000',
            '29.00000',
            '27.00000',
            '3',
        ], [
            $line['orderitem_price'],
            $line['orderitem_option_price'],
            $line['orderitem_discount'],
            $line['orderitem_discount_tax'],
            $line['orderitem_tax'],
            $line['orderitem_per_item_tax'],
            $line['orderitem_finalprice'],
            $line['orderitem_finalprice_with_tax'],
            $line['orderitem_finalprice_without_tax'],
            $line['orderitem_quantity'],
        ]);
    }

    #[TestDox('Taxes are included in prices with tax, and are not added')]
    public function test_totals_of_prices_with_tax(): void
    {
        $this->place([
            'prices_include_tax' => true,
            'lines'              => [$this->line(['unit_price' => 1190, 'tax' => 570])],
            'shipping'           => 595,
            'shipping_tax'       => 95,
            'order_discount'     => 100,
        ]);
        self::assertSame(
            [
                'order_subtotal'        => '35.70000',
                'order_subtotal_ex_tax' => '35.70000',
                'order_tax'             => '5.70000',
                'order_discount'        => '1.00000',
                'order_shipping'        => '5.95000',
                'order_shipping_tax'    => '0.95000',
                'order_refund'          => '0.00000',
                'order_total'           => '40.65000',
                'is_including_tax'      => '1',
                'currency_code'         => 'USD',
                'currency_value'        => '1.00000',
            ],
            $this->money(),
        );
        self::assertSame(['35.70000', '35.70000'], [
            $this->lines()[0]['orderitem_finalprice_with_tax'],
            $this->lines()[0]['orderitem_finalprice_without_tax'],
        ]);
    }

    /** @return iterable<string, array{string, string, string, string}> */
    public static function currencies(): iterable
    {
        yield 'JPY has none' => ['JPY', '1234.00000', '3702.00000', '33.33333'];
        yield 'KWD has three' => ['KWD', '1.23400', '3.70200', '0.03333'];
        yield 'USD has two' => ['USD', '12.34000', '37.02000', '0.33333'];
    }

    #[DataProvider('currencies')]
    #[TestDox('Amounts are written with the decimals of their currency: $_dataName')]
    public function test_decimals_of_currencies(
        string $currency,
        string $price,
        string $total,
        string $perItemTax,
    ): void {
        $this->place([
            'currency'           => $currency,
            'prices_include_tax' => true,
            'lines'              => [$this->line(['unit_price' => 1234, 'tax' => 100])],
        ]);
        self::assertSame([$price, $total, $perItemTax], [
            $this->lines()[0]['orderitem_price'],
            $this->order()['order_total'],
            $this->lines()[0]['orderitem_per_item_tax'],
        ]);
    }

    #[TestDox('The largest amounts keep every digit')]
    public function test_large_amounts_keep_their_digits(): void
    {
        $this->place([
            'currency' => 'JPY',
            'lines'    => [$this->line([
                'quantity'   => 1,
                'unit_price' => 9_999_999_999,
                'discount'   => 9_999_999_998,
                'tax'        => 0,
            ])],
            'total'    => 9_999_999_999,
        ]);
        self::assertSame(['9999999999.00000', '1.00000', '9999999999.00000'], [
            $this->lines()[0]['orderitem_price'],
            $this->order()['order_subtotal'],
            $this->order()['order_total'],
        ]);
        $this->place([
            'currency' => 'JPY',
            'lines'    => [$this->line([
                'quantity'   => 7,
                'unit_price' => 1_400_000_000,
                'discount'   => 9_000_000_001,
                'tax'        => 123_456_789,
            ])],
        ]);
        self::assertSame(['1388888878.14043', '17636684.14286'], [
            $this->lines()[0]['orderitem_discount_tax'],
            $this->lines()[0]['orderitem_per_item_tax'],
        ]);
    }

    #[TestDox(
        'The number is the shop’s key with the invoice’s prefix before it; the customer is the guest who ordered',
    )]
    public function test_number_and_customer(): void
    {
        $this->place([
            'number'   => 'INV-1042',
            'customer' => ['name' => 'Ann Mary Doe', 'email' => 'ann@example.org', 'phone' => '+1 555 0100'],
        ]);
        $order = $this->order();
        $info  = $this->firstRow('SELECT * FROM #__j2commerce_orderinfos WHERE order_id = ?', [self::ORDER]);
        self::assertSame([1042, 'INV-', 1042, 0, 'ann@example.org', 'Ann Mary', 'Doe', '+1 555 0100'], [
            (int) $order['j2commerce_order_id'],
            $order['invoice_prefix'],
            (int) $order['invoice_number'],
            (int) $order['user_id'],
            $order['user_email'],
            $info['billing_first_name'],
            $info['billing_last_name'],
            $info['billing_phone_1'],
        ]);

        $this->place(['order_id' => 'next', 'lines' => []]);
        self::assertSame(1043, (int) $this->order('next')['j2commerce_order_id']);
        $this->place(['customer' => ['email' => 'doe@example.org', 'name' => 'Doe']]);
        self::assertSame(['doe@example.org', 1], [
            $this->order()['user_email'],
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_orderinfos WHERE order_id = ?', [
                self::ORDER,
            ]),
        ]);
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function refusals(): iterable
    {
        yield 'a currency that the shop has not' => [['currency' => 'XXX'], 'currency'];
        yield 'the number of another order' => [['number' => 53, 'order_id' => 'other'], 'number'];
        yield 'another number than the order has' => [['number' => 54], 'number'];
    }

    /** @param array<string, mixed> $with */
    #[DataProvider('refusals')]
    #[TestDox('Refused by field, before anything is written: $_dataName')]
    public function test_what_the_shop_refuses(array $with, string $field): void
    {
        $this->place(['number' => 53]);
        $before = [$this->sql->fetchAll('SELECT * FROM #__j2commerce_orders'), $this->shopRows()];

        try {
            $this->place($with);
            self::fail('It was not refused.');
        } catch (UsageException $e) {
            self::assertSame([$field], array_keys($e->fields));
        }

        self::assertSame($before, [$this->sql->fetchAll('SELECT * FROM #__j2commerce_orders'), $this->shopRows()]);
    }

    #[TestDox('Of orders stored at once, each takes its own units')]
    public function test_orders_placed_at_once(): void
    {
        $this->setStock('MUG-01', 100);
        $orders = 8;
        $links  = $this->shop()->links();
        $codes  = $this->inProcesses($orders, function ($sql, int $i) use ($links): int {
            (new FakeCheckout(
                $sql,
                new \CloverSync\Shop\Links\Links($sql, $links->environment, $links->merchant),
                new FakeClock(),
            ))->place($this->file(['order_id' => "at-once-$i"]));

            return 0;
        });
        self::assertSame(array_fill(0, $orders, 0), $codes);
        $this->sql = $this->db->connect();
        self::assertSame(100 - (3 * $orders), $this->stock('MUG-01'));
        self::assertSame(
            $orders,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_orders WHERE stock_committed = 1'),
        );
    }

    private function desk(): FakeCheckout
    {
        return new FakeCheckout($this->sql, $this->shop()->links(), $this->clock);
    }

    /** @param array<string, mixed> $with Fields of the file that differ from a confirmed order of three mugs */
    private function place(array $with = []): void
    {
        $this->desk()->place($this->file($with));
    }

    /** @param array<string, mixed> $with */
    private function file(array $with): OrderFile
    {
        return OrderFile::fromJson(json_encode(
            $with
            + [
                'order_id'           => self::ORDER,
                'new_status'         => 1,
                'currency'           => 'USD',
                'prices_include_tax' => false,
                'lines'              => [$this->line()],
            ],
            JSON_THROW_ON_ERROR,
        ));
    }

    /**
     * @param array<string, mixed> $with
     *
     * @return array<string, mixed>
     */
    private function line(array $with = []): array
    {
        return $with
        + ['line_id' => 'L1', 'sku' => 'MUG-01', 'name' => 'Enamel Mug', 'quantity' => 3, 'unit_price' => 1000];
    }

    private function setStock(string $sku, int $quantity, int $availability = 1): void
    {
        $variant = $this->product($this->itemBySku($sku)['id'])['variant_id'];
        $this->sql->execute('UPDATE #__j2commerce_productquantities SET quantity = ? WHERE variant_id = ?', [
            $quantity,
            $variant,
        ]);
        $this->sql->execute('UPDATE #__j2commerce_variants SET availability = ? WHERE j2commerce_variant_id = ?', [
            $availability,
            $variant,
        ]);
    }

    private function stock(string $sku): int
    {
        return (int) $this->product($this->itemBySku($sku)['id'])['quantity'];
    }

    private function availability(string $sku): int
    {
        return (int) $this->product($this->itemBySku($sku)['id'])['availability'];
    }

    /** @return array<string, mixed> */
    private function order(string $id = self::ORDER): array
    {
        return (
            $this->sql->fetchOne('SELECT * FROM #__j2commerce_orders WHERE order_id = ?', [$id]) ?? self::fail(
                "There is no order $id.",
            )
        );
    }

    /** @return list<array<string, mixed>> */
    private function lines(string $id = self::ORDER): array
    {
        return $this->sql->fetchAll(
            'SELECT * FROM #__j2commerce_orderitems WHERE order_id = ?
            ORDER BY j2commerce_orderitem_id',
            [
                $id,
            ],
        );
    }

    /** @return array<string, string> */
    private function money(): array
    {
        $columns = [
            'order_subtotal',
            'order_subtotal_ex_tax',
            'order_tax',
            'order_discount',
            'order_shipping',
            'order_shipping_tax',
            'order_refund',
            'order_total',
            'is_including_tax',
            'currency_code',
            'currency_value',
        ];

        return array_map(
            strval(...),
            array_combine($columns, array_map(fn (string $c): mixed => $this->order()[$c], $columns)),
        );
    }
}
