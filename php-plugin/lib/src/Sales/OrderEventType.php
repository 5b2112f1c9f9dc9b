<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** What happened to an order of the shop. */
enum OrderEventType: string
{
    case Status = 'status';

    /** A gateway refunded the whole order. */
    case Refund = 'refund';

    /** A gateway refunded part of the order. */
    case PartRefund = 'part';

    case Edit = 'edit';

    /** {@see OrderReconciler} found a change that no event announced. */
    case Scan = 'scan';
}
