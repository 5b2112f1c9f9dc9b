<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

/** State of a link, as the column `state` has it. */
enum LinkState: string
{
    case Synced  = 'synced';
    case Pending = 'pending';
    case Error   = 'error';
    /** The item was deleted in Clover. */
    case Deleted = 'deleted';
    /** The shop already had a product with the SKU. */
    case Conflict = 'conflict';
}
