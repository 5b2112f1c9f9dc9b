<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Text;

/**
 * What the shop's database has for items and groups of Clover, in the form that {@see \CloverSync\Catalog} takes.
 *
 * Read from the shop's own tables each time, because saving an open product form restores old prices and counts.
 */
final readonly class KnownProducts
{
    /**
     * `place` is the Clover id of the product that contains the variant: its own, its group's, or empty when the item
     * has since joined, left or changed its group. `offered` is 1 for a variant of a group that the storefront offers.
     */
    private const SELECT = "SELECT m.clover_id, m.parent_id, m.product_id, m.state, m.fingerprint,
               CASE WHEN m.clover_type = 'group' THEN m.clover_id
                    WHEN m.parent_id IS NULL AND v.is_master = 1 AND v.product_id = m.product_id THEN m.clover_id
                    WHEN v.is_master = 0 AND v.product_id = m.product_id AND g.product_id = m.product_id
                         THEN m.parent_id
                    ELSE '' END AS place,
               CASE WHEN x.variant_id IS NULL THEN 0 ELSE 1 END AS offered,
               CASE WHEN m.state IN ('deleted', 'left_out') THEN 1 ELSE 0 END AS deleted,
               v.sku, m.sku AS clover_sku, v.upc, v.price, v.manage_stock, q.quantity, v.availability,
               m.variant_id, m.clover_price, m.clover_count, m.clover_asked,
               CASE WHEN v.use_store_config_notify_qty = 0 THEN v.notify_qty END AS threshold,
               CASE WHEN m.parent_id IS NULL THEN m.stock_reserve ELSE g.stock_reserve END AS reserve%s
          FROM #__j2commerce_clover_mappings m
          JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id AND p.product_source = 'com_content'
          JOIN #__content c ON c.id = p.product_source_id
          LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
          LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
          LEFT JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = m.variant_id
          LEFT JOIN #__j2commerce_clover_mappings g ON g.environment = m.environment
                AND g.merchant_id = m.merchant_id AND g.clover_id = m.parent_id
         WHERE m.environment = ? AND m.merchant_id = ?
           AND (m.clover_type = 'group' OR v.j2commerce_variant_id IS NOT NULL) AND ";

    private const TAX = ', p.taxprofile_id AS tax_profile, m.tax_written';

    /** Milliseconds. No page waits so long for its transaction: a later time comes from a clock that was ahead. */
    private const LATEST = 600_000;

    private Bulk $bulk;

    private string $select;

    /** @param bool $withTax Whether tax profiles follow Clover's rates */
    public function __construct(
        private Sql $sql,
        private Links $links,
        private CommittedUnits $committed,
        bool $withTax = false,
    ) {
        $this->bulk   = new Bulk($sql);
        $this->select = \sprintf(self::SELECT, $withTax ? self::TAX : '');
    }

    /**
     * Makes checkouts wait until the transaction that writes these items and groups has ended. Where both kinds are
     * written, call it before any other read of the transaction.
     *
     * @param list<string> $items
     * @param list<string> $groups
     */
    public function hold(array $items, array $groups): void
    {
        $this->holdCounts('m.parent_id', $groups);
        $this->holdCounts('m.clover_id', [...$items, ...$groups]);
    }

    /**
     * @param list<string> $cloverIds
     * @param int          $asked     When their counts were requested, by {@see DatabaseClock}
     *
     * @return list<array<string, scalar|null>>
     */
    public function ofItems(array $cloverIds, int $asked): array
    {
        $this->holdCounts('m.clover_id', $cloverIds);

        return $this->withCommitted($this->read('m.clover_id', $cloverIds), new CountTimes($asked));
    }

    /**
     * Items of which the shop has newer data than a page: a webhook was processed while the page waited.
     *
     * @param list<array<string, scalar|null>> $known
     * @param int                              $asked When the page was requested, by {@see DatabaseClock}
     *
     * @return array<string, true> By Clover id
     */
    public static function newer(array $known, int $asked): array
    {
        $newer = [];

        foreach ($known as $row) {
            $time = (int) $row['clover_asked'];

            if ($time > $asked && $time <= ($asked + self::LATEST)) {
                $newer[(string) $row['clover_id']] = true;
            }
        }

        return $newer;
    }

    /**
     * Items with a product that is neither deleted nor left out, without those of which the shop has newer data than a
     * page.
     *
     * @param list<string> $cloverIds
     * @param int          $asked     As in {@see newer()}
     *
     * @return array<string, true> By Clover id
     */
    public function live(array $cloverIds, int $asked): array
    {
        $rows = array_filter($this->read('m.clover_id', $cloverIds), static fn (array $row): bool => !$row['deleted']);
        $live = [];

        foreach ($rows as $row) {
            $live[(string) $row['clover_id']] = true;
        }

        return array_diff_key($live, self::newer(array_values($rows), $asked));
    }

    /**
     * @param list<string>       $groups
     * @param array<string, int> $members Items that Clover lists in these groups, each with the time at which its count
     *   was requested
     *
     * @return list<array<string, scalar|null>> Rows of the groups, of their variants, and of the members wherever they
     *   are linked
     */
    public function ofGroups(array $groups, array $members): array
    {
        $items = array_map(strval(...), array_keys($members));
        $ids   = [...$groups, ...$items];
        $this->hold($items, $groups);
        $rows = [];

        foreach ([...$this->read('m.parent_id', $groups), ...$this->read('m.clover_id', $ids)] as $row) {
            $rows[(string) $row['clover_id']] ??= $row;
        }

        return $this->withCommitted(array_values($rows), new CountTimes($members));
    }

    /**
     * @param list<array<string, scalar|null>> $rows
     * @param CountTimes                       $asked Without a time no count is written
     *
     * @return list<array<string, scalar|null>>
     */
    private function withCommitted(array $rows, CountTimes $asked): array
    {
        $variants = [];

        foreach ($rows as $row) {
            $id = (string) $row['clover_id'];

            if ($row['variant_id'] !== null && $asked->of($id) !== null) {
                $variants[$id] = (int) $row['variant_id'];
            }
        }

        $committed = $this->committed->of($variants, $asked);

        foreach ($rows as &$row) {
            $row['committed'] = $committed[(string) $row['clover_id']] ?? 0;
        }

        return $rows;
    }

    /**
     * Makes checkouts wait until the counts read here are written. It must be the transaction's first read: on MariaDB
     * the first plain read fixes what later reads see.
     *
     * @param list<string> $ids
     */
    private function holdCounts(string $column, array $ids): void
    {
        if ($this->sql->dialect() === Dialect::MySql && $this->sql->inTransaction()) {
            $this->bulk->fetch(
                "SELECT q.variant_id FROM #__j2commerce_clover_mappings m
                   JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
                  WHERE m.environment = ? AND m.merchant_id = ? AND $column IN (%s) FOR UPDATE",
                $ids,
                $this->links->key(),
            );
        }
    }

    /**
     * @param list<string> $ids
     *
     * @return list<array<string, scalar|null>>
     */
    private function read(string $column, array $ids): array
    {
        $rows = $this->bulk->fetch($this->select . "$column IN (%s)", $ids, [
            $this->links->environment,
            $this->links->merchant,
        ]);

        foreach ($rows as &$row) {
            $row['deleted'] = (bool) $row['deleted'];

            // A SKU that was stored with substituted characters is still the same SKU.
            if ($row['sku'] === Text::shown((string) $row['clover_sku'])) {
                $row['sku'] = $row['clover_sku'];
            }

            unset($row['clover_sku']);
        }

        return $rows;
    }
}
