<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

/** The owner's decision about a row that is uncertain or dead. */
enum Resolution: string
{
    /** Clover has it. */
    case Applied = 'applied';

    /** Clover does not have it: send it. */
    case NotApplied = 'not_applied';

    /** It is left as it is. */
    case Leave = 'leave';
}
