<?php

declare(strict_types=1);

namespace CloverSync;

/** How one step of {@see Orders} ended. */
enum OrderState: string
{
    /** Of create and fill. */
    case Done = 'done';

    /** A write was not answered: wait, then look. */
    case Unknown = 'unknown';

    /** Of fill: the order was changed in Clover, and nothing more is written. */
    case Differs = 'differs';

    /** Of fill: Clover does not have the order. */
    case Missing = 'missing';

    /** Of pay. */
    case Recorded = 'recorded';

    /** Of pay: the order costs nothing, or shows a payment that is not known to be ours. */
    case Nothing = 'nothing';

    /** Of pay: a permission is missing. */
    case NotGranted = 'not_granted';

    /** Of pay: the merchant has no external payment. */
    case NoTender = 'no_tender';

    /** Not carried out as a whole: the same step again after {@see OrderOutcome::$retryAfter}. */
    case Later = 'later';

    /** Clover rejects it, and would again. */
    case Refused = 'refused';
}
