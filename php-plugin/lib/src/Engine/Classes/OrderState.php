<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The result of one step of {@see Orders}. */
enum OrderState: string
{
    /** Of create, fill and mark: the step is complete. */
    case Done = 'done';

    /** A write has no response: wait, then read. */
    case Unknown = 'unknown';

    /** Of fill: the order was changed in Clover, and nothing more is written. */
    case Differs = 'differs';

    /** Of fill and mark: the order does not exist in Clover. */
    case Missing = 'missing';

    /** Of mark: the order is paid or locked in Clover, and nothing was written. */
    case Locked = 'locked';

    /** Of pay: the payment is recorded. */
    case Recorded = 'recorded';

    /** Of pay: the order costs nothing, or has a payment that this shop may not have recorded. */
    case Nothing = 'nothing';

    /** Of pay: a permission is missing. */
    case NotGranted = 'not_granted';

    /** Of pay: the merchant has no external payment. */
    case NoTender = 'no_tender';

    /** Certainly not completed: repeat the step after {@see OrderOutcome::$retryAfter}. */
    case Later = 'later';

    /** Clover rejects it and would reject it again. */
    case Refused = 'refused';
}
