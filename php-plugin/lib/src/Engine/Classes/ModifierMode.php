<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What becomes of Clover's modifier groups. */
enum ModifierMode: string
{
    /** The shop does not offer them. */
    case Off = 'off';

    /** Options of the product, with prices. */
    case Options = 'options';
}
