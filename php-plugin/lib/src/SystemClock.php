<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die;

final class SystemClock implements Clock
{
    public function now(): int
    {
        return time();
    }

    public function monotonic(): float
    {
        return Host::monotonic();
    }

    public function sleep(float $seconds): void
    {
        Host::sleep($seconds);
    }
}
