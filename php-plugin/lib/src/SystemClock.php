<?php

declare(strict_types=1);

namespace CloverSync\Shop;

final class SystemClock implements Clock
{
    public function now(): int
    {
        return time();
    }

    public function monotonic(): float
    {
        return hrtime(true) / 1e9;
    }

    public function sleep(float $seconds): void
    {
        usleep((int) round($seconds * 1e6));
    }
}
