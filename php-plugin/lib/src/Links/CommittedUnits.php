<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** Reads how many units of Clover's counts the shop has already sold. */
interface CommittedUnits
{
    /**
     * Call it in the transaction that writes the counts, after they are locked.
     *
     * @param array<string, int> $variants Variant of the shop by Clover id; one whose count was not requested is left
     *   out
     *
     * @return array<string, int> By Clover id, without zeros
     */
    public function of(array $variants, CountTimes $asked): array;
}
