<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;

/** A link as {@see ProductStatus} shows it. */
final readonly class StatusRow
{
    private function __construct(
        public string $cloverId,
        /** "item" or "group". */
        public string $kind,
        /** The group of a variant. */
        public ?string $parentId,
        public string $name,
        public string $sku,
        public ?int $variantId,
        public LinkState $state,
        public ?Message $error,
        /** UTC. */
        public ?string $lastSynced,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::string($row, 'clover_id'),
            Row::string($row, 'clover_type'),
            Row::nullableString($row, 'parent_id'),
            Row::string($row, 'name'),
            Row::string($row, 'sku'),
            Row::nullableInt($row, 'variant_id'),
            LinkState::from(Row::string($row, 'state')),
            Message::readNullable(Row::nullableString($row, 'error')),
            Row::nullableString($row, 'last_synced'),
        );
    }
}
