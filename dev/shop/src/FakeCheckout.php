<?php

declare(strict_types=1);

namespace CloverSync\Dev;

use CloverSync\Shop\Console\UsageException;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/**
 * Replaces J2Commerce's order code: it writes the rows that J2Commerce's checkout and order screen write, and moves the
 * shop's stock at the same moments and by the same rules. As in J2Commerce, no transaction is open, so another process
 * may read a state in which some statements are missing, and a crash may leave one.
 */
final readonly class FakeCheckout
{
    private const ORDERS = '#__j2commerce_orders';
    private const ITEMS  = '#__j2commerce_orderitems';
    private const INFOS  = '#__j2commerce_orderinfos';
    private const CHOSEN = '#__j2commerce_orderitemattributes';
    private const SHIPS  = '#__j2commerce_ordershippings';
    private const OFF    = '#__j2commerce_orderdiscounts';
    private const COUNTS = '#__j2commerce_productquantities';

    /** The status with which every order starts, before it is paid. */
    private const NEW = 5;

    /**
     * With these statuses an order holds no stock: failed, new, cancelled. With any other it does, including those that
     * a merchant adds.
     */
    private const NOT_HOLDING = [3, self::NEW, 6];

    /** Columns of a line that describe its product. */
    private const PRODUCT_COLUMNS = [
        'product_id',
        'product_type',
        'variant_id',
        'orderitem_sku',
        'orderitem_attributes',
        'orderitem_taxprofile_id',
    ];

    private const ZERO = '0.00000';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** The status that the shop holds the order in; null when it has no such order. */
    public function statusOf(string $orderId): ?int
    {
        $status = $this->sql->fetchValue('SELECT order_state_id FROM ' . self::ORDERS . ' WHERE order_id = ?', [
            $orderId,
        ]);

        return $status === null ? null : (int) $status;
    }

    /**
     * Stores the order, or its changes, and moves it to its new status. A new order passes through its whole life: it
     * starts as New, then gets the file's old status, then the new one.
     *
     * @throws UsageException when the shop does not have the currency, or another order has the number
     */
    public function place(OrderFile $order): void
    {
        $currency = $this->currency($order->currency);
        $amounts  = new Amounts($currency['decimals']);
        $row      = $this->sql->fetchOne('SELECT * FROM ' . self::ORDERS . ' WHERE order_id = ?', [$order->orderId]);
        $this->checkNumber($order, $row === null ? null : (int) $row['j2commerce_order_id']);
        $products = $this->products($order->lines);
        $prices   = $this->optionPrices($order->lines, $products, $currency['decimals']);
        $columns  = $this->columns($order, $amounts, $currency['id']);

        if ($row === null) {
            $this->insert(
                $order,
                $columns,
                $order->delivery !== []
                || $order->shippingMethod !== null
                || array_filter($products, static fn (?array $p): bool => ($p['shipping'] ?? false) === true) !== [],
            );
        }

        $edited = \in_array(
            true,
            [
                $this->saveLines(
                    $order,
                    $amounts,
                    $products,
                    $prices,
                    (int) ($row['stock_committed'] ?? 0) === 1,
                    $row !== null,
                ),
                $this->saveShipping($order, $amounts),
                $this->saveCoupon($order, $amounts),
            ],
            true,
        );

        if ($row !== null && ($edited || self::differs($columns, $row))) {
            $this->update(self::ORDERS, 'order_id', $order->orderId, ['modified_on' => $this->now()] + $columns);
        }

        if ($row === null || $order->customer !== null || $order->delivery !== []) {
            $this->saveAddresses($order, $row === null);
        }

        if ($row === null && $order->oldStatus !== null) {
            $this->move($order->orderId, $order->oldStatus);
        }

        $this->move($order->orderId, $order->newStatus);
    }

    /**
     * Deletes the order with its lines. As in J2Commerce, the stock that it holds stays taken, and there is no event.
     *
     * @throws UsageException when the shop does not have the order
     */
    public function delete(string $orderId): void
    {
        if ($this->statusOf($orderId) === null) {
            throw new UsageException('The order cannot be deleted:', [
                'order_id' => "the shop has no order “{$orderId}”",
            ]);
        }

        $this->sql->execute('DELETE FROM '
        . self::CHOSEN
        . ' WHERE orderitem_id IN (SELECT j2commerce_orderitem_id FROM '
        . self::ITEMS
        . ' WHERE order_id = ?)', [$orderId]);

        foreach ([self::ITEMS, self::INFOS, self::SHIPS, self::OFF, self::ORDERS] as $table) {
            $this->sql->execute("DELETE FROM $table WHERE order_id = ?", [$orderId]);
        }
    }

    /** @return array{id: int, decimals: int} */
    private function currency(string $code): array
    {
        $row = $this->sql->fetchOne(
            'SELECT j2commerce_currency_id, currency_num_decimals FROM #__j2commerce_currencies
            WHERE currency_code = ?',
            [
                $code,
            ],
        );
        $decimals = (int) ($row['currency_num_decimals'] ?? -1);

        if ($row === null || $decimals < 0 || $decimals > Amounts::PLACES) {
            throw new UsageException('These fields of the order are wrong:', [
                'currency' => $row === null
                    ? "the shop has no currency $code"
                    : "the shop has $code with $decimals decimals, and no more than "
                    . Amounts::PLACES
                    . ' can be stored',
            ]);
        }

        return ['id' => (int) $row['j2commerce_currency_id'], 'decimals' => $decimals];
    }

    /** @param ?int $key Of the shop's order with this id */
    private function checkNumber(OrderFile $order, ?int $key): void
    {
        if ($order->number === null || $order->number === $key) {
            return;
        }

        if ($key !== null) {
            throw new UsageException('These fields of the order are wrong:', [
                'number' => "the shop has order “{$order->orderId}” under the number $key",
            ]);
        }

        $other = $this->sql->fetchValue('SELECT order_id FROM ' . self::ORDERS . ' WHERE j2commerce_order_id = ?', [
            $order->number,
        ]);

        if ($other !== null) {
            throw new UsageException('These fields of the order are wrong:', [
                'number' => "order “{$other}” has it already",
            ]);
        }
    }

    /**
     * The variant that each line sells; null when the shop does not know the product.
     *
     * @param list<array{clover_id: ?string, sku: ?string, ...}> $lines
     *
     * @return list<?array{product: int, variant: int, type: string, sku: string, tax_profile: int, shipping: bool}>
     */
    private function products(array $lines): array
    {
        $links = $this->links->byCloverId(array_values(array_unique(array_filter(
            array_column($lines, 'clover_id'),
            is_string(...),
        ))));
        $skus  = array_values(array_unique(array_filter(array_column($lines, 'sku'), is_string(...))));
        $query = 'SELECT v.j2commerce_variant_id, v.product_id, v.sku, v.shipping, v.is_master, p.product_type,
            p.taxprofile_id FROM #__j2commerce_variants v
            JOIN #__j2commerce_products p ON p.j2commerce_product_id = v.product_id WHERE v.%s IN (%%s)
            ORDER BY v.j2commerce_variant_id DESC';
        $variants = [];
        $bySku    = [];
        $ids      = array_values(array_filter(array_map(
            static fn (LinkRow $link): int => $link->variantId ?? 0,
            $links,
        )));

        foreach ($this->bulk->fetch(\sprintf($query, 'j2commerce_variant_id'), $ids) as $row) {
            $variants[(int) $row['j2commerce_variant_id']] = $row;
        }

        foreach ($this->bulk->fetch(\sprintf($query, 'sku'), $skus) as $row) {
            // The master of a variable product represents all of its variants and is never sold.
            if ((int) $row['is_master'] === 0 || !str_contains((string) $row['product_type'], 'variable')) {
                $bySku[Text::key((string) $row['sku'])] = $row;
            }
        }

        return array_map(static function (array $line) use ($links, $variants, $bySku): ?array {
            $row = $line['clover_id'] === null
                ? null
                : $variants[($links[$line['clover_id']] ?? null)->variantId ?? 0] ?? null;
            $row ??= $line['sku'] === null ? null : $bySku[Text::key($line['sku'])] ?? null;

            return (
                $row === null
                    ? null
                    : [
                        'product'     => (int) $row['product_id'],
                        'variant'     => (int) $row['j2commerce_variant_id'],
                        'type'        => (string) $row['product_type'],
                        'sku'         => (string) $row['sku'],
                        'tax_profile' => (int) $row['taxprofile_id'],
                        'shipping'    => (int) $row['shipping'] === 1,
                    ]
            );
        }, $lines);
    }

    /**
     * What each option of each line adds to the price of one piece, in minor units: as J2Commerce computes it, for
     * products that are not variable. A line's price in the file includes it.
     *
     * @param list<array{unit_price: int, options: list<array{name: string, value: string}>, ...}> $lines
     * @param list<?array{product: int, type: string, ...}>                                        $products
     *
     * @return list<list<int>> By line and option
     */
    private function optionPrices(array $lines, array $products, int $decimals): array
    {
        $prices = [];
        $simple = [];

        foreach ($products as $product) {
            if ($product !== null && $product['type'] === 'simple' && !\in_array($product['product'], $simple, true)) {
                $simple[] = $product['product'];
            }
        }

        foreach ($this->bulk->fetch('SELECT p.product_id, o.option_name, v.optionvalue_name,
                    c.product_optionvalue_price AS price
               FROM #__j2commerce_product_options p
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
               JOIN #__j2commerce_product_optionvalues c ON c.productoption_id = p.j2commerce_productoption_id
               JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = c.optionvalue_id
              WHERE p.product_id IN (%s)', $simple) as $row) {
            [$whole, $fraction] = [...explode('.', (string) $row['price']), ''];
            $minor = (int) ($whole . substr(str_pad($fraction, $decimals, '0'), 0, $decimals));
            $prices[(int) $row['product_id']][self::optionKey(
                (string) $row['option_name'],
                (string) $row['optionvalue_name'],
            )]       = $minor;
        }

        return array_map(
            static function (array $line, ?array $product) use ($prices): array {
                $added = array_map(
                    static fn (array $option): int => (
                        $prices[$product['product'] ?? 0][self::optionKey($option['name'], $option['value'])] ?? 0
                    ),
                    $line['options'],
                );

                return array_sum($added) > $line['unit_price'] ? array_fill(0, \count($added), 0) : $added;
            },
            $lines,
            $products,
        );
    }

    private static function optionKey(string $name, string $value): string
    {
        return Text::key($name) . "\0" . Text::key($value);
    }

    /**
     * The fields of an order that can change, apart from its status.
     *
     * @return array<string, scalar>
     */
    private function columns(OrderFile $order, Amounts $amounts, int $currency): array
    {
        $tax     = $order->lineTaxes() + $order->orderTax;
        $columns = [
            'order_total' => $amounts->decimal($order->total),
            // As the checkout writes it, without the discounts of the lines, also when the prices include the tax.
            'order_subtotal'        => $amounts->decimal($order->subtotal()),
            'order_subtotal_ex_tax' => $amounts->decimal($order->subtotal()),
            'order_tax'             => $amounts->decimal($tax),
            'order_shipping'        => $amounts->decimal($order->shipping),
            'order_shipping_tax'    => $amounts->decimal($order->shippingTax),
            // Coupons and vouchers. The discount of a line is stored in the line, and in the subtotal.
            'order_discount'   => $amounts->decimal($order->orderDiscount),
            'is_including_tax' => (int) $order->pricesIncludeTax,
        ];

        if ($order->shopper === null) {
            $columns += [
                'currency_id'    => $currency,
                'currency_code'  => $order->currency,
                'currency_value' => '1.00000',
            ];
        } else {
            $theirs = $this->currency($order->shopper['currency']);
            // All amounts are stored in the shop's currency, and the customer's with its rate.
            $columns += [
                'currency_id'    => $theirs['id'],
                'currency_code'  => $order->shopper['currency'],
                'currency_value' => $amounts->rate($order->shopper['total'], $theirs['decimals'], $order->total),
            ];
        }

        if ($order->paymentMethod !== null) {
            $columns['orderpayment_type'] = $order->paymentMethod;
        }

        if ($order->customer !== null) {
            $columns['user_email'] = $order->customer['email'];
        }

        if ($order->refunded !== null) {
            $columns['order_refund'] = $amounts->decimal($order->refunded);
        }

        return $columns;
    }

    /** @param array<string, scalar> $columns */
    private function insert(OrderFile $order, array $columns, bool $shippable): void
    {
        $row = array_replace([
            'order_id'            => $order->orderId,
            'cart_id'             => 0,
            'parent_id'           => 0,
            'subscription_id'     => 0,
            'invoice_prefix'      => $order->invoicePrefix,
            'invoice_number'      => $order->invoicePrefix === '' ? 0 : (int) $order->number,
            'token'               => bin2hex(random_bytes(16)),
            'user_id'             => 0,
            'user_email'          => '',
            'order_discount_tax'  => self::ZERO,
            'order_credit'        => self::ZERO,
            'order_refund'        => self::ZERO,
            'order_surcharge'     => self::ZERO,
            'order_fees'          => self::ZERO,
            'orderpayment_type'   => '',
            'transaction_id'      => '',
            'transaction_status'  => '',
            'transaction_details' => '',
            'ip_address'          => '',
            'is_shippable'        => (int) $shippable,
            'customer_note'       => '',
            'customer_language'   => 'en-GB',
            'customer_group'      => '1',
            'order_state_id'      => self::NEW,
            'created_on'          => $this->now(),
            'modified_on'         => $this->now(),
        ], $columns);

        if ($order->number !== null) {
            $row['j2commerce_order_id'] = $order->number;
        }

        $this->bulk->insert(self::ORDERS, array_keys($row), [array_values($row)]);
    }

    private function saveAddresses(OrderFile $order, bool $isNew): void
    {
        $columns = [];

        if ($isNew || $order->customer !== null) {
            $customer = $order->customer ?? ['name' => '', 'phone' => ''];
            $words    = preg_split('/\s+/', trim($customer['name']), -1, PREG_SPLIT_NO_EMPTY) ?: [];
            $last     = \count($words) > 1 ? array_pop($words) : '';
            $person   = ['first_name' => implode(' ', $words), 'last_name' => $last, 'phone_1' => $customer['phone']];

            foreach ($person as $name => $value) {
                $columns["billing_$name"]  = $value;
                $columns["shipping_$name"] = $value;
            }

            $columns['all_billing']  = json_encode($person, JSON_THROW_ON_ERROR);
            $columns['all_shipping'] = json_encode($person + $order->delivery, JSON_THROW_ON_ERROR);
        }

        foreach ($order->delivery as $name => $value) {
            $columns["shipping_$name"] = $value;
        }

        if ($isNew) {
            $row = $columns + ['order_id' => $order->orderId, 'shipping_zip' => '', 'all_payment' => '{}'];
            $this->bulk->insert(self::INFOS, array_keys($row), [array_values($row)]);
        } else {
            $this->update(self::INFOS, 'order_id', $order->orderId, $columns);
        }
    }

    /** @return bool Whether anything has changed */
    private function saveShipping(OrderFile $order, Amounts $amounts): bool
    {
        return $order->shippingMethod !== null && $this->saveOne(self::SHIPS, $order->orderId, [
            'ordershipping_type'        => 'shipping_standard',
            'ordershipping_price'       => $amounts->decimal($order->shipping),
            'ordershipping_name'        => $order->shippingMethod,
            'ordershipping_code'        => '',
            'ordershipping_tax'         => $amounts->decimal($order->shippingTax),
            'ordershipping_extra'       => self::ZERO,
            'ordershipping_tracking_id' => '',
        ]);
    }

    /** @return bool Whether anything has changed */
    private function saveCoupon(OrderFile $order, Amounts $amounts): bool
    {
        return $order->coupon !== null && $this->saveOne(self::OFF, $order->orderId, [
            'discount_type'           => 'coupon',
            'discount_entity_id'      => 1,
            'discount_title'          => $order->coupon,
            'discount_code'           => $order->coupon,
            'discount_value'          => $amounts->decimal($order->orderDiscount),
            'discount_value_type'     => 'fixed',
            'discount_customer_email' => $order->customer['email'] ?? '',
            'user_id'                 => 0,
            'discount_amount'         => $amounts->decimal($order->orderDiscount),
            'discount_tax'            => self::ZERO,
            'discount_params'         => '{}',
        ]);
    }

    /**
     * The only row of an order in a table.
     *
     * @param array<string, scalar> $columns
     *
     * @return bool Whether it has changed
     */
    private function saveOne(string $table, string $orderId, array $columns): bool
    {
        $row = $this->sql->fetchOne("SELECT * FROM $table WHERE order_id = ?", [$orderId]);

        if ($row === null) {
            $columns['order_id'] = $orderId;
            $this->bulk->insert($table, array_keys($columns), [array_values($columns)]);
        } elseif (self::differs($columns, $row)) {
            $this->update($table, 'order_id', $orderId, $columns);
        } else {
            return false;
        }

        return true;
    }

    /**
     * Deletes, changes and adds lines, and moves the difference when the order holds stock.
     *
     * @param list<?array{product: int, variant: int, type: string, sku: string, tax_profile: int, shipping: bool}>
     *   $products
     *
     * @param list<list<int>> $prices As {@see optionPrices()} returns them
     * @param bool $byHand The order exists: the administrator's order screen adds the lines, not the checkout
     *
     * @return bool Whether anything has changed
     */
    private function saveLines(
        OrderFile $order,
        Amounts $amounts,
        array $products,
        array $prices,
        bool $holds,
        bool $byHand,
    ): bool {
        $stored = $this->storedLines($order->orderId);
        $kept   = self::keptLines($order, $products, $stored);
        $gone   = array_diff_key($stored, $kept);
        $added  = array_diff_key($order->lines, array_flip($kept));
        $edited = $gone !== [] || $added !== [];

        foreach ($gone as $id => $line) {
            if ($holds) {
                $this->adjust($line['variant'], $line['quantity']);
            }

            $this->sql->execute('DELETE FROM ' . self::CHOSEN . ' WHERE orderitem_id = ?', [$id]);
            $this->sql->execute('DELETE FROM ' . self::ITEMS . ' WHERE j2commerce_orderitem_id = ?', [$id]);
        }

        foreach ($kept as $id => $i) {
            $row = array_diff_key(
                $this->itemRow($order, $order->lines[$i], $products[$i], $prices[$i], $amounts),
                array_flip(self::PRODUCT_COLUMNS),
            );

            if (!self::differs($row, $stored[$id]['row'])) {
                continue;
            }

            $edited = true;
            $this->update(self::ITEMS, 'j2commerce_orderitem_id', $id, $row);

            if ($holds) {
                $this->adjust($stored[$id]['variant'], $stored[$id]['quantity'] - $order->lines[$i]['quantity']);
            }
        }

        foreach ($this->freeKeys($added, array_column($gone, 'id', 'key')) as $i => $id) {
            $row =
                ['created_on' => $this->now()]
                + $this->itemRow($order, $order->lines[$i], $products[$i], $prices[$i], $amounts);
            $row += $id === null ? [] : ['j2commerce_orderitem_id' => $id];
            $this->bulk->insert(self::ITEMS, array_keys($row), [array_values(
                $byHand ? array_replace($row, ['orderitem_attributes' => '']) : $row,
            )]);

            if ($byHand && $order->lines[$i]['options'] !== []) {
                $line = $id ?? $this->newestLine($order->orderId);
                $this->saveOptions($line, $order->lines[$i]['options'], $prices[$i], $amounts);
            }

            if ($holds) {
                $this->adjust($products[$i]['variant'] ?? 0, -$order->lines[$i]['quantity']);
            }
        }

        return $edited;
    }

    private function newestLine(string $orderId): int
    {
        return (int) $this->sql->fetchValue('SELECT MAX(j2commerce_orderitem_id) FROM '
        . self::ITEMS
        . ' WHERE order_id = ?', [$orderId]);
    }

    /**
     * The options of a line, as the administrator's order screen stores them.
     *
     * @param list<array{name: string, value: string}> $options
     * @param list<int>                                $prices
     */
    private function saveOptions(int $line, array $options, array $prices, Amounts $amounts): void
    {
        $this->bulk->insert(
            self::CHOSEN,
            [
                'orderitem_id',
                'productattributeoption_id',
                'productattributeoptionvalue_id',
                'orderitemattribute_name',
                'orderitemattribute_value',
                'orderitemattribute_prefix',
                'orderitemattribute_price',
                'orderitemattribute_code',
                'orderitemattribute_type',
            ],
            array_map(
                static fn (array $option, int $price): array => [
                    $line,
                    0,
                    0,
                    $option['name'],
                    $option['value'],
                    '+',
                    $amounts->decimal($price),
                    '',
                    'select',
                ],
                $options,
                $prices,
            ),
        );
    }

    /**
     * @param list<?array{variant: int, ...}>                   $products
     * @param array<int, array{key: string, variant: int, ...}> $stored
     *
     * @return array<int, int> The shop's key of a stored line => position in the file
     */
    private static function keptLines(OrderFile $order, array $products, array $stored): array
    {
        /** @var array<string, int> $keys */
        $keys = array_column($stored, 'id', 'key');
        $kept = [];

        foreach ($order->lines as $i => $line) {
            // By the file's own key first: a key that another order had taken may be free by now.
            $id = $keys[$line['key']] ?? null;
            $id ??= $line['id'] !== null && isset($stored[$line['id']]) ? $line['id'] : null;

            $variant = $products[$i]['variant'] ?? 0;

            // A line keeps the product, or unknown product, that it was sold as, even when that product has changed
            // since.
            if (
                $id !== null
                && !isset($kept[$id])
                && ($variant === 0 || \in_array($stored[$id]['variant'], [0, $variant], true))
            ) {
                $kept[$id] = $i;
            }
        }

        return $kept;
    }

    /**
     * @param array<int, array{key: string, id: ?int, ...}> $lines
     * @param array<string, int>                            $before Keys of lines that were just deleted, by the file's
     *   key
     *
     * @return array<int, ?int> Key by line, null for the next number of the shop's counter; lines that already have a
     *   key, or whose key the counter could use, come first
     */
    private function freeKeys(array $lines, array $before): array
    {
        $keys = [];

        foreach ($lines as $i => $line) {
            $id       = $before[$line['key']] ?? $line['id'];
            $keys[$i] = $id !== null
            && !\in_array($id, $keys, true)
            && $this->sql->fetchValue('SELECT 1 FROM ' . self::ITEMS . ' WHERE j2commerce_orderitem_id = ?', [$id])
                === null
                ? $id
                : null;
        }

        uasort($keys, static fn (?int $a, ?int $b): int => ($a === null) <=> ($b === null));

        return $keys;
    }

    /**
     * @return array<int, array{id: int, key: string, variant: int, quantity: int, row: array<string, mixed>}> By the
     *   shop's key
     */
    private function storedLines(string $orderId): array
    {
        $lines = [];

        foreach ($this->sql->fetchAll('SELECT * FROM '
        . self::ITEMS
        . ' WHERE order_id = ? ORDER BY j2commerce_orderitem_id', [$orderId]) as $row) {
            $id         = (int) $row['j2commerce_orderitem_id'];
            $parameters = json_decode((string) $row['orderitem_params'], true);
            $key        = \is_array($parameters) ? $parameters['line_id'] ?? '' : '';
            $lines[$id] = [
                'id'       => $id,
                'key'      => \is_string($key) ? $key : '',
                'variant'  => (int) $row['variant_id'],
                'quantity' => (int) $row['orderitem_quantity'],
                'row'      => $row,
            ];
        }

        return $lines;
    }

    /**
     * A line as the checkout writes it: the price for one unit, everything else for the whole line.
     *
     * @param array{key: string, id: ?int, clover_id: ?string, sku: ?string, name: string, quantity: int, unit_price:
     *   int, discount: int, tax: int, options: list<array{name: string, value: string}>} $line
     * @param ?array{product: int, variant: int, type: string, sku: string, tax_profile: int, shipping: bool} $product
     * @param list<int> $prices Of the options
     *
     * @return array<string, scalar>
     */
    private function itemRow(OrderFile $order, array $line, ?array $product, array $prices, Amounts $amounts): array
    {
        $final = ($line['quantity'] * $line['unit_price']) - $line['discount'];

        return [
            'order_id'                      => $order->orderId,
            'cart_id'                       => 0,
            'cartitem_id'                   => 0,
            'product_id'                    => $product['product'] ?? 0,
            'product_type'                  => $product['type'] ?? 'simple',
            'variant_id'                    => $product['variant'] ?? 0,
            'vendor_id'                     => 0,
            'orderitem_sku'                 => $product['sku'] ?? $line['sku'] ?? '',
            'orderitem_name'                => $line['name'],
            'orderitem_attributes'          => $line['options'] === []
                ? ''
                : json_encode(
                    array_map(
                        static fn (array $option, int $price): array => [
                            'orderitemattribute_name'  => $option['name'],
                            'orderitemattribute_value' => $option['value'],
                            'orderitemattribute_type'  => 'select',
                            // J2Commerce writes a number.
                            'orderitemattribute_price' => $price === 0 ? 0 : floatval($amounts->decimal($price)),
                        ],
                        $line['options'],
                        $prices,
                    ),
                    JSON_THROW_ON_ERROR,
                ),
            'orderitem_quantity'            => (string) $line['quantity'],
            'orderitem_taxprofile_id'       => $product['tax_profile'] ?? 0,
            'orderitem_per_item_tax'        => $amounts->share($line['tax'], 1, $line['quantity']),
            'orderitem_tax'                 => $amounts->decimal($line['tax']),
            'orderitem_discount'            => $amounts->decimal($line['discount']),
            'orderitem_discount_tax'        => $final > 0
                ? $amounts->share($line['discount'], $line['tax'], $final)
                : self::ZERO,
            'orderitem_price'               => $amounts->decimal($line['unit_price'] - array_sum($prices)),
            'orderitem_option_price'        => $amounts->decimal(array_sum($prices)),
            'orderitem_finalprice'          => $amounts->decimal($final),
            'orderitem_finalprice_with_tax' => $amounts->decimal(
                $order->pricesIncludeTax ? $final : $final + $line['tax'],
            ),
            // The checkout subtracts no tax here, not even when the price includes it.
            'orderitem_finalprice_without_tax' => $amounts->decimal($final),
            'orderitem_params'                 => json_encode([
                'line_id' => $line['key'],
            ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE),
            'created_by'                       => 0,
            'orderitem_weight'                 => '0',
            'orderitem_weight_total'           => '0',
        ];
    }

    /**
     * Moves the order to a status, and its stock with it. The flag in the order's row decides about the stock, not the
     * previous status.
     */
    private function move(string $orderId, int $to): void
    {
        $from = $this->statusOf($orderId);
        // The payment methods do not change the time of the last change; the administrator's status changes write it.
        $time = $from === self::NEW ? 'modified_on' : '?';

        if (
            $from === $to
            || $this->sql->execute(
                'UPDATE '
                . self::ORDERS
                . " SET order_state_id = ?, modified_on = $time WHERE order_id = ? AND order_state_id = ?",
                [$to, ...($from === self::NEW ? [] : [$this->now()]), $orderId, $from],
            ) !== 1
        ) {
            return;
        }

        $holds = !\in_array($to, self::NOT_HOLDING, true);

        if (!$this->claim($orderId, $holds)) {
            return;
        }

        $lines = $this->sql->fetchAll(
            'SELECT i.product_id, i.variant_id, i.orderitem_quantity, v.manage_stock, v.allow_backorder FROM '
            . self::ITEMS
            . ' i
               LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = i.variant_id WHERE i.order_id = ?
               ORDER BY i.j2commerce_orderitem_id',
            [$orderId],
        );

        // An order without lines has taken nothing, and must not give anything back later.
        if ($holds && $lines === []) {
            $this->claim($orderId, false);
        }

        foreach ($lines as $line) {
            $variant = (int) $line['variant_id'];

            if ((int) $line['product_id'] <= 0 || $variant <= 0 || (int) $line['manage_stock'] !== 1) {
                continue;
            }

            $count = $this->count($variant, (int) $line['orderitem_quantity'] * ($holds ? -1 : 1));

            if ($holds && $count <= 0 && (int) $line['allow_backorder'] < 1) {
                $this->setAvailable($variant, 0);
            } elseif (!$holds && $count > 0) {
                $this->setAvailable($variant, 1);
            }
        }
    }

    /** Changes the flag that says whether the order holds stock; returns false when it has that value already. */
    private function claim(string $orderId, bool $holds): bool
    {
        return $this->sql->execute('UPDATE '
        . self::ORDERS
        . ' SET stock_committed = ? WHERE order_id = ? AND stock_committed = ?', [
            (int) $holds,
            $orderId,
            (int) !$holds,
        ]) === 1;
    }

    /**
     * Moves the difference of an edited line. Unlike a change of status, it also makes a variant available when it
     * takes units and some are left.
     */
    private function adjust(int $variant, int $delta): void
    {
        $row = $delta === 0
            ? null
            : $this->sql->fetchOne(
                'SELECT manage_stock, allow_backorder FROM #__j2commerce_variants
                WHERE j2commerce_variant_id = ?',
                [
                    $variant,
                ],
            );

        if ($row === null || (int) $row['manage_stock'] !== 1) {
            return;
        }

        $count = $this->count($variant, $delta);

        if ($count > 0) {
            $this->setAvailable($variant, 1);
        } elseif ((int) $row['allow_backorder'] < 1) {
            $this->setAvailable($variant, 0);
        }
    }

    /**
     * @param int $delta Not 0
     *
     * @return int The count afterwards; negative when more was sold than available
     */
    private function count(int $variant, int $delta): int
    {
        if (
            $this->sql->execute('UPDATE ' . self::COUNTS . ' SET quantity = quantity + ? WHERE variant_id = ?', [
                $delta,
                $variant,
            ]) === 0
        ) {
            $this->bulk->insert(
                self::COUNTS,
                ['product_attributes', 'variant_id', 'quantity', 'on_hold', 'sold'],
                [['', $variant, $delta, 0, 0]],
            );
        }

        return (int) $this->sql->fetchValue('SELECT quantity FROM ' . self::COUNTS . ' WHERE variant_id = ?', [
            $variant,
        ]);
    }

    private function setAvailable(int $variant, int $available): void
    {
        $this->sql->execute('UPDATE #__j2commerce_variants SET availability = ? WHERE j2commerce_variant_id = ?', [
            $available,
            $variant,
        ]);
    }

    /** @param array<string, scalar|null> $columns */
    private function update(string $table, string $key, int|string $id, array $columns): void
    {
        $this->sql->execute(
            "UPDATE $table SET "
            . implode(', ', array_map(static fn (string $c): string => "$c = ?", array_keys($columns)))
            . " WHERE $key = ?",
            [...array_values($columns), $id],
        );
    }

    /**
     * @param array<string, scalar> $columns
     * @param array<string, mixed>  $row
     */
    private static function differs(array $columns, array $row): bool
    {
        return (
            array_map(strval(...), $columns) !== array_map(
                strval(...),
                array_replace($columns, array_intersect_key($row, $columns)),
            )
        );
    }

    private function now(): string
    {
        return UtcTime::sql($this->clock->now());
    }
}
