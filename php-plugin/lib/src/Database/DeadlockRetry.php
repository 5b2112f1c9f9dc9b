<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;

/** Repeats work that failed for a temporary reason: a deadlock, or a lock wait that timed out. */
final readonly class DeadlockRetry
{
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
