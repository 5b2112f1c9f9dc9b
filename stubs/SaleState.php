<?php

declare(strict_types=1);

namespace CloverSync;

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
