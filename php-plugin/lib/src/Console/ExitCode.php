<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** How a command ended, as its exit code says it. */
enum ExitCode: int
{
    case Done   = 0;
    case Failed = 1;

    /** Words or settings are wrong. */
    case Usage = 2;

    /** The command ended, and something needs the owner. */
    case Partly = 3;
}
