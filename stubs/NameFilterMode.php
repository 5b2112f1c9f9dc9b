<?php

declare(strict_types=1);

namespace CloverSync;

/** How a list of names chooses items. */
enum NameFilterMode: string
{
    /** Every item, whatever the list contains. */
    case All = 'all';

    /** Items that have one of the names. */
    case Only = 'only';

    /** Items that have none of the names. */
    case Except = 'except';
}
