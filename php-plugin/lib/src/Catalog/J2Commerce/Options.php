<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;

/** Options of variable products: the combination that links each variant to the choices of its product. */
final readonly class Options
{
    private const TABLE = '#__j2commerce_product_variant_optionvalues';

    private Bulk $bulk;

    private SharedOptions $shared;

    private ProductChoices $choices;

    public function __construct(Sql $sql, ShopConfig $config, Clock $clock)
    {
        $this->bulk    = new Bulk($sql);
        $this->shared  = new SharedOptions($sql, $config, $clock);
        $this->choices = new ProductChoices($sql);
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
        [$ids, $shared] = $this->shared->of($products);
        [$choices, $rows] = $this->choices->write($products, $ids);
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

        $this->bulk->delete(self::TABLE, 'variant_id', array_keys($unfit));
        $this->bulk->upsert(
            self::TABLE,
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

        foreach ($this->choices->dropUnused($stale) as $product => $n) {
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
            . ProductChoices::TABLE
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
        $rows   = $this->bulk->delete(self::TABLE, 'variant_id', array_keys($before));

        return $rows + array_sum($this->choices->dropUnused(array_merge([], ...array_map(
            static fn (string $csv): array => explode(',', $csv),
            array_values($before),
        ))));
    }

    /**
     * Makes shoppers choose a variant of these products.
     *
     * @param list<int> $products
     *
     * @return array<int, int> Rows written by product
     */
    public function require(array $products): array
    {
        return $this->choices->require($products);
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
            . self::TABLE
            . " x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id WHERE $column IN (%s)",
            $ids,
        ) as $row) {
            $rows[(int) $row['product_id']][(int) $row['variant_id']] = (string) $row['product_optionvalue_ids'];
        }

        return $rows;
    }
}
