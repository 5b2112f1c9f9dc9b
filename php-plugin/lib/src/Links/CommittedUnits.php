<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** Tells how many units of Clover's counts the shop has sold already. */
interface CommittedUnits
{
    /**
     * To be called in the transaction that writes the counts, after they are locked.
     *
     * @param array<string, int> $variants Variant of the shop by Clover id
     * @param int                $asked    When Clover was asked for the counts, as {@see
     *   \CloverSync\Shop\Database\DatabaseClock} has it
     *
     * @return array<string, int> By Clover id, without those that are 0
     */
    public function of(array $variants, int $asked): array;
}
