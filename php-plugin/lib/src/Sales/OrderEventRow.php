<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;

/** One event of an order, as {@see OrderEventLog} keeps it. */
final readonly class OrderEventRow
{
    private function __construct(
        public int $id,
        public OrderEventType $event,
        public ?int $oldStatus,
        public ?int $newStatus,
        public OrderEventState $state,
        /** Unix seconds. */
        public int $created,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'id'),
            OrderEventType::from(Row::string($row, 'event')),
            Row::nullableInt($row, 'old_status'),
            Row::nullableInt($row, 'new_status'),
            OrderEventState::from(Row::string($row, 'state')),
            Row::int($row, 'created'),
        );
    }
}
