<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** A linked item that Clover did not list in a run. */
final readonly class VanishedItem
{
    private function __construct(
        public string $cloverId,
        public string $name,
        public string $sku,
        /** Of its product; null when the article is gone. */
        public ?int $articleId,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::string($row, 'clover_id'),
            Row::string($row, 'name'),
            Row::string($row, 'sku'),
            Row::nullableInt($row, 'article_id'),
        );
    }
}
