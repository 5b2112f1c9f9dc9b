<?php

declare(strict_types=1);

namespace CloverSync;

/** An event of an order that can decide what its units are. */
enum OrderEventKind: string
{
    /** The status changed. */
    case Status = 'status';

    /** A gateway refunded the whole order. J2Commerce keeps its status. */
    case Refunded = 'refund';
}
