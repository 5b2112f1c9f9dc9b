<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;

\defined('_JEXEC') or die();

/** The linked products as the shop shows them. */
final readonly class ProductList
{
    public function __construct(
        private Sql $sql,
        private Links $links,
    ) {
    }

    /**
     * @return list<array{clover_id: string, product_id: int, title: string, type: string, category: string, sku:
     *   string, price: string, price_to: string, quantity: ?int, variants: int, published: bool, state: string,
     *   reserve: ?int, tax_profile: int}> Quantity is null when nothing of the product is counted; reserve when it
     *   has no number of its own
     */
    public function all(): array
    {
        $list = [];

        foreach ($this->sql->fetchAll('SELECT m.clover_id, m.state AS link_state, m.product_id, c.title, c.state,
                    p.product_type, g.title AS category, v.sku, v.price, v.manage_stock, q.quantity,
                    i.min_price, i.max_price, m.stock_reserve, p.taxprofile_id
               FROM '
        . Links::TABLE
        . " m
               JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id
                    AND p.product_source = 'com_content'
               JOIN #__content c ON c.id = p.product_source_id
               LEFT JOIN #__categories g ON g.id = c.catid
               LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productprice_index i ON i.product_id = m.product_id AND m.clover_type = 'group'
              WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NULL
              ORDER BY c.title, m.clover_id", $this->links->key()) as $row) {
            $list[Row::string($row, 'clover_id')] = [
                'clover_id'   => Row::string($row, 'clover_id'),
                'product_id'  => Row::int($row, 'product_id'),
                'title'       => Row::string($row, 'title'),
                'type'        => Row::string($row, 'product_type'),
                'category'    => Row::string($row, 'category'),
                'sku'         => Row::string($row, 'sku'),
                'price'       => Row::nullableString($row, 'min_price') ?? Row::string($row, 'price'),
                'price_to'    => Row::nullableString($row, 'max_price') ?? Row::string($row, 'price'),
                'quantity'    => Row::int($row, 'manage_stock') === 1 ? Row::int($row, 'quantity') : null,
                'variants'    => 1,
                'published'   => Row::int($row, 'state') === 1,
                'state'       => Row::string($row, 'link_state'),
                'reserve'     => Row::nullableInt($row, 'stock_reserve'),
                'tax_profile' => Row::int($row, 'taxprofile_id'),
            ];
        }

        foreach ($this->sql->fetchAll(
            'SELECT m.parent_id, COUNT(*) AS variants,
                    SUM(CASE WHEN v.manage_stock = 1 THEN q.quantity END) AS quantity
               FROM '
            . Links::TABLE
            . ' m
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
              WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NOT NULL
                AND m.state NOT IN '
            . LinkState::GONE
            . ' GROUP BY m.parent_id',
            [
                $this->links->environment,
                $this->links->merchant,
            ],
        ) as $row) {
            $group = Row::string($row, 'parent_id');

            if (isset($list[$group])) {
                $list[$group]['variants'] = Row::int($row, 'variants');
                $list[$group]['quantity'] = Row::nullableInt($row, 'quantity');
            }
        }

        return array_values($list);
    }
}
