<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** The cost of one step of a sync run. */
final readonly class RunCost
{
    public function __construct(
        /** Requests to Clover. */
        public int $requests,
        public float $seconds,
    ) {
    }
}
