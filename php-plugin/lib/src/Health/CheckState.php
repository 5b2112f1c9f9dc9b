<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

/** The result of a check. */
enum CheckState: string
{
    case Green = 'green';

    /** Works, and may need the owner. */
    case Yellow = 'yellow';

    /** Something does not work until it is repaired. */
    case Red = 'red';
}
