<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** Why the owner should look at a product before it is sold on the web. */
enum Caution: string
{
    /** Clover's price is 0. */
    case ZeroPrice = 'zero_price';

    /** The price is typed in at the till. */
    case OpenPrice = 'open_price';

    /** The price is for a unit of weight or length. */
    case UnitPrice = 'unit_price';

    /** The price type is not known. */
    case UnknownPrice = 'unknown_price';

    /** A gift card, a deposit or the like: not counted as revenue. */
    case NonRevenue = 'non_revenue';

    /** It may be sold only to adults. */
    case AgeRestricted = 'age_restricted';

    /** The till asks for a choice of modifiers, which the shop does not offer. */
    case RequiredModifiers = 'required_modifiers';

    /** Hidden in Clover. */
    case Hidden = 'hidden';
}
