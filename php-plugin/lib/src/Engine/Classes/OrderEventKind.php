<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The kind of an order event that affects the order's units. */
enum OrderEventKind: string
{
    /** The status changed. */
    case Status = 'status';

    /** A payment gateway refunded the whole order. J2Commerce does not change its status. */
    case Refunded = 'refund';
}
