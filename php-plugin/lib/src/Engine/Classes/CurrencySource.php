<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The source of a merchant's currency. */
enum CurrencySource: string
{
    /** The merchant's properties. */
    case Properties = 'properties';

    /** An order, because the app may not read the properties. */
    case Order = 'order';
}
