<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

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
    public function words(): string
    {
        return match ($this) {
            self::Stock => 'Sending stock changes to Clover',
            self::Orders => 'Sending orders to Clover',
            self::Payments => 'Recording payments in Clover',
            self::Catalog => 'Reading products and stock from Clover',
        };
    }
}
