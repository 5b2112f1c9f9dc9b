<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** When counts were requested from Clover, by {@see \CloverSync\Shop\Database\DatabaseClock}. */
final readonly class CountTimes
{
    /** @param array<string, int>|int $times By Clover id, or one for all */
    public function __construct(
        private array|int $times,
    ) {
    }

    /** @return ?int Null for an item whose count was not requested */
    public function of(string $cloverId): ?int
    {
        return \is_int($this->times) ? $this->times : $this->times[$cloverId] ?? null;
    }
}
