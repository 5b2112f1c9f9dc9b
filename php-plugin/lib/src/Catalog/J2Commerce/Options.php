<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\Joomla\Alias;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/**
 * Options of variable products: the shop-wide options and values, those that a product offers, and the combination that
 * links each variant to its values.
 */
final readonly class Options
{
    private const OPTIONS  = '#__j2commerce_options';
    private const VALUES   = '#__j2commerce_optionvalues';
    private const PRODUCT  = '#__j2commerce_product_options';
    private const CHOICES  = '#__j2commerce_product_optionvalues';
    private const VARIANTS = '#__j2commerce_product_variant_optionvalues';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private ShopConfig $config,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * Gives products their options and variants their combinations.
     *
     * @param array<int, array{options: list<array{name: string, values: list<string>}>, variants: array<int,
     *   list<string>>}> $products Product id => options, and values by variant id
     *
     * @return array{products: array<int, int>, shared: int} Rows written by product, and in the shop-wide tables
     */
    public function write(array $products): array
    {
        if ($products === []) {
            return ['products' => [], 'shared' => 0];
        }

        $all    = $this->combinations('v.product_id', array_keys($products));
        $before = array_replace([], ...array_values($all));
        [$ids, $shared] = $this->shared($products);
        [$choices, $rows] = $this->choices($products, $ids);
        $combinations = [];
        $wanted       = [];

        foreach ($products as $product => ['options' => $options, 'variants' => $variants]) {
            foreach ($variants as $variant => $values) {
                $parts = [];

                foreach ($values as $i => $value) {
                    $parts[] = $choices[$product][$ids[Text::key($options[$i]['name'])]['values'][Text::key($value)]];
                }

                // The shop looks up a combination by its ids in numerical order, as text.
                sort($parts, SORT_NUMERIC);
                $csv                        = implode(',', $parts);
                $wanted[$product][$variant] = $csv;

                if (($before[$variant] ?? null) !== $csv) {
                    $combinations[] = [$variant, $csv];
                    $rows[$product] = ($rows[$product] ?? 0) + 1;
                }
            }
        }

        $unfit = $this->unfit($wanted, $all);

        foreach ($unfit as $variant => $product) {
            $rows[$product] = ($rows[$product] ?? 0) + 1;
        }

        $this->bulk->delete(self::VARIANTS, 'variant_id', array_keys($unfit));
        $this->bulk->upsert(
            self::VARIANTS,
            ['variant_id', 'product_optionvalue_ids'],
            $combinations,
            ['variant_id'],
            ['product_optionvalue_ids'],
        );
        $stale = [];

        foreach ([...array_column($combinations, 0), ...array_keys($unfit)] as $variant) {
            if (isset($before[$variant])) {
                array_push($stale, ...explode(',', $before[$variant]));
            }
        }

        foreach ($this->dropUnused($stale) as $product => $n) {
            $rows[$product] = ($rows[$product] ?? 0) + $n;
        }

        return ['products' => $rows, 'shared' => $shared];
    }

    /**
     * Variants that are not being written and whose combination equals one that is, or names other options. With them
     * the storefront would find the wrong variant, or none.
     *
     * @param array<int, array<int, string>> $written Wanted combinations by product and variant
     * @param array<int, array<int, string>> $before  Existing combinations by product and variant
     *
     * @return array<int, int> Product by variant
     */
    private function unfit(array $written, array $before): array
    {
        $others = array_filter(array_map(
            static fn (int $product): array => array_diff_key($before[$product], $written[$product]),
            array_combine(array_keys($before), array_keys($before)),
        ));
        $choices = [];

        foreach ($others as $product => $combinations) {
            array_push($choices, ...explode(',', implode(',', [...$combinations, reset($written[$product])])));
        }

        $options = [];

        foreach ($this->bulk->fetch(
            'SELECT j2commerce_product_optionvalue_id AS id, productoption_id FROM '
            . self::CHOICES
            . ' WHERE j2commerce_product_optionvalue_id IN (%s)',
            array_values(array_unique($choices)),
        ) as $row) {
            $options[(string) $row['id']] = (int) $row['productoption_id'];
        }

        $optionsOf = static function (string $csv) use ($options): array {
            $of = array_map(static fn (string $choice): int => $options[$choice] ?? 0, explode(',', $csv));
            sort($of);

            return $of;
        };
        $unfit = [];

        foreach ($others as $product => $combinations) {
            foreach ($combinations as $variant => $csv) {
                $first = array_values($written[$product])[0] ?? '';

                if (\in_array($csv, $written[$product], true) || $optionsOf($csv) !== $optionsOf($first)) {
                    $unfit[$variant] = $product;
                }
            }
        }

        return $unfit;
    }

    /**
     * Withdraws variants from the storefront, with the choices that no other variant offers.
     *
     * @param list<int> $variants
     *
     * @return int Rows deleted
     */
    public function detach(array $variants): int
    {
        $before = array_replace([], ...array_values($this->combinations('v.j2commerce_variant_id', $variants)));
        $rows   = $this->bulk->delete(self::VARIANTS, 'variant_id', array_keys($before));

        return $rows + array_sum($this->dropUnused(array_merge([], ...array_map(
            static fn (string $csv): array => explode(',', $csv),
            array_values($before),
        ))));
    }

    /**
     * @param list<int> $ids
     *
     * @return array<int, array<int, string>> By product and variant
     */
    private function combinations(string $column, array $ids): array
    {
        $rows = [];

        foreach ($this->bulk->fetch(
            'SELECT v.product_id, x.variant_id, x.product_optionvalue_ids FROM '
            . self::VARIANTS
            . " x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id WHERE $column IN (%s)",
            $ids,
        ) as $row) {
            $rows[(int) $row['product_id']][(int) $row['variant_id']] = (string) $row['product_optionvalue_ids'];
        }

        return $rows;
    }

    /**
     * Deletes choices that no combination names any more, and options without choices.
     *
     * @param list<string> $choices Ids that occurred in combinations
     *
     * @return array<int, int> Rows deleted by product
     */
    private function dropUnused(array $choices): array
    {
        $choices = array_values(array_unique(array_map(intval(...), array_filter($choices))));

        if ($choices === []) {
            return [];
        }

        $owners = [];

        foreach ($this->bulk->fetch(
            'SELECT c.j2commerce_product_optionvalue_id AS id, c.productoption_id, o.product_id FROM '
            . self::CHOICES
            . ' c
               JOIN '
            . self::PRODUCT
            . ' o ON o.j2commerce_productoption_id = c.productoption_id
              WHERE c.j2commerce_product_optionvalue_id IN (%s)',
            $choices,
        ) as $row) {
            $owners[(int) $row['id']] = [
                'option'  => (int) $row['productoption_id'],
                'product' => (int) $row['product_id'],
            ];
        }

        $products = array_values(array_unique(array_column($owners, 'product')));
        $used     = [];

        foreach ($this->bulk->fetch(
            'SELECT x.product_optionvalue_ids AS ids FROM '
            . self::VARIANTS
            . ' x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id WHERE v.product_id IN (%s)',
            $products,
        ) as $row) {
            $used += array_flip(explode(',', (string) $row['ids']));
        }

        $rows   = [];
        $unused = array_diff_key($owners, $used);
        $this->bulk->delete(self::CHOICES, 'j2commerce_product_optionvalue_id', array_keys($unused));

        foreach ($unused as $owner) {
            $rows[$owner['product']] = ($rows[$owner['product']] ?? 0) + 1;
        }

        $options = array_column($unused, 'product', 'option');
        $kept    = array_map(
            static fn (array $row): int => (int) $row['id'],
            $this->bulk->fetch(
                'SELECT DISTINCT productoption_id AS id FROM ' . self::CHOICES . ' WHERE productoption_id IN (%s)',
                array_keys($options),
            ),
        );
        $empty = array_diff_key($options, array_flip($kept));
        $this->bulk->delete(self::PRODUCT, 'j2commerce_productoption_id', array_keys($empty));

        foreach ($empty as $product) {
            $rows[$product]++;
        }

        return $rows;
    }

    /**
     * Finds or creates the shop-wide options and values.
     *
     * @param array<int, array{options: list<array{name: string, values: list<string>}>, variants: array<int,
     *   list<string>>}> $products
     *
     * @return array{0: array<string, array{id: int, values: array<string, int>}>, 1: int} By option name and value
     *   name; rows written
     */
    private function shared(array $products): array
    {
        $wanted = [];

        foreach ($products as $product) {
            foreach ($product['options'] as $option) {
                $key          = Text::key($option['name']);
                $wanted[$key] ??= ['name' => Text::shown($option['name']), 'values' => []];

                foreach ($option['values'] as $value) {
                    $wanted[$key]['values'][Text::key($value)] ??= Text::shown($value);
                }
            }
        }

        $found = $this->findOptions($wanted);
        $new   = array_diff_key($wanted, $found);
        $rows  = \count($new);

        if ($new !== []) {
            $now   = UtcTime::sql($this->clock->now());
            $order = (int) $this->sql->fetchValue('SELECT MAX(ordering) FROM ' . self::OPTIONS);
            $taken = [];
            $data  = [];

            foreach ($new as ['name' => $name]) {
                $unique = Alias::free(
                    Alias::of($name),
                    fn (string $alias): bool => (
                        isset($taken[$alias])
                        || $this->sql->fetchValue('SELECT j2commerce_option_id FROM '
                        . self::OPTIONS
                        . ' WHERE option_unique_name = ?', [$alias]) !== null
                    ),
                );
                $taken[$unique] = true;
                $data[]         = [
                    'select',
                    $unique,
                    $name,
                    ++$order,
                    1,
                    '{}',
                    $now,
                    $this->config->author,
                    $now,
                    $this->config->author,
                ];
            }

            $this->bulk->insert(
                self::OPTIONS,
                [
                    'type',
                    'option_unique_name',
                    'option_name',
                    'ordering',
                    'enabled',
                    'option_params',
                    'created_on',
                    'created_by',
                    'modified_on',
                    'modified_by',
                ],
                $data,
            );
            $found = $this->findOptions($wanted);
        }

        $ids   = array_map(static fn (int $id): array => ['id' => $id, 'values' => []], $found);
        $names = array_flip($found);
        $shown = [];
        $read  = function () use (&$ids, &$shown, $names, $wanted): void {
            foreach ($this->bulk->fetch(
                'SELECT j2commerce_optionvalue_id AS id, option_id, optionvalue_name AS name FROM '
                . self::VALUES
                . ' WHERE option_id IN (%s) ORDER BY j2commerce_optionvalue_id',
                array_keys($names),
            ) as $row) {
                $option                  = $names[(int) $row['option_id']];
                $key                     = Text::key((string) $row['name']);
                $exact                   = $wanted[$option]['values'][$key] ?? null;
                $known                   = $ids[$option]['values'][$key] ?? null;
                $shown[(int) $row['id']] = (string) $row['name'];

                // When the shop has several spellings, prefer the wanted one.
                if ($known === null || $row['name'] === $exact && $shown[$known] !== $exact) {
                    $ids[$option]['values'][$key] = (int) $row['id'];
                }
            }
        };
        $read();
        $rows += $this->respell($wanted, $ids, $shown, array_keys($products));
        $data = [];

        foreach ($wanted as $key => ['values' => $values]) {
            $order = \count($ids[$key]['values']);

            foreach (array_diff_key($values, $ids[$key]['values']) as $value) {
                $data[] = [$ids[$key]['id'], $value, '', ++$order];
            }
        }

        if ($data !== []) {
            $this->bulk->insert(
                self::VALUES,
                ['option_id', 'optionvalue_name', 'optionvalue_image', 'ordering'],
                $data,
            );
            $read();
        }

        return [$ids, $rows + \count($data)];
    }

    /**
     * Adopts another spelling of the same name when no other product uses the value.
     *
     * @param array<string, array{name: string, values: array<string, string>}> $wanted
     * @param array<string, array{id: int, values: array<string, int>}>         $ids
     * @param array<int, string>                                                $shown    Names by value id
     * @param list<int>                                                         $products
     *
     * @return int Rows written
     */
    private function respell(array $wanted, array $ids, array $shown, array $products): int
    {
        $new = [];

        foreach ($wanted as $key => ['values' => $values]) {
            foreach (array_intersect_key($ids[$key]['values'], $values) as $name => $id) {
                if ($shown[$id] !== $values[$name]) {
                    $new[$id] = ['optionvalue_name' => $values[$name]];
                }
            }
        }

        $owners = [];

        foreach ($this->bulk->fetch(
            'SELECT c.optionvalue_id AS id, o.product_id FROM '
            . self::CHOICES
            . ' c
               JOIN '
            . self::PRODUCT
            . ' o ON o.j2commerce_productoption_id = c.productoption_id WHERE c.optionvalue_id IN (%s)',
            array_keys($new),
        ) as $row) {
            $owners[(int) $row['id']][] = (int) $row['product_id'];
        }

        return $this->bulk->update(
            self::VALUES,
            'j2commerce_optionvalue_id',
            array_filter(
                $new,
                static fn (int $id): bool => isset($owners[$id]) && array_diff($owners[$id], $products) === [],
                ARRAY_FILTER_USE_KEY,
            ),
        );
    }

    /**
     * @param array<string, array{name: string, values: array<string, string>}> $wanted
     *
     * @return array<string, int> Id by name
     */
    private function findOptions(array $wanted): array
    {
        $found = [];
        $exact = [];

        // Variants can differ only by options of these kinds. All of them are read, since each database compares names
        // in its own way.
        foreach ($this->sql->fetchAll(
            'SELECT j2commerce_option_id AS id, option_name AS name FROM '
            . self::OPTIONS
            . "
              WHERE type IN ('select', 'radio', 'color') ORDER BY j2commerce_option_id",
        ) as $row) {
            $key = Text::key((string) $row['name']);

            if (
                isset($wanted[$key])
                && (!isset($found[$key]) || $row['name'] === $wanted[$key]['name'] && !isset($exact[$key]))
            ) {
                $found[$key] = (int) $row['id'];
            }

            if (isset($wanted[$key]) && $row['name'] === $wanted[$key]['name']) {
                $exact[$key] = true;
            }
        }

        return $found;
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
    private function choices(array $products, array $ids): array
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
                self::PRODUCT,
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
                            $options[$product][$shared['id']],
                            $valueId,
                            '',
                            '0.00000000',
                            '+',
                            '0.00000000',
                            '+',
                            '',
                            $order === 1 ? 1 : 0,
                            $order,
                            '{}',
                        ];
                        $rows[$product] = ($rows[$product] ?? 0) + 1;
                    }
                }
            }
        }

        if ($data !== []) {
            $this->bulk->insert(
                self::CHOICES,
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
                $data,
            );
            $choices = $this->productChoices($options);
        }

        return [$choices, $rows];
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
            . self::PRODUCT
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
            . self::CHOICES
            . '
              WHERE productoption_id IN (%s) ORDER BY j2commerce_product_optionvalue_id',
            array_keys($products),
        ) as $row) {
            $rows[$products[(int) $row['productoption_id']]][(int) $row['optionvalue_id']] ??= (int) $row['id'];
        }

        return $rows;
    }
}
