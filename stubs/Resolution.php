<?php

declare(strict_types=1);

namespace CloverSync;

/** The owner's decision about a row that is uncertain or dead. */
enum Resolution: string
{
    /** Clover has it. */
    case Applied = 'applied';

    /** Clover does not have it: send it. */
    case NotApplied = 'not_applied';

    /** The owner has set it right: leave it. */
    case Leave = 'leave';
}
