<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/** Variants of products with their prices and counts. */
final readonly class Variants
{
    private const TABLE  = '#__j2commerce_variants';
    private const COUNTS = '#__j2commerce_productquantities';
    private const INDEX  = '#__j2commerce_productprice_index';
    private const ZERO   = '0.00000';

    private const COLUMNS = [
        'product_id',
        'is_master',
        'sku',
        'upc',
        'price',
        'pricing_calculator',
        'shipping',
        'params',
        'length',
        'width',
        'height',
        'length_class_id',
        'weight',
        'weight_class_id',
        'created_on',
        'created_by',
        'modified_on',
        'modified_by',
        'manage_stock',
        'quantity_restriction',
        'min_out_qty',
        'use_store_config_min_out_qty',
        'min_sale_qty',
        'use_store_config_min_sale_qty',
        'max_sale_qty',
        'use_store_config_max_sale_qty',
        'notify_qty',
        'use_store_config_notify_qty',
        'availability',
        'sold',
        'allow_backorder',
        'isdefault_variant',
    ];

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private ShopConfig $config,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * Inserts variants with their count rows.
     *
     * @param list<array{product: int, master: bool, default: bool, sku: ?string, upc: ?string, price: string,
     *   manage_stock: bool, quantity: ?int, threshold: ?string, availability: ?int}> $variants threshold: the quantity
     *   at which J2Commerce warns; null: that of the store
     *
     * @return list<int> Ids in the same order
     *
     * @throws \UnexpectedValueException when another process adds variants to the same products meanwhile
     */
    public function insert(array $variants): array
    {
        if ($variants === []) {
            return [];
        }

        $now    = UtcTime::sql($this->clock->now());
        $author = $this->config->author;
        $last   = (int) $this->sql->fetchValue('SELECT MAX(j2commerce_variant_id) FROM ' . self::TABLE);
        $rows   = [];
        $places = [];

        foreach ($variants as $i => $v) {
            $places[$v['product']][] = $i;
            $rows[]                  = [
                $v['product'],
                (int) $v['master'],
                Text::shown($v['sku'] ?? ''),
                Text::shown($v['upc'] ?? ''),
                $v['price'],
                'standard',
                1,
                '{"variant_main_image":""}',
                self::ZERO,
                self::ZERO,
                self::ZERO,
                0,
                self::ZERO,
                0,
                $now,
                $author,
                $now,
                $author,
                (int) $v['manage_stock'],
                0,
                null,
                1,
                null,
                1,
                null,
                1,
                $v['threshold'],
                (int) ($v['threshold'] === null),
                $v['availability'] ?? 1,
                '0.0000',
                0,
                (int) $v['default'],
            ];
        }

        $this->bulk->insert(self::TABLE, self::COLUMNS, $rows);
        $ids   = [];
        $found = 0;

        // A child's row has no unique key besides its id; within a product the ids follow the order of insertion.
        foreach ($this->bulk->fetch(
            'SELECT j2commerce_variant_id AS id, product_id FROM '
            . self::TABLE
            . ' WHERE j2commerce_variant_id > ? AND product_id IN (%s) ORDER BY j2commerce_variant_id',
            array_keys($places),
            [$last],
        ) as $row) {
            $place = array_shift($places[(int) $row['product_id']]);

            if ($place !== null) {
                $ids[$place] = (int) $row['id'];
            }

            $found++;
        }

        if ($found !== \count($variants) || \count($ids) !== $found) {
            throw new \UnexpectedValueException(
                'Another process added variants to the same products at the same time.',
            );
        }

        ksort($ids);
        $this->saveCounts(array_combine($ids, array_map(static fn (array $v): int => $v['quantity'] ?? 0, $variants)));

        return array_values($ids);
    }

    /**
     * Writes what differs from the database.
     *
     * @param array<int, array{sku?: string, upc?: string, price?: string, manage_stock?: int, quantity?: int,
     *   notify_qty?: string, use_store_config_notify_qty?: int, availability?: int}> $variants By variant id
     *
     * @return array<int, int> Rows written by variant id
     */
    public function update(array $variants): array
    {
        $stamp   = ['modified_on' => UtcTime::sql($this->clock->now()), 'modified_by' => $this->config->author];
        $written = [];
        $rows    = [];
        $counts  = [];

        foreach ($this->bulk->fetch(
            'SELECT v.j2commerce_variant_id AS id, v.sku, v.upc, v.price, v.manage_stock, v.availability, '
            . 'v.notify_qty, v.use_store_config_notify_qty, q.quantity FROM '
            . self::TABLE
            . ' v
               LEFT JOIN '
            . self::COUNTS
            . ' q ON q.variant_id = v.j2commerce_variant_id WHERE v.j2commerce_variant_id IN (%s)',
            array_keys($variants),
        ) as $now) {
            $id      = (int) $now['id'];
            $differs = static fn (string $column, bool|int|string|null $value): bool => (
                $now[$column] === null
                || (string) $now[$column] !== (string) $value
            );
            $values = $variants[$id];

            if (isset($values['quantity']) && $differs('quantity', $values['quantity'])) {
                $counts[$id]  = $values['quantity'];
                $written[$id] = 1;
            }

            unset($values['quantity']);
            $values = array_filter(
                $values,
                static fn (bool|int|string|null $value, string $column): bool => $differs($column, $value),
                ARRAY_FILTER_USE_BOTH,
            );

            if ($values !== []) {
                $rows[$id]    = $values + $stamp;
                $written[$id] = ($written[$id] ?? 0) + 1;
            }
        }

        $this->bulk->update(self::TABLE, 'j2commerce_variant_id', $rows);
        $this->saveCounts($counts);

        return $written;
    }

    /**
     * Makes variants unavailable.
     *
     * @param list<int> $variants
     *
     * @return int Rows written
     */
    public function close(array $variants): int
    {
        return array_sum($this->update(array_fill_keys($variants, ['availability' => 0])));
    }

    /**
     * Moves variants to other products. They keep their ids, so that orders, carts and special prices still refer to
     * them. A single product that loses its only variant gets an empty one that cannot be bought, because J2Commerce
     * expects one.
     *
     * @param array<int, array{product: int, master: bool, default: bool}> $targets By variant id
     *
     * @return array{rows: int, singles: list<int>, variables: list<int>} Rows written, and the products they have left
     */
    public function move(array $targets): array
    {
        $now   = UtcTime::sql($this->clock->now());
        $moves = [];
        $left  = ['singles' => [], 'variables' => []];
        $empty = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_variant_id AS id, product_id, is_master, price FROM '
            . self::TABLE
            . ' WHERE j2commerce_variant_id IN (%s)',
            array_keys($targets),
        ) as $row) {
            $id         = (int) $row['id'];
            $old        = (int) $row['product_id'];
            $target     = $targets[$id];
            $moves[$id] = [
                'product_id'        => $target['product'],
                'is_master'         => (int) $target['master'],
                'isdefault_variant' => (int) $target['default'],
                'modified_on'       => $now,
                'modified_by'       => $this->config->author,
            ];

            if ($old === $target['product']) {
                continue;
            }

            if ((int) $row['is_master'] === 1) {
                $left['singles'][] = $old;
                $empty[]           = [
                    'product'      => $old,
                    'master'       => true,
                    'default'      => true,
                    'sku'          => '',
                    'upc'          => '',
                    'price'        => (string) $row['price'],
                    'manage_stock' => false,
                    'quantity'     => 0,
                    'threshold'    => null,
                    'availability' => 0,
                ];
            } else {
                $left['variables'][$old] = $old;
            }
        }

        $rows = $this->bulk->update(self::TABLE, 'j2commerce_variant_id', $moves) + (2 * \count($this->insert($empty)));

        return ['rows' => $rows, 'singles' => $left['singles'], 'variables' => array_values($left['variables'])];
    }

    /**
     * Repairs variable products that lost variants: one default, and the price range of the offered variants.
     *
     * @param list<int> $products
     *
     * @return int Rows written
     */
    public function settle(array $products): int
    {
        $ranges = [];

        foreach ($this->bulk->fetch(
            'SELECT v.product_id, MIN(v.price) AS low, MAX(v.price) AS high FROM '
            . self::TABLE
            . ' v
               JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
              WHERE v.is_master = 0 AND v.product_id IN (%s) GROUP BY v.product_id',
            $products,
        ) as $row) {
            $ranges[(int) $row['product_id']] = ['min' => (string) $row['low'], 'max' => (string) $row['high']];
        }

        return $this->settleDefaults($products) + array_sum($this->saveRanges($ranges));
    }

    /**
     * Updates the price range of variable products and the price of their master variants.
     *
     * @param array<int, array{min: string, max: string}> $ranges By product id
     *
     * @return array<int, int> Rows written by product id
     */
    public function saveRanges(array $ranges): array
    {
        $written = [];
        $now     = [];
        $master  = [];
        $rows    = [];

        foreach ($this->bulk->fetch(
            'SELECT product_id, min_price, max_price FROM ' . self::INDEX . ' WHERE product_id IN (%s)',
            array_keys($ranges),
        ) as $row) {
            $now[(int) $row['product_id']] = [(string) $row['min_price'], (string) $row['max_price']];
        }

        foreach ($ranges as $product => ['min' => $min, 'max' => $max]) {
            if (($now[$product] ?? null) !== [$min, $max]) {
                $rows[]            = [$product, $min, $max];
                $written[$product] = 1;
            }
        }

        $this->bulk->upsert(
            self::INDEX,
            ['product_id', 'min_price', 'max_price'],
            $rows,
            ['product_id'],
            ['min_price', 'max_price'],
        );

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_variant_id AS id, product_id FROM '
            . self::TABLE
            . ' WHERE is_master = 1 AND product_id IN (%s)',
            array_keys($written),
        ) as $row) {
            $master[(int) $row['id']] = (int) $row['product_id'];
        }

        foreach ($this->update(array_map(static fn (int $product): array => [
            'price' => $ranges[$product]['min'],
        ], $master)) as $id => $n) {
            $written[$master[$id]] += $n;
        }

        return $written;
    }

    /**
     * Ensures that each product has exactly one default among the variants offered on the storefront.
     *
     * @param list<int> $products
     *
     * @return int Rows written
     */
    public function settleDefaults(array $products): int
    {
        $children = [];

        foreach ($this->bulk->fetch(
            'SELECT v.j2commerce_variant_id AS id, v.product_id, v.isdefault_variant, CASE WHEN x.variant_id '
            . 'IS NULL THEN 0 ELSE 1 END AS offered FROM '
            . self::TABLE
            . ' v
               LEFT JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
              WHERE v.is_master = 0 AND v.product_id IN (%s) ORDER BY v.j2commerce_variant_id',
            $products,
        ) as $row) {
            $children[(int) $row['product_id']][] = [
                'id'      => (int) $row['id'],
                'default' => (int) $row['isdefault_variant'],
                'offered' => (bool) $row['offered'],
            ];
        }

        $rows = [];

        foreach ($children as $of) {
            $offered  = array_values(array_filter($of, static fn (array $v): bool => $v['offered']));
            $defaults = array_values(array_filter($offered, static fn (array $v): bool => $v['default'] === 1));
            $chosen   = $defaults[0]['id'] ?? $offered[0]['id'] ?? null;

            foreach ($of as $v) {
                if ($chosen !== null && $v['default'] !== (int) ($v['id'] === $chosen)) {
                    $rows[$v['id']] = ['isdefault_variant' => (int) ($v['id'] === $chosen)];
                }
            }
        }

        return $this->bulk->update(self::TABLE, 'j2commerce_variant_id', $rows);
    }

    /** @param array<int, int> $counts By variant id */
    private function saveCounts(array $counts): void
    {
        $this->bulk->upsert(
            self::COUNTS,
            ['product_attributes', 'variant_id', 'quantity', 'on_hold', 'sold'],
            array_map(
                static fn (int $variant, int $quantity): array => ['', $variant, $quantity, 0, 0],
                array_keys($counts),
                $counts,
            ),
            ['variant_id'],
            ['quantity'],
        );
    }
}
