<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

final class SystemClock implements Clock
{
    public function now(): int
    {
        return time();
    }

    public function monotonic(): float
    {
        return Platform::monotonic();
    }

    public function sleep(float $seconds): void
    {
        Platform::sleep($seconds);
    }
}
