<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** Why a row of the stock ledger exists. */
enum LedgerCause: string
{
    case Order   = 'order';
    case Release = 'release';

    /** The owner gave units back. */
    case Hand = 'hand';
}
