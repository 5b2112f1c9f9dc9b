<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\ModifierRows;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\Text;

/**
 * Clover's modifier groups as options of simple products, with prices. J2Commerce adds the price of a chosen value to
 * that of the product; a variable product has no such options.
 */
final readonly class ProductModifiers
{
    private const PRODUCTS = '#__j2commerce_products';

    private Bulk $bulk;

    private SharedOptions $shared;

    private ProductChoices $choiceRows;

    public function __construct(Sql $sql, ShopConfig $config, Clock $clock)
    {
        $this->choiceRows = new ProductChoices($sql);
        $this->bulk       = new Bulk($sql);
        $this->shared     = new SharedOptions($sql, $config, $clock);
    }

    /**
     * Gives products their modifiers, and takes those away that Clover no longer has. An option that the product has
     * already becomes Clover's; all others stay.
     *
     * @param array<int, array{modifiers: list<array{group: string, name: string, kind: string, required: bool, choices:
     *   list<array{modifier: string, name: string, price: string}>}>, owned: ModifierRows}> $products By product id,
     *   with the rows that a sync wrote before
     *
     * @return array{products: array<int, int>, shared: int, owned: array<int, ModifierRows>} Rows written by product
     *   and in the shop-wide tables; Clover's rows by product
     */
    public function write(array $products): array
    {
        $rows  = [];
        $owned = array_fill_keys(array_keys($products), []);

        if ($products === []) {
            return ['products' => [], 'shared' => 0, 'owned' => []];
        }

        [$ids, $shared] = $this->shared->of(array_map(static fn (array $product): array => [
            'options'  => self::wanted($product['modifiers']),
            'variants' => [],
        ], $products));

        foreach ($this->options($products, $ids, $rows) as $product => $options) {
            foreach ($options as $group => $option) {
                $owned[$product][$group] = ['option' => $option, 'choices' => []];
            }
        }

        foreach ($this->choices($products, $ids, $owned, $rows) as $product => $groups) {
            foreach ($groups as $group => $choices) {
                $owned[$product][$group]['choices'] = $choices;
            }
        }

        $this->remove($products, $owned, $rows);
        $this->mark($products, $rows);

        return [
            'products' => $rows,
            'shared'   => $shared,
            'owned'    => array_map(static fn (array $groups): ModifierRows => new ModifierRows($groups), $owned),
        ];
    }

    /**
     * @param list<array{group: string, name: string, kind: string, required: bool, choices: list<array{modifier:
     *   string, name: string, price: string}>}> $modifiers
     *
     * @return list<array{name: string, values: list<string>, type: string}>
     */
    private static function wanted(array $modifiers): array
    {
        return array_map(static fn (array $option): array => [
            'name'   => $option['name'],
            'values' => array_column($option['choices'], 'name'),
            'type'   => $option['kind'],
        ], $modifiers);
    }

    /**
     * @param array<int, array{modifiers: list<array{group: string, name: string, kind: string, required: bool, choices:
     *   list<array{modifier: string, name: string, price: string}>}>, owned: ModifierRows}> $products
     * @param array<string, array{id: int, values: array<string, int>}> $ids
     * @param array<int, int>                                            $rows
     *
     * @return array<int, array<string, int>> Row by product and group
     */
    private function options(array $products, array $ids, array &$rows): array
    {
        $found   = [];
        $inserts = [];
        $updates = [];
        $stored  = $this->productOptions(array_keys($products));

        foreach ($products as $product => ['modifiers' => $modifiers, 'owned' => $owned]) {
            // A group that is gone leaves its option to another one of its name.
            $taken = $owned->of(array_column($modifiers, 'group'))->options();
            $last  = max([0, ...array_column($stored[$product] ?? [], 'ordering')]);

            foreach ($modifiers as $option) {
                $id  = $ids[SharedOptions::key($option['name'], $option['kind'])]['id'];
                $row = self::rowOf(
                    $stored[$product] ?? [],
                    $owned->groups[$option['group']]['option'] ?? null,
                    $id,
                    $taken,
                );

                if ($row === null) {
                    $inserts[]      = [$id, 0, $product, ++$last, (int) $option['required'], 0];
                    $rows[$product] = ($rows[$product] ?? 0) + 1;

                    continue;
                }

                $taken[]                           = $row;
                $found[$product][$option['group']] = $row;
                $wanted                            = ['option_id' => $id, 'required' => (int) $option['required']];

                if (array_diff_assoc($wanted, $stored[$product][$row]) !== []) {
                    $updates[$row]  = $wanted;
                    $rows[$product] = ($rows[$product] ?? 0) + 1;
                }
            }
        }

        $this->bulk->update(ProductChoices::OPTIONS, 'j2commerce_productoption_id', $updates);

        if ($inserts === []) {
            return $found;
        }

        $this->bulk->insert(
            ProductChoices::OPTIONS,
            ['option_id', 'parent_id', 'product_id', 'ordering', 'required', 'is_variant'],
            $inserts,
        );
        $now = $this->productOptions(array_keys($products));

        foreach ($products as $product => ['modifiers' => $modifiers]) {
            $new = array_diff_key($now[$product] ?? [], $stored[$product] ?? []);

            foreach ($modifiers as $option) {
                $id                                = $ids[SharedOptions::key($option['name'], $option['kind'])]['id'];
                $found[$product][$option['group']] ??= self::rowOf(
                    $new,
                    null,
                    $id,
                    array_values($found[$product] ?? []),
                ) ?? throw new \UnexpectedValueException("The option just made for product $product is not there.");
            }
        }

        return $found;
    }

    /**
     * The row of an option: the one that a sync wrote before, or one of the same option that stands for no other group.
     * J2Commerce allows a product each option once.
     *
     * @param array<int, array{option_id: int, required: int, ordering: int}> $stored
     * @param list<int>                                                       $taken
     */
    private static function rowOf(array $stored, ?int $known, int $option, array $taken): ?int
    {
        $isThere = $known !== null && isset($stored[$known]);

        if ($isThere && $stored[$known]['option_id'] === $option) {
            return $known;
        }

        foreach ($stored as $row => ['option_id' => $id]) {
            if ($id === $option && !\in_array($row, $taken, true)) {
                return $row;
            }
        }

        return $isThere ? $known : null;
    }

    /**
     * @param array<int, array{modifiers: list<array{group: string, name: string, kind: string, required: bool, choices:
     *   list<array{modifier: string, name: string, price: string}>}>, owned: ModifierRows}> $products
     * @param array<string, array{id: int, values: array<string, int>}>                          $ids
     * @param array<int, array<string, array{option: int, choices: array<string, int>}>>         $options
     * @param array<int, int>                                                                    $rows
     *
     * @return array<int, array<string, array<string, int>>> Row by product, group and modifier
     */
    private function choices(array $products, array $ids, array $options, array &$rows): array
    {
        $found   = [];
        $inserts = [];
        $missing = [];
        $updates = [];
        $stored  = $this->productChoices($options);

        foreach ($products as $product => ['modifiers' => $modifiers, 'owned' => $owned]) {
            foreach ($modifiers as $option) {
                $group  = $option['group'];
                $row    = $options[$product][$group]['option'];
                $shared = $ids[SharedOptions::key($option['name'], $option['kind'])];
                $known  = $owned->groups[$group]['choices'] ?? [];
                $taken  = array_values(array_intersect_key(
                    $known,
                    array_flip(array_column($option['choices'], 'modifier')),
                ));

                foreach ($option['choices'] as $i => $choice) {
                    $value  = $shared['values'][Text::key($choice['name'])];
                    $id     = $known[$choice['modifier']] ?? null;
                    $id     = $id !== null && isset($stored[$row][$id]) ? $id : null;
                    $wanted = ['optionvalue_id' => $value, 'product_optionvalue_price' => $choice['price']];

                    foreach ($id === null ? $stored[$row] ?? [] : [] as $other => $columns) {
                        if ($columns['value'] === $value && !\in_array($other, $taken, true)) {
                            $id = $other;
                        }
                    }

                    if ($id === null) {
                        $inserts[] = [
                            'option'     => $row,
                            'value'      => $value,
                            'price'      => $choice['price'],
                            'is_default' => false,
                            'ordering'   => $i + 1,
                        ];
                        $missing[]      = [$product, $group, $choice['modifier'], $row, $value];
                        $rows[$product] = ($rows[$product] ?? 0) + 1;

                        continue;
                    }

                    $taken[]                                      = $id;
                    $found[$product][$group][$choice['modifier']] = $id;
                    $is                                           = $stored[$row][$id];

                    if (
                        $is['value'] !== $value
                        || $is['prefix'] !== '+'
                        || !Decimal::equals($is['price'], $choice['price'])
                    ) {
                        $updates[$id]   = $wanted + ['product_optionvalue_prefix' => '+'];
                        $rows[$product] = ($rows[$product] ?? 0) + 1;
                    }
                }
            }
        }

        $this->bulk->update(ProductChoices::TABLE, 'j2commerce_product_optionvalue_id', $updates);

        if ($inserts === []) {
            return $found;
        }

        $this->choiceRows->insert($inserts);
        $stored = $this->productChoices($options);

        foreach ($missing as [$product, $group, $modifier, $row, $value]) {
            foreach ($stored[$row] ?? [] as $id => ['value' => $is]) {
                if ($is === $value && !\in_array($id, $found[$product][$group] ?? [], true)) {
                    $found[$product][$group][$modifier] = $id;

                    break;
                }
            }
        }

        return $found;
    }

    /**
     * Deletes Clover's rows that are not wanted any more, and options without choices.
     *
     * @param array<int, array{modifiers: list<array{group: string, name: string, kind: string, required: bool, choices:
     *   list<array{modifier: string, name: string, price: string}>}>, owned: ModifierRows}> $products
     * @param array<int, array<string, array{option: int, choices: array<string, int>}>>        $kept
     * @param array<int, int>                                                                   $rows
     */
    private function remove(array $products, array $kept, array &$rows): void
    {
        $choices = [];
        $options = [];

        foreach ($products as $product => ['owned' => $owned]) {
            $now = new ModifierRows($kept[$product] ?? []);

            foreach (array_keys(array_diff_key($owned->modifiers(), $now->modifiers())) as $choice) {
                $choices[$choice] = $product;
            }

            foreach (array_diff($owned->options(), $now->options()) as $option) {
                $options[$option] = $product;
            }
        }

        $this->delete(ProductChoices::TABLE, 'j2commerce_product_optionvalue_id', $choices, $rows);
        // The owner may have added choices of his own.
        $options = array_diff_key($options, array_flip($this->withChoices(array_keys($options))));
        $this->delete(ProductChoices::OPTIONS, 'j2commerce_productoption_id', $options, $rows);
    }

    /**
     * @param array<int, int> $owners Product by key of the row
     * @param array<int, int> $rows
     */
    private function delete(string $table, string $key, array $owners, array &$rows): void
    {
        $there = array_map(
            static fn (array $row): int => Row::int($row, 'id'),
            $this->bulk->fetch("SELECT $key AS id FROM $table WHERE $key IN (%s)", array_keys($owners)),
        );
        $this->bulk->delete($table, $key, $there);

        foreach ($there as $id) {
            $rows[$owners[$id]] = ($rows[$owners[$id]] ?? 0) + 1;
        }
    }

    /**
     * @param list<int> $options
     *
     * @return list<int> Those that have choices
     */
    private function withChoices(array $options): array
    {
        return array_map(
            static fn (array $row): int => Row::int($row, 'id'),
            $this->bulk->fetch(
                'SELECT DISTINCT productoption_id AS id FROM '
                . ProductChoices::TABLE
                . ' WHERE productoption_id IN (%s)',
                $options,
            ),
        );
    }

    /**
     * Tells J2Commerce which products have options.
     *
     * @param array<int, array{modifiers: list<array{group: string, name: string, kind: string, required: bool, choices:
     *   list<array{modifier: string, name: string, price: string}>}>, owned: ModifierRows}> $products
     * @param array<int, int>                                                                   $rows
     */
    private function mark(array $products, array &$rows): void
    {
        $updates = [];

        foreach ($this->bulk->fetch(
            'SELECT p.j2commerce_product_id AS id, p.has_options, COUNT(o.j2commerce_productoption_id) AS options FROM '
            . self::PRODUCTS
            . ' p LEFT JOIN '
            . ProductChoices::OPTIONS
            . ' o ON o.product_id = p.j2commerce_product_id
              WHERE p.j2commerce_product_id IN (%s) GROUP BY p.j2commerce_product_id, p.has_options',
            array_keys($products),
        ) as $row) {
            $has = (int) (Row::int($row, 'options') > 0);

            if (Row::int($row, 'has_options') !== $has) {
                $id           = Row::int($row, 'id');
                $updates[$id] = ['has_options' => $has];
                $rows[$id]    = ($rows[$id] ?? 0) + 1;
            }
        }

        $this->bulk->update(self::PRODUCTS, 'j2commerce_product_id', $updates);
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, array<int, array{option_id: int, required: int, ordering: int}>> By product and row
     */
    private function productOptions(array $products): array
    {
        $options = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_productoption_id AS id, product_id, option_id, required, ordering FROM '
            . ProductChoices::OPTIONS
            . ' WHERE product_id IN (%s) ORDER BY j2commerce_productoption_id',
            $products,
        ) as $row) {
            $options[Row::int($row, 'product_id')][Row::int($row, 'id')] = [
                'option_id' => Row::int($row, 'option_id'),
                'required'  => Row::int($row, 'required'),
                'ordering'  => Row::int($row, 'ordering'),
            ];
        }

        return $options;
    }

    /**
     * @param array<int, array<string, array{option: int, choices: array<string, int>}>> $options
     *
     * @return array<int, array<int, array{value: int, price: string, prefix: string}>> By row of the option and row
     */
    private function productChoices(array $options): array
    {
        $ids = array_merge([], ...array_map(static fn (array $groups): array => array_column(
            array_values($groups),
            'option',
        ), array_values($options)));
        $choices = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_product_optionvalue_id AS id, productoption_id, optionvalue_id,
                    product_optionvalue_price AS price, product_optionvalue_prefix AS prefix FROM '
            . ProductChoices::TABLE
            . ' WHERE productoption_id IN (%s) ORDER BY j2commerce_product_optionvalue_id',
            $ids,
        ) as $row) {
            $choices[Row::int($row, 'productoption_id')][Row::int($row, 'id')] = [
                'value'  => Row::int($row, 'optionvalue_id'),
                'price'  => Row::string($row, 'price'),
                'prefix' => Row::string($row, 'prefix'),
            ];
        }

        return $choices;
    }
}
