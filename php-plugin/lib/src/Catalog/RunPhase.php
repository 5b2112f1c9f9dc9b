<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** Phase of a sync run, as stored in the column `phase`; in this order. */
enum RunPhase: string
{
    case Prepare = 'prepare';
    case Items   = 'items';
    case Groups  = 'groups';
    case Deletes = 'deletes';
    case Finish  = 'finish';
}
