<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** State of a sync run, as stored in the column `status`. */
enum RunStatus: string
{
    /** Running, or interrupted and to be resumed. */
    case Running = 'running';
    case Done    = 'done';
    case Failed  = 'failed';
    /** Stopped until the owner confirms that many items were deleted. */
    case NeedsConfirmation = 'needs_confirmation';
    /** Another run has replaced it. */
    case Superseded = 'superseded';
}
