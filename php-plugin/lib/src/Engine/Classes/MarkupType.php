<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The unit of the markup. */
enum MarkupType: string
{
    /** Percent of Clover's price. */
    case Percentage = 'percentage';

    /** Currency units. */
    case Fixed = 'fixed';
}
