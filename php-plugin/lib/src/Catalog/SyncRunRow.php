<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\UtcTime;

/** A row of the sync runs: where a run stands after a slice. The counts are the whole run's. */
final readonly class SyncRunRow
{
    private function __construct(
        public int $id,
        public RunStatus $status,
        public RunPhase $phase,
        /** Where the phase continues; null at its beginning. */
        public ?string $cursor,
        /** ISO 4217; empty before the phase {@see RunPhase::Items}. */
        public string $currency,
        public bool $trackStock,
        public int $imported,
        public int $updated,
        public int $unchanged,
        public int $deleted,
        public int $failed,
        public int $conflicts,
        public int $skipped,
        public int $productRows,
        public int $itemsRead,
        public int $requests,
        /** Seconds of work, without the pauses between slices. */
        public float $seconds,
        /** Why the run has stopped or failed, or what the owner is asked. */
        public ?Message $message,
        /** Unix seconds. */
        public int $started,
        /** Unix seconds. */
        public int $heartbeat,
    ) {
    }

    /** Whether it continues, now or once the owner has confirmed it. */
    public function isOpen(): bool
    {
        return $this->status === RunStatus::Running || $this->status === RunStatus::NeedsConfirmation;
    }

    public function hasMore(): bool
    {
        return $this->status === RunStatus::Running;
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'id'),
            RunStatus::from(Row::string($row, 'status')),
            RunPhase::from(Row::string($row, 'phase')),
            Row::nullableString($row, 'cursor'),
            Row::string($row, 'currency'),
            Row::bool($row, 'track_stock'),
            Row::int($row, 'imported'),
            Row::int($row, 'updated'),
            Row::int($row, 'unchanged'),
            Row::int($row, 'deleted'),
            Row::int($row, 'failed'),
            Row::int($row, 'conflicts'),
            Row::int($row, 'skipped'),
            Row::int($row, 'product_rows'),
            Row::int($row, 'items_read'),
            Row::int($row, 'requests'),
            Row::float($row, 'seconds'),
            Message::readNullable(Row::nullableString($row, 'error')),
            UtcTime::unix(Row::string($row, 'started')),
            UtcTime::unix(Row::string($row, 'heartbeat')),
        );
    }
}
