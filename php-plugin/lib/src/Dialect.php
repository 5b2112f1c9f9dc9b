<?php

declare(strict_types=1);

namespace CloverSync\Shop;

/** The two databases that every query is written for. */
enum Dialect: string
{
    case MySql  = 'mysql';
    case Sqlite = 'sqlite';

    /** The database server's clock in milliseconds since 1970: the one clock that all web nodes share. */
    public function milliseconds(): string
    {
        return $this === self::MySql
            ? 'CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)'
            : "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
    }

    /**
     * Ends a SELECT whose rows must not change before the transaction ends. SQLite needs nothing: its transactions
     * begin as writers, and there is only one writer.
     */
    public function lockRows(): string
    {
        return $this === self::MySql ? ' FOR UPDATE' : '';
    }
}
