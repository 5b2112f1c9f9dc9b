<?php

declare(strict_types=1);

namespace CloverSync;

/** The unit of the markup. */
enum MarkupType: string
{
    /** Percent of Clover's price. */
    case Percentage = 'percentage';

    /** Currency units. */
    case Fixed = 'fixed';
}
