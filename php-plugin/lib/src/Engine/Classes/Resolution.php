<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The owner's decision about a row that is uncertain or dead. */
enum Resolution: string
{
    /** Clover has carried it out. */
    case Applied = 'applied';

    /** Clover has not carried it out: send it. */
    case NotApplied = 'not_applied';

    /** The owner has corrected it: do not send it. */
    case Leave = 'leave';
}
