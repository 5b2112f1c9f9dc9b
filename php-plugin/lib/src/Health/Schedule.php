<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Status\EnabledTasks;
use CloverSync\Shop\Tasks\ScheduledTasks;

/** The app's tasks in Joomla's scheduler. */
final readonly class Schedule
{
    public function __construct(
        /** @var list<string> Titles of the tasks that are enabled */
        public array $enabled,
        /** Unix seconds when one of them last ran; null before the first time. */
        public ?int $lastRun,
        /** Unix seconds when the next full sync is due, or was; null when no task for it is enabled. */
        public ?int $syncDue = null,
    ) {
    }

    /** @param KeyValueStore $site The facts of the whole site, without an environment */
    public static function read(Sql $sql, KeyValueStore $site): self
    {
        $seen = $site->get(ScheduledTasks::SEEN);

        return new self(
            EnabledTasks::titles($sql),
            $seen === null ? null : (int) $seen,
            EnabledTasks::next($sql, 'cloversync.fullSync'),
        );
    }
}
