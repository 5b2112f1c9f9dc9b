<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** The part of {@see \CloverSync\Ledger} that a shop without sales needs. */
final class Ledger
{
    /** @return array<string, int> */
    public function committed(array $taken, array $rows, int $asOf): array
    {
        if ($taken !== [] || $rows !== []) {
            throw new \LogicException('The counterpart does not support sales.');
        }

        return [];
    }
}
