<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What happens to a product whose item was deleted in Clover. */
enum DeleteAction: string
{
    /** It is unpublished, and published again when the item exists again. */
    case Unpublish = 'unpublish';

    /** It is trashed, and restored when the item exists again. */
    case Trash = 'trash';

    /** It is not changed. */
    case Ignore = 'ignore';
}
