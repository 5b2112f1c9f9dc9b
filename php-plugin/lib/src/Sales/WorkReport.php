<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Pauses\Pause;

/** What a worker has done and what is left. */
final class WorkReport
{
    /** Rows processed. */
    public int $claimed = 0;

    public int $confirmed = 0;

    public int $skipped = 0;

    /** Rows that need the owner's decision, from this run or an earlier one. */
    public int $uncertain = 0;

    public int $dead = 0;

    /** Orders that the owner has to correct in Clover. */
    public int $corrections = 0;

    /** Rows that are not yet due, and orders with unprocessed events. */
    public int $later = 0;

    /** Changed orders that no event announced. */
    public int $found = 0;

    /** @var list<Pause> Kinds of work that are paused */
    public array $paused = [];
}
