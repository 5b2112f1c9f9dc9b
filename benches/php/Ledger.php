<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** {@see \CloverSync\Ledger} as far as a shop without sales needs it. */
final class Ledger
{
    /** @return array<string, int> */
    public function committed(array $taken, array $rows, int $asOf): array
    {
        if ($taken !== [] || $rows !== []) {
            throw new \LogicException('The counterpart knows no sales.');
        }

        return [];
    }
}
