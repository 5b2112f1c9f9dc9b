<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** Why the rules do not send a row of the stock ledger. */
enum LedgerReason: string
{
    /** The product has no link to an item in Clover. */
    case Unlinked = 'unlinked';

    /** Push Stock on Sale is off. */
    case PushOff = 'push_off';

    /** The sale that it reverses never reached Clover. */
    case NeverTaken = 'never_taken';

    /** The sale was canceled before it was sent. */
    case Moot = 'moot';

    /** A newer row replaced it. */
    case Replaced = 'replaced';

    /** It is unknown whether the previous sale reached Clover. */
    case AfterUncertain = 'after_uncertain';

    /** The owner has decided it. */
    case Owner = 'owner';
}
