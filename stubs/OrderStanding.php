<?php

declare(strict_types=1);

namespace CloverSync;

/** What became of a web order. Title and note of the order in Clover say it. */
enum OrderStanding: string
{
    /** It is sold, and the money was received. */
    case Paid = 'paid';

    /** It is sold, and the money comes later. */
    case ToPay = 'to_pay';

    /** It was cancelled. */
    case Cancelled = 'cancelled';

    /** Its money was paid back. */
    case Refunded = 'refunded';
}
