<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** What an order's status and events say of its units, as {@see \CloverSync\Ledger::saleState()} decides it. */
enum SaleState: string
{
    case Paid      = 'paid';
    case Released  = 'released';
    case Unchanged = 'unchanged';
}
