<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;

\defined('_JEXEC') or die();

/** The linked products as the shop shows them. */
final readonly class ProductList
{
    public function __construct(
        private Sql $sql,
        private Links $mappings,
    ) {
    }

    /**
     * @return list<array{clover_id: string, product_id: int, title: string, type: string, category: string, sku:
     *   string, price: string, price_to: string, quantity: ?int, variants: int, published: bool, state: string}>
     *   Quantity is null when nothing of the product is counted
     */
    public function all(): array
    {
        $list = [];

        foreach ($this->sql->fetchAll(
            'SELECT m.clover_id, m.state AS link_state, m.product_id, c.title, c.state, p.product_type, g.title AS category, v.sku, v.price, v.manage_stock, q.quantity,
                    i.min_price, i.max_price
               FROM '
            . Links::TABLE
            . " m
               JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id AND p.product_source = 'com_content'
               JOIN #__content c ON c.id = p.product_source_id
               LEFT JOIN #__categories g ON g.id = c.catid
               LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productprice_index i ON i.product_id = m.product_id AND m.clover_type = 'group'
              WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NULL ORDER BY c.title, m.clover_id",
            [$this->mappings->environment, $this->mappings->merchant],
        ) as $row) {
            $list[$row['clover_id']] = [
                'clover_id'  => (string) $row['clover_id'],
                'product_id' => (int) $row['product_id'],
                'title'      => (string) $row['title'],
                'type'       => (string) $row['product_type'],
                'category'   => (string) $row['category'],
                'sku'        => (string) $row['sku'],
                'price'      => (string) ($row['min_price'] ?? $row['price']),
                'price_to'   => (string) ($row['max_price'] ?? $row['price']),
                'quantity'   => (int) $row['manage_stock'] === 1 ? (int) $row['quantity'] : null,
                'variants'   => 1,
                'published'  => (int) $row['state'] === 1,
                'state'      => (string) $row['link_state'],
            ];
        }

        foreach ($this->sql->fetchAll(
            'SELECT m.parent_id, COUNT(*) AS variants, SUM(CASE WHEN v.manage_stock = 1 THEN q.quantity END) AS quantity
               FROM '
            . Links::TABLE
            . " m
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
              WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NOT NULL AND m.state <> 'deleted' GROUP BY m.parent_id",
            [$this->mappings->environment, $this->mappings->merchant],
        ) as $row) {
            if (isset($list[$row['parent_id']])) {
                $list[$row['parent_id']]['variants'] = (int) $row['variants'];
                $list[$row['parent_id']]['quantity'] = $row['quantity'] === null ? null : (int) $row['quantity'];
            }
        }

        return array_values($list);
    }
}
