<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** How far an order event has been processed. */
enum OrderEventState: string
{
    case Pending = 'pending';
    case Done    = 'done';

    /** The order could not be read again and again: the owner decides. */
    case Dead = 'dead';
}
