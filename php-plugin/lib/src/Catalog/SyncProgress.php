<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** State of a sync run after a slice; the counts are those of the whole run. */
final readonly class SyncProgress
{
    public function __construct(
        public int $run,
        /** {@see RunStatus::Running} while work is left. */
        public RunStatus $status,
        public RunPhase $phase,
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

    public static function of(SyncRunRow $run): self
    {
        return new self(
            $run->id,
            $run->status,
            $run->phase,
            $run->imported,
            $run->updated,
            $run->unchanged,
            $run->deleted,
            $run->failed,
            $run->conflicts,
            $run->skipped,
            $run->productRows,
            $run->itemsRead,
            $run->requests,
            $run->seconds,
            $run->error,
        );
    }

    public function hasMore(): bool
    {
        return $this->status === RunStatus::Running;
    }
}
