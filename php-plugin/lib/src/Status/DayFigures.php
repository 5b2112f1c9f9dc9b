<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

/** What was exchanged with Clover on one day. */
final readonly class DayFigures
{
    public function __construct(
        /** Such as 2026-12-01, in the time zone of the site. */
        public string $date,
        /** Units that Clover has confirmed, taken and given back. */
        public int $units,
        /** Syncs that were completed; null when runs of that day may have been deleted. */
        public ?int $syncs,
        /** Errors in the Sync Log; null when entries of that day may have been deleted. */
        public ?int $errors,
        /** Stock changes and orders that were not settled at the end of the day; today, those that are not settled. */
        public int $backlog,
    ) {
    }
}
