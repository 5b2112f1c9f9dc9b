<?php

declare(strict_types=1);

namespace CloverSync;

/** Why a row of the stock ledger was made. */
enum LedgerCause: string
{
    /** The order's lines ask for it. */
    case Order = 'order';

    /** The order was canceled, refunded or deleted. */
    case Release = 'release';

    /** The owner gave units back by hand, for a refund that names no lines. */
    case Manual = 'hand';
}
