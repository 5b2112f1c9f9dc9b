<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What a product is in Clover. */
enum ProductKind: string
{
    /** One item: a simple product. */
    case Item = 'item';

    /** An item group: a variable product. */
    case Group = 'group';
}
