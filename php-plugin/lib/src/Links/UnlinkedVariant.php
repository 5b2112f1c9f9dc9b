<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** A variant of a product that has no link in this environment and merchant. */
final readonly class UnlinkedVariant
{
    private function __construct(
        public int $variantId,
        public int $productId,
        public int $articleId,
        /** The variant of a product without options. */
        public bool $isMaster,
        public string $title,
        public string $sku,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'j2commerce_variant_id'),
            Row::int($row, 'product_id'),
            Row::int($row, 'article_id'),
            Row::bool($row, 'is_master'),
            Row::string($row, 'title'),
            Row::string($row, 'sku'),
        );
    }
}
