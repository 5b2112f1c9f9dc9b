<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The cause of a row of the stock ledger. */
enum LedgerCause: string
{
    /** The order's lines take units. */
    case Order = 'order';

    /** The order was canceled, refunded or deleted. */
    case Release = 'release';

    /** The owner returned units by hand, for a refund that does not name lines. */
    case Manual = 'hand';
}
