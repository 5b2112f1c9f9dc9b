<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** Where a sync run stands after a slice; the counts are the whole run's. */
final readonly class SyncProgress
{
    public function __construct(
        public int $run,
        /**
         * {@see SyncRuns::RUNNING} when there is more to do, {@see SyncRuns::DONE}, or {@see
         * SyncRuns::NEEDS_CONFIRMATION}.
         */
        public string $status,
        public string $phase,
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
        public ?string $message,
    ) {
    }

    /** @param array<string, mixed> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            (int) $row['id'],
            (string) $row['status'],
            (string) $row['phase'],
            (int) $row['imported'],
            (int) $row['updated'],
            (int) $row['unchanged'],
            (int) $row['deleted'],
            (int) $row['failed'],
            (int) $row['conflicts'],
            (int) $row['skipped'],
            (int) $row['product_rows'],
            (int) $row['items_read'],
            (int) $row['requests'],
            (float) $row['seconds'],
            $row['error'] === null ? null : (string) $row['error'],
        );
    }

    public function hasMore(): bool
    {
        return $this->status === SyncRuns::RUNNING;
    }
}
