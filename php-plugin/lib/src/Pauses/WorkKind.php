<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Kinds of work with Clover. Each is paused for itself. */
enum WorkKind: string
{
    /** Writing the counts of sold and returned units. */
    case Stock = 'stock';
    /** Creating web orders. */
    case Orders = 'orders';
    /** Recording payments of web orders that are in Clover. */
    case Payments = 'payments';
    /** Reading items, counts and what webhooks announce. */
    case Catalog = 'catalog';

    /** Type of the entities in the Sync Log. */
    public function entity(): string
    {
        return match ($this) {
            self::Stock => 'stock',
            self::Catalog => 'item',
            self::Orders, self::Payments => 'order',
        };
    }

    /** For the Sync Log and the command line. */
    public function words(): Message
    {
        return match ($this) {
            self::Stock => new Message(MessageCode::WorkStock),
            self::Orders => new Message(MessageCode::WorkOrders),
            self::Payments => new Message(MessageCode::WorkPayments),
            self::Catalog => new Message(MessageCode::WorkCatalog),
        };
    }
}
