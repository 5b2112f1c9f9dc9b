<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;

/** Repeats work that failed for a temporary reason: a deadlock, or a lock wait that timed out. */
final readonly class DeadlockRetry
{
    /**
     * MySQL's numbers of these reasons. MariaDB from 11.6.2 on adds a third: a row that another transaction has changed
     * since this one's snapshot cannot be locked (innodb_snapshot_isolation).
     */
    public const MYSQL = [1020, 1205, 1213];

    /** Work that fails this often has another problem. */
    private const MAX_TRIES = 8;

    /**
     * mixed: the type is T, which the callable determines.
     *
     * @template T
     *
     * @param callable(): T                $work
     * @param callable(\Throwable): bool $isPassing
     *
     * @return T
     */
    public static function run(callable $work, callable $isPassing, Clock $clock): mixed
    {
        $try = 1;

        while (true) {
            try {
                return $work();
            } catch (\Throwable $e) {
                if ($try >= self::MAX_TRIES || !$isPassing($e)) {
                    throw $e;
                }
            }

            $clock->sleep((Platform::random(5, 25) * (2 ** $try)) / 1000);
            $try++;
        }
    }
}
