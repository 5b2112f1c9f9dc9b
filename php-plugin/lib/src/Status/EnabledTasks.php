<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\UtcTime;

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

    /** @return ?int Unix seconds when the first enabled task of this type is due; null when there is none */
    public static function next(Sql $sql, string $type): ?int
    {
        $next = $sql->fetchValue('SELECT MIN(next_execution) FROM #__scheduler_tasks WHERE type = ? AND state = 1', [
            $type,
        ]);

        return $next === null ? null : UtcTime::unix((string) $next);
    }
}
