<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** Clover's environments. A connection, its links and its tokens belong to exactly one. */
enum Environment: string
{
    case Sandbox      = 'sandbox';
    case NorthAmerica = 'na';
    case Europe       = 'eu';
    case LatinAmerica = 'la';
}
