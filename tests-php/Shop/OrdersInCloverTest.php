<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Bulk;
use CloverSync\Tests\Support\SalesTestCase as Base;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** What the till sees of a web order. */
final class OrdersInCloverTest extends Base
{
    private const ADDRESS = ['address_1' => '1 Main St', 'zip' => '94110', 'city' => 'San Francisco'];

    #[TestDox('A line names the chosen options, and the note says what staff need: $_dataName')]
    #[DataProvider('files')]
    public function test_options_and_note(mixed $address, string $shown): void
    {
        $this->order(
            1,
            [],
            [
                'lines'            => [
                    [
                        'sku'        => 'HB',
                        'name'       => 'House Blend',
                        'quantity'   => 2,
                        'unit_price' => 1000,
                        'options'    => [
                            ['name' => 'Size', 'value' => 'Large'],
                            ['name' => 'Grind', 'value' => 'Filter'],
                        ],
                    ],
                ],
                'shipping_address' => $address,
                'shipping_method'  => 'Flat rate',
                'coupon'           => 'SPRING',
                'order_discount'   => 100,
                'shopper_currency' => 'EUR',
                'shopper_total'    => 2209,
                'payment_method'   => 'payment_paypal',
            ],
        );
        self::assertWork($this->work(), 1);
        [$order] = $this->cloverOrders();
        self::assertSame(
            ['House Blend (Size: Large, Grind: Filter)', 'House Blend (Size: Large, Grind: Filter)', 'Shipping'],
            array_column($order['lineItems']['elements'], 'name'),
        );
        self::assertSame(2400, $order['total'], 'In the shop\'s currency.');
        self::assertSame(
            'Web order: 501 ('
            . self::ORDER
            . '); Customer: Ada Lovelace; Phone: +44 1; E-mail: ada@example.org; '
            . "Deliver to: Ada Lovelace, $shown; Shipping: Flat rate; Coupon: SPRING; Shopper's total: 22.09 EUR; "
            . 'Payment: paypal',
            $order['note'],
        );
    }

    /** @return iterable<string, array{mixed, string}> */
    public static function files(): iterable
    {
        yield 'an address in one text' => ['1 Main St, San Francisco', '1 Main St, San Francisco'];
        yield 'an address in its parts' => [self::ADDRESS, '1 Main St, 94110 San Francisco'];
    }

    #[TestDox('A line that the administrator adds to an order names its options too')]
    public function test_lines_of_the_order_screen(): void
    {
        $line = static fn (string $name, array $options): array => [
            'sku'        => $name,
            'name'       => $name,
            'quantity'   => 1,
            'unit_price' => 100,
            'options'    => $options,
        ];
        $first  = $line('Mug', [['name' => 'Color', 'value' => 'Red']]);
        $second = $line('Tea', [['name' => 'Leaf', 'value' => 'Green'], ['name' => 'Tin']]);
        $this->order(5, [], ['lines' => [$first]]);
        $this->order(1, [], ['lines' => [$first, $second]]);
        self::assertSame(
            2,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_orderitemattributes'),
            'J2Commerce stores them in rows of their own here.',
        );
        $this->work();
        self::assertSame(
            ['Mug (Color: Red)', 'Tea (Leaf: Green, Tin)', 'Shipping'],
            array_column($this->cloverOrders()[0]['lineItems']['elements'], 'name'),
        );
        $this->deleteOrder();

        foreach (['orderitemattributes', 'ordershippings', 'orderdiscounts'] as $table) {
            self::assertNull($this->sql->fetchOne("SELECT * FROM #__j2commerce_$table"), $table);
        }
    }

    /** @return iterable<string, array{string, string}> What the checkout stored, and the name of the line */
    public static function columns(): iterable
    {
        $attribute = static fn (string $type, string $name, string $value): array => [
            'orderitemattribute_type'  => $type,
            'orderitemattribute_name'  => $name,
            'orderitemattribute_value' => $value,
            'orderitemattribute_price' => 0,
        ];
        $basket = static fn (array $options): string => base64_encode(serialize($options));

        yield 'JSON' => [
            json_encode([
                $attribute('select', 'Size', 'L'),
                $attribute('text', 'Name on it', 'Zoë & Söhne'),
            ], JSON_THROW_ON_ERROR),
            'Line 0 (Size: L, Name on it: Zoë & Söhne)',
        ];
        yield 'JSON of a bundle, and what is not for people' => [
            json_encode([
                $attribute('bundleproduct', 'Tea', 'x'),
                $attribute('bundleproduct', 'Tea', 'x'),
                $attribute('bundleproduct', 'Cup', 'x'),
                $attribute('boxbuilder_selections', 'a', '1,2'),
                $attribute('file', 'Logo', 'a8f3c1'),
            ], JSON_THROW_ON_ERROR),
            'Line 0 (Logo, 2 × Tea, Cup)',
        ];
        yield 'a basket with keys' => [
            $basket([11 => '21', 12 => ['22', '23'], 13 => 'For Ann']),
            'Line 0 (Size: Large, Extras: Lid, Straw, Engraving: For Ann)',
        ];
        yield 'a basket with names' => [
            $basket([['name' => 'Size', 'option_value' => 'L', 'type' => 'select']]),
            'Line 0 (Size: L)',
        ];
        yield 'keys of options that are gone' => [$basket([99 => '98']), 'Line 0 (98)'];
        yield 'nothing' => ['', 'Line 0'];
        yield 'an empty list' => ['[]', 'Line 0'];
        yield 'neither' => ['Size: L', 'Line 0'];
        yield 'an object' => [base64_encode(serialize(new \ArrayObject(['a']))), 'Line 0'];
        yield 'broken JSON' => ['[{"orderitemattribute_name":["x"]},7]', 'Line 0'];
    }

    #[TestDox('The options are read in each form in which the checkout stores them: $_dataName')]
    #[DataProvider('columns')]
    public function test_forms_of_options(string $column, string $name): void
    {
        $bulk = new Bulk($this->sql);
        $bulk->insert(
            '#__j2commerce_options',
            ['j2commerce_option_id', 'type', 'option_unique_name', 'option_name'],
            [
                [901, 'select',   's', 'Size'],
                [902, 'checkbox', 'e', 'Extras'],
                [903, 'text',     'g', 'Engraving'],
            ],
        );
        $bulk->insert(
            '#__j2commerce_optionvalues',
            ['j2commerce_optionvalue_id', 'option_id', 'optionvalue_name', 'optionvalue_image'],
            [
                [911, 901, 'Large', ''],
                [912, 902, 'Lid',   ''],
                [913, 902, 'Straw', ''],
            ],
        );
        $bulk->insert(
            '#__j2commerce_product_options',
            ['j2commerce_productoption_id', 'option_id', 'product_id'],
            [[11, 901, 1], [12, 902, 1], [13, 903, 1]],
        );
        $bulk->insert(
            '#__j2commerce_product_optionvalues',
            [
                'j2commerce_product_optionvalue_id',
                'productoption_id',
                'optionvalue_id',
                'parent_optionvalue',
                'product_optionvalue_price',
                'product_optionvalue_prefix',
                'product_optionvalue_weight',
                'product_optionvalue_weight_prefix',
                'product_optionvalue_sku',
                'product_optionvalue_default',
                'ordering',
                'product_optionvalue_attribs',
            ],
            [
                [21, 11, 911, '', '0', '+', '0', '+', '', 0, 0, '{}'],
                [22, 12, 912, '', '0', '+', '0', '+', '', 0, 0, '{}'],
                [23, 12, 913, '', '0', '+', '0', '+', '', 0, 0, '{}'],
            ],
        );
        $this->order(1, [[$this->mug, 1]]);
        $this->sql->execute('UPDATE #__j2commerce_orderitems SET orderitem_attributes = ?', [$column]);
        $this->work();
        self::assertSame($name, $this->cloverOrders()[0]['lineItems']['elements'][0]['name']);
    }
}
