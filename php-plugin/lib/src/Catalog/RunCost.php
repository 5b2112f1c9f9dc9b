<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

/** What a step of a sync run has cost. */
final readonly class RunCost
{
    public function __construct(
        /** Requests to Clover. */
        public int $requests,
        public float $seconds,
    ) {
    }
}
