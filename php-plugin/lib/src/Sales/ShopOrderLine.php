<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** A line of an order of the shop. */
final readonly class ShopOrderLine
{
    private function __construct(
        public int $variantId,
        public int $quantity,
        public string $name,
        /** Empty for a product that is not linked to an item. */
        public string $cloverId,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'variant_id'),
            // J2Commerce reads the column in the same way when it moves stock.
            max(0, Row::int($row, 'orderitem_quantity')),
            Row::string($row, 'orderitem_name'),
            Row::string($row, 'clover_id'),
        );
    }
}
