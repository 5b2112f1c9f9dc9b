<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\RefusedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Recognizes database errors caused by a statement's rows, not by the database, its tables or its connection. */
final readonly class Refusals
{
    private const MYSQL = [
        1022,
        1048,
        1062,
        1118,
        1153,
        1216,
        1217,
        1264,
        1265,
        1292,
        1300,
        1364,
        1365,
        1366,
        1367,
        1406,
        1411,
        1451,
        1452,
        1557,
        1586,
        1644,
        1690,
        3140,
        3819,
        3988,
        4025,
    ];

    /** Too big, constraint, mismatch. A trigger's RAISE counts as a constraint. */
    private const SQLITE = [18, 19, 20];

    /**
     * Runs work in a savepoint of the open transaction.
     *
     * mixed: the type is T, which the callable determines; what `$execute` returns is not used.
     *
     * @template T
     *
     * @param callable(): T             $work
     * @param callable(string): mixed   $execute A statement without values
     * @param callable(\Throwable): int $number  Returns the server's error number; 0 for another error
     *
     * @return T
     *
     * @throws RefusedException when rows were refused; the work is then rolled back
     */
    public static function guard(callable $work, callable $execute, callable $number, Dialect $dialect): mixed
    {
        $execute('SAVEPOINT cloversync');

        try {
            $result = $work();
        } catch (\Throwable $e) {
            $rows = $dialect === Dialect::MySql ? self::MYSQL : self::SQLITE;

            if (
                !\in_array($number($e), $rows, true)
                && !$e instanceof \UnexpectedValueException
                && !$e instanceof RefusedException
            ) {
                throw $e;
            }

            $execute('ROLLBACK TO SAVEPOINT cloversync');

            throw new RefusedException(new Message(MessageCode::DatabaseRefused, [], $e->getMessage()), $e);
        }

        $execute('RELEASE SAVEPOINT cloversync');

        return $result;
    }
}
