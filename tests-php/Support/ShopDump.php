<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Database\Sql;

/**
 * All rows of a shop, ours included, such that two shops can be compared: an id made by the database is replaced by its
 * row's place among the rows of its table, a time by a mark, and what differs from process to process is left out.
 */
final class ShopDump
{
    /** Table => its id column. */
    private const IDS = [
        'categories'                      => 'id',
        'content'                         => 'id',
        'tags'                            => 'id',
        'ucm_content'                     => 'core_content_id',
        'j2commerce_products'             => 'j2commerce_product_id',
        'j2commerce_variants'             => 'j2commerce_variant_id',
        'j2commerce_productquantities'    => 'j2commerce_productquantity_id',
        'j2commerce_options'              => 'j2commerce_option_id',
        'j2commerce_optionvalues'         => 'j2commerce_optionvalue_id',
        'j2commerce_product_options'      => 'j2commerce_productoption_id',
        'j2commerce_product_optionvalues' => 'j2commerce_product_optionvalue_id',
        'j2commerce_clover_mappings'      => 'id',
        'j2commerce_clover_runs'          => 'id',
        'j2commerce_clover_log'           => 'id',
    ];

    /** Table => column that holds an id => the table whose id it is. */
    private const REFERENCES = [
        'categories'                              => ['parent_id' => 'categories'],
        'content'                                 => ['catid' => 'categories'],
        'tags'                                    => ['parent_id' => 'tags'],
        'workflow_associations'                   => ['item_id' => 'content'],
        'contentitem_tag_map'                     => [
            'core_content_id' => 'ucm_content',
            'content_item_id' => 'content',
            'tag_id'          => 'tags',
        ],
        'ucm_base'                                => ['ucm_id' => 'ucm_content', 'ucm_item_id' => 'content'],
        'ucm_content'                             => [
            'core_content_item_id' => 'content',
            'core_catid'           => 'categories',
        ],
        'j2commerce_products'                     => ['product_source_id' => 'content'],
        'j2commerce_variants'                     => ['product_id' => 'j2commerce_products'],
        'j2commerce_productquantities'            => ['variant_id' => 'j2commerce_variants'],
        'j2commerce_productprice_index'           => ['product_id' => 'j2commerce_products'],
        'j2commerce_optionvalues'                 => ['option_id' => 'j2commerce_options'],
        'j2commerce_product_options'              => [
            'option_id'  => 'j2commerce_options',
            'product_id' => 'j2commerce_products',
        ],
        'j2commerce_product_optionvalues'         => [
            'productoption_id' => 'j2commerce_product_options',
            'optionvalue_id'   => 'j2commerce_optionvalues',
        ],
        'j2commerce_product_variant_optionvalues' => [
            'variant_id'              => 'j2commerce_variants',
            'product_optionvalue_ids' => 'j2commerce_product_optionvalues',
        ],
        'j2commerce_clover_mappings'              => [
            'article_id'       => 'content',
            'product_id'       => 'j2commerce_products',
            'variant_id'       => 'j2commerce_variants',
            'category_written' => 'categories',
            'tags_written'     => 'tags',
            'seen_run'         => 'j2commerce_clover_runs',
        ],
        'j2commerce_clover_log'                   => ['run_id' => 'j2commerce_clover_runs'],
        'j2commerce_clover_staging'               => ['run_id' => 'j2commerce_clover_runs'],
    ];

    private const LEFT_OUT = [
        'j2commerce_clover_runs'  => ['requests', 'seconds', 'holder'],
        'j2commerce_clover_pace'  => ['version', 'leases'],
        'j2commerce_clover_locks' => ['holder', 'node', 'pid', 'pid_started', 'expires'],
    ];

    /** @return list<string> Every table of the shop, without prefix */
    public static function tables(): array
    {
        $text = file_get_contents(__DIR__ . '/../../dev/shop/shop.mysql.sql') . file_get_contents(Schema::APP_FILE);
        preg_match_all('/^CREATE TABLE IF NOT EXISTS `#__(\w+)`/m', $text, $matches);

        return $matches[1];
    }

    /** @return array<string, list<string>> Table => one JSON text a row, sorted */
    public static function of(Sql $sql): array
    {
        $tables = [];
        $places = [];

        foreach (self::tables() as $table) {
            $id             = self::IDS[$table] ?? null;
            $tables[$table] = $sql->fetchAll("SELECT * FROM #__$table" . ($id === null ? '' : " ORDER BY $id"));

            foreach ($id === null ? [] : $tables[$table] as $place => $row) {
                $places[$table][(string) $row[$id]] = '#' . ($place + 1);
            }
        }

        foreach ($tables as $table => &$rows) {
            $rows = array_map(static fn (array $row): string => self::row($table, $row, $places), $rows);
            sort($rows);
        }

        return $tables;
    }

    /**
     * @param array<string, list<string>> $expected
     * @param array<string, list<string>> $actual
     *
     * @return list<string> What is in one only, at most some dozen lines
     */
    public static function differences(array $expected, array $actual): array
    {
        $lines = [];

        foreach ($expected as $table => $rows) {
            foreach (array_diff($rows, $actual[$table]) as $row) {
                $lines[] = "- $table $row";
            }

            foreach (array_diff($actual[$table], $rows) as $row) {
                $lines[] = "+ $table $row";
            }

            if (\count($rows) !== \count($actual[$table])) {
                $lines[] = \sprintf('  %s has %d rows, not %d', $table, \count($actual[$table]), \count($rows));
            }
        }

        return \array_slice($lines, 0, 24);
    }

    /** @param array<string, list<string>> $dump */
    public static function digest(array $dump): string
    {
        return hash('xxh128', serialize($dump));
    }

    /**
     * @param array<string, mixed>                 $row
     * @param array<string, array<string, string>> $places
     */
    private static function row(string $table, array $row, array $places): string
    {
        $row = array_diff_key($row, array_flip(self::LEFT_OUT[$table] ?? []));

        // Sealed anew with each refresh.
        if ($table === 'j2commerce_clover_state' && $row['name'] === 'tokens') {
            $row['value'] = '<sealed>';
        }

        foreach ($row as $column => &$value) {
            $of = $column === (self::IDS[$table] ?? '') ? $table : self::REFERENCES[$table][$column] ?? null;

            $value = match (true) {
                $value === null => null,
                $of !== null => self::place((string) $value, $places[$of] ?? [], $of),
                preg_match('/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/', (string) $value) === 1 => '<time>',
                default => (string) $value,
            };
        }

        return json_encode($row, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
    }

    /**
     * Of one id, or of a list of them.
     *
     * @param array<string, string> $places
     */
    private static function place(string $value, array $places, string $of): string
    {
        return preg_replace_callback(
            '/\d+/',
            static fn (array $m): string => $m[0] === '0' ? '0' : $places[$m[0]] ?? "$m[0] is not in $of",
            $value,
        );
    }
}
