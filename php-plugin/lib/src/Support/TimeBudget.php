<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Limits how long a slice of work may take. */
final readonly class TimeBudget
{
    private float $end;

    /**
     * @param ?float                $seconds Null = until the work is done
     * @param ?\Closure(): bool $stop    Called after each step; true ends the slice, to be resumed later
     */
    public function __construct(
        ?float $seconds = null,
        private ?\Closure $stop = null,
        private Clock $clock = new SystemClock(),
    ) {
        $this->end = $seconds === null ? INF : $clock->monotonic() + $seconds;
    }

    public function isSpent(): bool
    {
        return $this->clock->monotonic() >= $this->end || $this->stop !== null && ($this->stop)();
    }
}
