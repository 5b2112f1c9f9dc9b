<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\ChangeAction;
use CloverSync\ProductChange;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Text;

/** Finds products that the shop already has with the SKU of something new in Clover. */
final readonly class SkuConflicts
{
    private Bulk $bulk;

    public function __construct(
        Sql $sql,
        private Links $links,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @param array<string, ProductChange> $changes New products by Clover id
     *
     * @return array<string, string> The SKU in conflict, by Clover id
     */
    public function find(array $changes): array
    {
        $skus = $clashes = [];

        foreach ($changes as $change) {
            foreach ($change->variants as $variant) {
                $skus[] = $variant['action'] === ChangeAction::Move ? '' : $variant['sku'] ?? '';
            }
        }

        $keys  = Text::skus($skus);
        $taken = $this->unlinked(self::distinct($keys));

        foreach ($taken === [] ? [] : $changes as $id => $change) {
            foreach ($change->variants as $variant) {
                $sku = $variant['sku'] ?? '';

                if ($variant['action'] !== ChangeAction::Move && isset($taken[$keys[$sku]])) {
                    $clashes[$id] ??= $sku;
                }
            }
        }

        return $clashes;
    }

    /**
     * SKUs that differ, without those that count as none.
     *
     * @param array<array-key, string> $keys {@see Text::skus()}
     *
     * @return list<string>
     */
    public static function distinct(array $keys): array
    {
        $distinct = array_flip($keys);
        unset($distinct['']);

        return array_map(strval(...), array_values($distinct));
    }

    /**
     * Variants with these SKUs whose products have no link in this environment and merchant, and are not in the trash.
     *
     * @param list<string> $skus None of them empty
     *
     * @return array<array-key, list<UnlinkedVariant>> By {@see Text::sku()}
     */
    public function unlinked(array $skus): array
    {
        $found = [];

        // J2Commerce has no index on the SKU, so the server reads all variants. The query has no joins, because usually
        // nothing is found.
        $variants = array_map(
            static fn (array $row): int => (int) $row['id'],
            $this->bulk->fetch(
                'SELECT j2commerce_variant_id AS id FROM #__j2commerce_variants WHERE sku IN (%s)',
                array_values(array_unique([...$skus, ...array_map(Text::shown(...), $skus)])),
            ),
        );
        // One variant may match two spellings.
        $variants = array_values(array_unique($variants));
        sort($variants);

        // A product without an article can neither be sold nor edited, and the owner has thrown a trashed one away.
        foreach ($this->bulk->fetch(
            "SELECT v.sku, v.j2commerce_variant_id, v.product_id, v.is_master, v.price, p.product_type,
                    c.id AS article_id, c.title, c.state
               FROM #__j2commerce_variants v
               JOIN #__j2commerce_products p ON p.j2commerce_product_id = v.product_id
                    AND p.product_source = 'com_content'
               JOIN #__content c ON c.id = p.product_source_id
              WHERE v.j2commerce_variant_id IN (%s) AND c.state <> -2 AND NOT EXISTS (
                    SELECT 1 FROM #__j2commerce_clover_mappings m
                     WHERE m.product_id = v.product_id AND m.environment = ? AND m.merchant_id = ?)
              ORDER BY v.j2commerce_variant_id",
            $variants,
            [],
            $this->links->key(),
        ) as $row) {
            $variant                           = UnlinkedVariant::fromRow($row);
            $found[Text::sku($variant->sku)][] = $variant;
        }

        return $found;
    }
}
