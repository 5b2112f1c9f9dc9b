<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;

/** Runs work again that a database refused for a reason that passes: a deadlock, or a lock that was not got in time. */
final readonly class DeadlockRetry
{
    /** What loses this often meets a fault of another kind. */
    private const MAX_TRIES = 8;

    /**
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
