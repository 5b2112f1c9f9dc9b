<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;

/**
 * Reads an order from J2Commerce's tables, as input of {@see \CloverSync\Orders::plan()}. What Clover shows of it is
 * composed there.
 */
final readonly class OrderReader
{
    private LineOptions $options;

    public function __construct(
        private Sql $sql,
        Links $links,
    ) {
        $this->options = new LineOptions($sql, $links);
    }

    /**
     * @param int    $pk       Its primary key: another order may have the same id now
     * @param string $currency The shop's own, in which J2Commerce stores amounts, whatever currency the customer saw
     *
     * @return ?array{order_id: string, number: string, currency: string, customer: array{name: string, email: string,
     *   phone: string}, delivery: array{name?: string, company?: string, street?: string, street_2?: string, zip?:
     *   string, city?: string, zone?: string, country?: string}, shipping_method: string, coupons: list<string>,
     *   shopper: array{currency: string, rate: string}, payment_method: string, note: string, lines: list<array{name:
     *   string, sku: string, quantity: string, unit_price: string, option_price: string, options: list<array{name:
     *   string, value: string, modifier: string, amount: string}>}>, charges: list<array{name: string, amount:
     *   string}>, discounts: list<array{name: string, amount: string}>, total: string} Null when it is gone
     */
    public function read(string $orderId, int $pk, string $currency): ?array
    {
        $query = 'SELECT * FROM #__j2commerce_orders WHERE order_id = ? AND j2commerce_order_id = ?';
        $order = $this->sql->fetchOne($query, [$orderId, $pk]);

        if ($order === null) {
            return null;
        }

        $info = $this->sql->fetchOne('SELECT * FROM #__j2commerce_orderinfos WHERE order_id = ? LIMIT 1', [
            $orderId,
        ]);
        $query   = 'SELECT * FROM #__j2commerce_orderitems WHERE order_id = ? ORDER BY j2commerce_orderitem_id';
        $items   = $this->sql->fetchAll($query, [$orderId]);
        $options = $this->options->of($items);
        $lines   = [];
        $taken   = [];

        foreach ($items as $item) {
            $lines[] = [
                'name'         => Row::string($item, 'orderitem_name'),
                'sku'          => Row::string($item, 'orderitem_sku'),
                'quantity'     => Row::string($item, 'orderitem_quantity'),
                'unit_price'   => Row::string($item, 'orderitem_price'),
                'option_price' => Row::string($item, 'orderitem_option_price'),
                'options'      => $options[Row::int($item, 'j2commerce_orderitem_id')] ?? [],
            ];
            $taken[] = ['name' => 'Discount', 'amount' => Row::string($item, 'orderitem_discount')];
        }

        return [
            'order_id'        => $orderId,
            'number'          => Row::string($order, 'invoice_prefix')
                . (Row::int($order, 'invoice_number') ?: Row::int($order, 'j2commerce_order_id')),
            'currency'        => $currency,
            'customer'        => [
                'name'  => self::name($info, 'billing'),
                'email' => Row::string($order, 'user_email'),
                'phone' => self::text($info, 'billing_phone_1') ?: self::text($info, 'billing_phone_2'),
            ],
            'delivery'        => Row::int($order, 'is_shippable') === 1 ? self::address($info) : [],
            'shipping_method' => (string) $this->sql->fetchValue(
                'SELECT ordershipping_name FROM #__j2commerce_ordershippings WHERE order_id = ?
                  ORDER BY j2commerce_ordershipping_id LIMIT 1',
                [$orderId],
            ),
            // Other types of discount have a code for programs only.
            'coupons'        => array_map(strval(...), $this->sql->fetchColumn(
                "SELECT discount_code FROM #__j2commerce_orderdiscounts
                  WHERE order_id = ? AND discount_type IN ('coupon', 'voucher') ORDER BY j2commerce_orderdiscount_id",
                [$orderId],
            )),
            'shopper'        => [
                'currency' => Row::string($order, 'currency_code'),
                'rate'     => Row::string($order, 'currency_value'),
            ],
            'payment_method' => Row::string($order, 'orderpayment_type'),
            'note'           => Row::string($order, 'customer_note'),
            'lines'          => $lines,
            'charges'        => self::withAmount(self::charges($order)),
            'discounts'      => self::withAmount([
                ...$taken,
                ['name' => 'Coupon', 'amount' => Row::string($order, 'order_discount')],
                ['name' => 'Credit', 'amount' => Row::string($order, 'order_credit')],
            ]),
            'total'          => Row::string($order, 'order_total'),
        ];
    }

    /** @param ?array<string, int|float|string|null> $info */
    private static function text(?array $info, string $column): string
    {
        return (string) ($info[$column] ?? '');
    }

    /** @param ?array<string, int|float|string|null> $info */
    private static function name(?array $info, string $of): string
    {
        return trim(self::text($info, "{$of}_first_name") . ' ' . self::text($info, "{$of}_last_name"));
    }

    /**
     * @param ?array<string, int|float|string|null> $info
     *
     * @return array{name: string, company: string, street: string, street_2: string, zip: string, city: string, zone:
     *   string, country: string}
     */
    private static function address(?array $info): array
    {
        return [
            'name'     => self::name($info, 'shipping'),
            'company'  => self::text($info, 'shipping_company'),
            'street'   => self::text($info, 'shipping_address_1'),
            'street_2' => self::text($info, 'shipping_address_2'),
            'zip'      => self::text($info, 'shipping_zip'),
            'city'     => self::text($info, 'shipping_city'),
            'zone'     => self::text($info, 'shipping_zone_name'),
            'country'  => self::text($info, 'shipping_country_name'),
        ];
    }

    /**
     * @param array<string, int|float|string|null> $order
     *
     * @return list<array{name: string, amount: string}>
     */
    private static function charges(array $order): array
    {
        $charges = [
            ['name' => 'Shipping', 'amount' => Row::string($order, 'order_shipping')],
            ['name' => 'Surcharge', 'amount' => Row::string($order, 'order_surcharge')],
            ['name' => 'Fees', 'amount' => Row::string($order, 'order_fees')],
        ];

        // Otherwise the prices include the tax.
        if (Row::int($order, 'is_including_tax') === 0) {
            $charges[] = ['name' => 'Tax', 'amount' => Row::string($order, 'order_tax')];
            $charges[] = ['name' => 'Shipping tax', 'amount' => Row::string($order, 'order_shipping_tax')];
        }

        return $charges;
    }

    /**
     * @param list<array{name: string, amount: string}> $entries
     *
     * @return list<array{name: string, amount: string}> Those whose column is not empty
     */
    private static function withAmount(array $entries): array
    {
        return array_values(array_filter($entries, static fn (array $entry): bool => trim($entry['amount']) !== ''));
    }
}
