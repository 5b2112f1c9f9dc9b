<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Services;

/** The place where commands run: a shop of the command line, or a Joomla site. */
interface Host
{
    /** @throws \Throwable when an engine, a setting or the database is missing */
    public function shop(): Services;

    /** The shop with a default category, where the settings name none and the place may choose one. */
    public function withDefaultCategory(Services $shop): Services;

    /** Call it after rows of products were written. */
    public function productsChanged(Services $shop): void;

    /** Call it after {@see shop()}, which may have failed. Never throws. */
    public function facts(): Facts;
}
