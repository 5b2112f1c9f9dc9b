<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** The two databases that every query supports. */
enum Dialect: string
{
    case MySql  = 'mysql';
    case Sqlite = 'sqlite';

    /**
     * The database server's clock in milliseconds since 1970: the one clock that all web nodes share. It does not use
     * the session's time zone, in which an hour occurs twice when daylight saving time ends.
     */
    public function milliseconds(): string
    {
        return $this === self::MySql
            ? "TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(3)) DIV 1000"
            : "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
    }

    /**
     * Ends a SELECT whose rows must not change before the transaction ends. SQLite needs nothing: its transactions
     * start as writers, and there is only one writer.
     */
    public function lockRows(): string
    {
        return $this === self::MySql ? ' FOR UPDATE' : '';
    }
}
