<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What an order's status and events mean for its units. */
enum SaleState: string
{
    /** The units are sold. */
    case Paid = 'paid';

    /** The units are available again. */
    case Released = 'released';

    /** The status has no effect on the units. */
    case Unchanged = 'unchanged';
}
