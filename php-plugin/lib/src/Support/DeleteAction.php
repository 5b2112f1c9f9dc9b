<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** What happens to a product whose item was deleted in Clover. */
enum DeleteAction: string
{
    case Unpublish = 'unpublish';
    case Trash     = 'trash';
    case Ignore    = 'ignore';
}
