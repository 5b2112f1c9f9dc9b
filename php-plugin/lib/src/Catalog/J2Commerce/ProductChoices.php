<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Text;

/** The options that each product offers, and their choices: the values of the option that the product has. */
final readonly class ProductChoices
{
    public const OPTIONS = '#__j2commerce_product_options';
    public const TABLE   = '#__j2commerce_product_optionvalues';

    /** A price or weight that a choice does not change. */
    private const NOTHING = '0.00000000';

    private const COMBINATIONS = '#__j2commerce_product_variant_optionvalues';

    private Bulk $bulk;

    public function __construct(Sql $sql)
    {
        $this->bulk = new Bulk($sql);
    }

    /**
     * Gives each product its options and choices.
     *
     * @param array<int, array{options: list<array{name: string, values: list<string>}>, variants: array<int,
     *   list<string>>}> $products
     * @param array<string, array{id: int, values: array<string, int>}>
     *   $ids
     *
     * @return array{0: array<int, array<int, int>>, 1: array<int, int>} Choice id by product and value id; rows
     *   written by product
     */
    public function write(array $products, array $ids): array
    {
        $rows    = [];
        $options = $this->productOptions(array_keys($products));
        $data    = [];

        foreach ($products as $product => $wanted) {
            foreach ($wanted['options'] as $i => $option) {
                if (!isset($options[$product][$ids[Text::key($option['name'])]['id']])) {
                    $data[]         = [$ids[Text::key($option['name'])]['id'], 0, $product, $i + 1, 1, 1];
                    $rows[$product] = ($rows[$product] ?? 0) + 1;
                }
            }
        }

        if ($data !== []) {
            $this->bulk->insert(
                self::OPTIONS,
                ['option_id', 'parent_id', 'product_id', 'ordering', 'required', 'is_variant'],
                $data,
            );
            $options = $this->productOptions(array_keys($products));
        }

        $choices = $this->productChoices($options);
        $data    = [];

        foreach ($products as $product => $wanted) {
            foreach ($wanted['options'] as $option) {
                $shared = $ids[Text::key($option['name'])];
                $order  = 0;

                foreach ($option['values'] as $value) {
                    $valueId = $shared['values'][Text::key($value)];
                    $order++;

                    if (!isset($choices[$product][$valueId])) {
                        $choices[$product][$valueId] = 0;
                        $data[]                      = [
                            'option'     => $options[$product][$shared['id']],
                            'value'      => $valueId,
                            'price'      => self::NOTHING,
                            'is_default' => $order === 1,
                            'ordering'   => $order,
                        ];
                        $rows[$product] = ($rows[$product] ?? 0) + 1;
                    }
                }
            }
        }

        if ($data !== []) {
            $this->insert($data);
            $choices = $this->productChoices($options);
        }

        return [$choices, $rows];
    }

    /**
     * @param non-empty-list<array{option: int, value: int, price: string, is_default: bool, ordering: int}> $choices
     *   With the row of the product's option, the id of the option's value, and what the value adds to the price
     */
    public function insert(array $choices): void
    {
        $this->bulk->insert(
            self::TABLE,
            [
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
            array_map(static fn (array $choice): array => [
                $choice['option'],
                $choice['value'],
                '',
                $choice['price'],
                '+',
                self::NOTHING,
                '+',
                '',
                (int) $choice['is_default'],
                $choice['ordering'],
                '{}',
            ], $choices),
        );
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, array<int, int>> Product id => option id => row id
     */
    private function productOptions(array $products): array
    {
        $rows = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_productoption_id AS id, product_id, option_id FROM '
            . self::OPTIONS
            . ' WHERE product_id IN (%s) ORDER BY j2commerce_productoption_id',
            $products,
        ) as $row) {
            $rows[(int) $row['product_id']][(int) $row['option_id']] ??= (int) $row['id'];
        }

        return $rows;
    }

    /**
     * @param array<int, array<int, int>> $options As {@see productOptions()} returns them
     *
     * @return array<int, array<int, int>> Product id => value id => row id
     */
    private function productChoices(array $options): array
    {
        $products = [];

        foreach ($options as $product => $ids) {
            foreach ($ids as $id) {
                $products[$id] = $product;
            }
        }

        $rows = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_product_optionvalue_id AS id, productoption_id, optionvalue_id FROM '
            . self::TABLE
            . '
              WHERE productoption_id IN (%s) ORDER BY j2commerce_product_optionvalue_id',
            array_keys($products),
        ) as $row) {
            $rows[$products[(int) $row['productoption_id']]][(int) $row['optionvalue_id']] ??= (int) $row['id'];
        }

        return $rows;
    }

    /**
     * Makes shoppers choose the options by which variants differ. Saving a variable product in the administrator makes
     * all its options optional: the shopper would buy the default variant without having chosen it. Other options, such
     * as a text to engrave, stay as they are.
     *
     * @param list<int> $products
     *
     * @return array<int, int> Rows written by product
     */
    public function require(array $products): array
    {
        $optional = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_productoption_id AS id, product_id FROM '
            . self::OPTIONS
            . ' WHERE required = 0 AND product_id IN (%s)',
            $products,
        ) as $row) {
            $optional[Row::int($row, 'id')] = Row::int($row, 'product_id');
        }

        $used    = $this->used(array_values(array_unique($optional)));
        $rows    = [];
        $updates = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_product_optionvalue_id AS id, productoption_id FROM '
            . self::TABLE
            . ' WHERE productoption_id IN (%s)',
            array_keys($optional),
        ) as $row) {
            $option = Row::int($row, 'productoption_id');

            if (isset($used[Row::string($row, 'id')]) && !isset($updates[$option])) {
                $updates[$option]         = ['required' => 1, 'is_variant' => 1];
                $rows[$optional[$option]] = ($rows[$optional[$option]] ?? 0) + 1;
            }
        }

        $this->bulk->update(self::OPTIONS, 'j2commerce_productoption_id', $updates);

        return $rows;
    }

    /**
     * @param list<int> $products
     *
     * @return array<array-key, int> The choices that variants of these products are combined of, as keys
     */
    private function used(array $products): array
    {
        $used = [];

        foreach ($this->bulk->fetch(
            'SELECT x.product_optionvalue_ids AS ids FROM '
            . self::COMBINATIONS
            . ' x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id WHERE v.product_id IN (%s)',
            $products,
        ) as $row) {
            $used += array_flip(explode(',', (string) $row['ids']));
        }

        return $used;
    }

    /**
     * Deletes choices that no combination names any more, and options without choices.
     *
     * @param list<string> $choices Ids that occurred in combinations
     *
     * @return array<int, int> Rows deleted by product
     */
    public function dropUnused(array $choices): array
    {
        $choices = array_values(array_unique(array_map(intval(...), array_filter($choices))));

        if ($choices === []) {
            return [];
        }

        $owners = [];

        foreach ($this->bulk->fetch(
            'SELECT c.j2commerce_product_optionvalue_id AS id, c.productoption_id, o.product_id FROM '
            . self::TABLE
            . ' c
               JOIN '
            . self::OPTIONS
            . ' o ON o.j2commerce_productoption_id = c.productoption_id
              WHERE c.j2commerce_product_optionvalue_id IN (%s)',
            $choices,
        ) as $row) {
            $owners[(int) $row['id']] = [
                'option'  => (int) $row['productoption_id'],
                'product' => (int) $row['product_id'],
            ];
        }

        $used   = $this->used(array_values(array_unique(array_column($owners, 'product'))));
        $rows   = [];
        $unused = array_diff_key($owners, $used);
        $this->bulk->delete(self::TABLE, 'j2commerce_product_optionvalue_id', array_keys($unused));

        foreach ($unused as $owner) {
            $rows[$owner['product']] = ($rows[$owner['product']] ?? 0) + 1;
        }

        $options = array_column($unused, 'product', 'option');
        $kept    = array_map(
            static fn (array $row): int => (int) $row['id'],
            $this->bulk->fetch(
                'SELECT DISTINCT productoption_id AS id FROM ' . self::TABLE . ' WHERE productoption_id IN (%s)',
                array_keys($options),
            ),
        );
        $empty = array_diff_key($options, array_flip($kept));
        $this->bulk->delete(self::OPTIONS, 'j2commerce_productoption_id', array_keys($empty));

        foreach ($empty as $product) {
            $rows[$product]++;
        }

        return $rows;
    }
}
