<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** A variant of a product that has no link in this environment and merchant. */
final readonly class UnlinkedVariant
{
    /** J2Commerce's types of products with variants. */
    private const WITH_VARIANTS = ['variable', 'advancedvariable', 'flexivariable', 'variablesubscriptionproduct'];

    private function __construct(
        public int $variantId,
        public int $productId,
        public int $articleId,
        public bool $isMaster,
        /** J2Commerce's name, such as "simple" or "variable". */
        public string $productType,
        /** The article's: 1 published, 0 unpublished, 2 archived. */
        public int $state,
        public string $title,
        public string $sku,
        /** Decimal text with five places. */
        public string $price,
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
            Row::string($row, 'product_type'),
            Row::int($row, 'state'),
            Row::string($row, 'title'),
            Row::string($row, 'sku'),
            Row::string($row, 'price'),
        );
    }

    /** A variant of several that a product has. */
    public function isChoice(): bool
    {
        return !$this->isMaster && $this->isOfVariable();
    }

    /** All that a product without variants sells. */
    public function isWhole(): bool
    {
        return $this->isMaster && !$this->isOfVariable();
    }

    private function isOfVariable(): bool
    {
        return \in_array($this->productType, self::WITH_VARIANTS, true);
    }
}
