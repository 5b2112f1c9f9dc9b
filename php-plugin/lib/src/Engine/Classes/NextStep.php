<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The next step of a row of the stock ledger that is due. */
enum NextStep: string
{
    /** The row is sent. */
    case Send = 'send';

    /** The row waits for the sale that it reverses. */
    case Wait = 'wait';

    /** The row is not sent; other changes replace it. */
    case Become = 'become';
}
