<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;

/** Joomla's scheduled tasks of this app. */
final class EnabledTasks
{
    /** @return list<string> */
    public static function titles(Sql $sql): array
    {
        $tasks = "#__scheduler_tasks WHERE type LIKE 'cloversync.%' AND state = 1";

        return array_map(static fn (array $row): string => Row::string(
            $row,
            'title',
        ), $sql->fetchAll("SELECT title FROM $tasks ORDER BY title"));
    }
}
