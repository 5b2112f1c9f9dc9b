<?php

declare(strict_types=1);

namespace CloverSync;

/** Why the rules do not send a row of the stock ledger. */
enum LedgerReason: string
{
    /** The product is linked to no item of Clover. */
    case Unlinked = 'unlinked';

    /** Push Stock on Sale is off. */
    case PushOff = 'push_off';

    /** The sale that it reverses never reached Clover. */
    case NeverTaken = 'never_taken';

    /** The sale was canceled before it was sent. */
    case Moot = 'moot';

    /** A newer row took its place. */
    case Replaced = 'replaced';

    /** Whether the sale before it reached Clover is not known. */
    case AfterUncertain = 'after_uncertain';

    /** The owner has settled it. */
    case Owner = 'owner';
}
