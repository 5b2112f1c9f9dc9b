<?php

declare(strict_types=1);

namespace CloverSync;

/** What became of the print of an order. */
enum PrintState: string
{
    /** Clover has it, and it is not printed yet. */
    case Accepted = 'accepted';

    /** It is printed. */
    case Printed = 'printed';

    /** Clover did not answer, so it may be printed. */
    case Unknown = 'unknown';

    /** Certainly not done: repeat it after {@see PrintOutcome::$retryAfter}. */
    case Later = 'later';

    /** Clover rejects it, or the printer failed. */
    case Refused = 'refused';
}
