<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The state of a count, or the outcome of its change. */
enum StockState: string
{
    /** Of prepare: the count was read and may be written. */
    case Ready = 'ready';

    /** Of prepare: Clover does not track the item's stock, and a sale must not create a count. */
    case Untracked = 'untracked';

    /** The item does not exist in Clover. */
    case Gone = 'gone';

    /** Clover rejects it. */
    case Refused = 'refused';

    /** The permission that the outcome names is missing. */
    case Permission = 'permission';

    /** Nothing was changed: try again after retry_after. */
    case Later = 'later';

    /** Of commit: the write got no permit in time and was not sent: prepare it again. */
    case Late = 'late';

    /** Clover has the target count. */
    case Confirmed = 'confirmed';

    /** Of commit: no response: settle it when 35 seconds and the ready row's window have passed. */
    case Unknown = 'unknown';

    /** Of settle: the write was not carried out and may be prepared again. */
    case Again = 'again';

    /** Of settle: the count was changed elsewhere as well; before is the current count. */
    case Uncertain = 'uncertain';
}
