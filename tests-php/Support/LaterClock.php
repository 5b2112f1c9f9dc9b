<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;

/** The real time plus an offset that the test sets. */
final class LaterClock implements Clock
{
    /** Seconds of all sleeps together. */
    public float $slept = 0.0;

    private readonly SystemClock $real;

    public function __construct(
        public int $later = 0,
    ) {
        $this->real = new SystemClock();
    }

    public function now(): int
    {
        return $this->real->now() + $this->later;
    }

    public function monotonic(): float
    {
        return $this->real->monotonic() + $this->later;
    }

    public function sleep(float $seconds): void
    {
        $this->slept += $seconds;
        $this->real->sleep($seconds);
    }
}
