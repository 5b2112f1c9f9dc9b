<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** How the shop's prices end, in currencies with two decimals. */
enum PriceEnding: string
{
    /** As they are computed. */
    case None = 'none';

    /** Such as 5.99. */
    case NinetyNine = '0.99';

    /** Such as 5.95. */
    case NinetyFive = '0.95';

    /** Such as 6.00. */
    case Whole = '0.00';

    /** Such as 5.50. */
    case Half = '0.50';
}
