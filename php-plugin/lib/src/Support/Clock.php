<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Time as a parameter, so that no test sleeps. */
interface Clock
{
    /** Unix seconds. */
    public function now(): int;

    /** Seconds of a clock that never goes back. */
    public function monotonic(): float;

    public function sleep(float $seconds): void;
}
