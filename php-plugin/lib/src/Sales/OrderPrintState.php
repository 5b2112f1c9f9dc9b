<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** What became of the print of an order at the till's order printer. */
enum OrderPrintState: string
{
    /** It is not to be printed. */
    case None = '';

    /** It is to be printed, and Clover was not asked, or has certainly not done it. */
    case Wanted = 'wanted';

    /** Clover was asked for it. While its id is unknown, the call may still arrive. */
    case Sent = 'sent';

    /** It is printed. */
    case Done = 'done';

    /** It is not printed: Clover refuses it, the printer failed, or it would come too late. */
    case Refused = 'refused';

    /** It may be printed. It is not asked for again, because a kitchen would cook the order twice. */
    case Unknown = 'unknown';
}
