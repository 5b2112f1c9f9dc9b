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

    private ?int $stopped = null;

    public function __construct(
        public int $later = 0,
    ) {
        $this->real = new SystemClock();
    }

    /** No second begins from now on, so that times can be compared exactly. */
    public function stop(): void
    {
        $this->stopped = $this->real->now();
    }

    public function now(): int
    {
        return ($this->stopped ?? $this->real->now()) + $this->later;
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
