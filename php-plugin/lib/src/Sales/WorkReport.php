<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** What a worker has done, and what it has left. */
final class WorkReport
{
    /** Rows taken up. */
    public int $claimed = 0;

    public int $confirmed = 0;

    public int $skipped = 0;

    /** Rows that wait for the owner's word, from this run or an earlier one. */
    public int $uncertain = 0;

    public int $dead = 0;

    /** Rows that are not yet due, and orders nobody has looked at. */
    public int $later = 0;

    /** Orders that no event told of. */
    public int $found = 0;

    /** Why nothing is sent at present. */
    public ?string $paused = null;
}
