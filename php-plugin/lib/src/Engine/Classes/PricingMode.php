<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** How the shop's price is computed from Clover's price. */
enum PricingMode: string
{
    /** Clover's price. */
    case Direct = 'direct';

    /** Clover's price plus the markup. */
    case Markup = 'markup';
}
