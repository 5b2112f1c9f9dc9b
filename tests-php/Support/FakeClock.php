<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Support\Clock;

/** Time that passes only when set, or by sleeping. */
final class FakeClock implements Clock
{
    public function __construct(
        public float $time = 1_700_000_000.0,
    ) {
    }

    public function now(): int
    {
        return (int) $this->time;
    }

    public function monotonic(): float
    {
        return $this->time;
    }

    public function sleep(float $seconds): void
    {
        $this->time += $seconds;
    }
}
