<?php

declare(strict_types=1);

namespace CloverSync;

/** What is to be done with a row of the stock ledger that is due. */
enum NextStep: string
{
    /** The row is sent. */
    case Send = 'send';

    /** The sale that it reverses is still under way. */
    case Wait = 'wait';

    /** The row is not sent; rows change instead. */
    case Become = 'become';
}
