<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Exception\ShopException;

/** One phase of a sync run. Each step that it commits can be the last of a slice: the next slice resumes there. */
interface SyncPhase
{
    /**
     * Continues the phase at the cursor of the run's row.
     *
     * @return bool Whether the run continues with the next phase; false ends the slice, or the run
     *
     * @throws ShopException
     * @throws CloverException
     */
    public function run(SyncSlice $slice, SyncRunRow $run): bool;
}
