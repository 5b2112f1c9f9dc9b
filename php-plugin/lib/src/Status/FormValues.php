<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;

/**
 * What the shop has now of the values that syncs and sales change while a product's form is open. The form compares
 * them with those of its opening.
 */
final readonly class FormValues
{
    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * @return array<string, string> By "title", "state", and the variant's id with "sku", "upc", "price", "quantity" or
     *   "manage_stock", such as "12.price"; empty when there is no such product
     */
    public function of(int $product): array
    {
        $values = [];

        foreach ($this->sql->fetchAll(
            "SELECT c.title, c.state, v.j2commerce_variant_id AS id, v.sku, v.upc, v.price, v.manage_stock, q.quantity
               FROM #__j2commerce_products p
               JOIN #__content c ON c.id = p.product_source_id AND p.product_source = 'com_content'
               JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = v.j2commerce_variant_id
              WHERE p.j2commerce_product_id = ? ORDER BY v.j2commerce_variant_id",
            [$product],
        ) as $row) {
            $id     = Row::int($row, 'id');
            $values = [
                ...$values,
                'title'            => Row::string($row, 'title'),
                'state'            => (string) Row::int($row, 'state'),
                "$id.sku"          => (string) Row::nullableString($row, 'sku'),
                "$id.upc"          => (string) Row::nullableString($row, 'upc'),
                "$id.price"        => self::price((string) Row::nullableString($row, 'price')),
                "$id.manage_stock" => (string) Row::int($row, 'manage_stock'),
                "$id.quantity"     => (string) (Row::nullableInt($row, 'quantity') ?? ''),
            ];
        }

        return $values;
    }

    /** With two decimals, or as many as it needs. */
    private static function price(string $price): string
    {
        return (string) preg_replace('/(\.\d{2,}?)0+$/', '$1', $price);
    }
}
