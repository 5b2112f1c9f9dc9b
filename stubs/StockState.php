<?php

declare(strict_types=1);

namespace CloverSync;

/** How one count stands, or what became of its change. */
enum StockState: string
{
    /** Of prepare: it was read and may be written. */
    case Ready = 'ready';

    /** Of prepare: Clover does not count the item, and a count must not be made by a sale. */
    case Untracked = 'untracked';

    /** Clover has no such item. */
    case Gone = 'gone';

    /** Clover does not take it. */
    case Refused = 'refused';

    /** Refused for want of the permission that the outcome names. */
    case Permission = 'permission';

    /** Nothing was changed: try again after retry_after. */
    case Later = 'later';

    /** Of commit: the write did not get its turn in time and was not sent, so prepare it anew. */
    case Late = 'late';

    /** Clover holds the target. */
    case Confirmed = 'confirmed';

    /** Of commit: no answer, so settle it when 35 seconds and the ready row's window have passed. */
    case Unknown = 'unknown';

    /** Of settle: the write was not carried out, so it may be prepared anew. */
    case Again = 'again';

    /** Of settle: the count was changed elsewhere as well; before is the count now. */
    case Uncertain = 'uncertain';
}
