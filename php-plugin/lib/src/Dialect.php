<?php

declare(strict_types=1);

namespace CloverSync\Shop;

/** The two databases that every query is written for. */
enum Dialect: string
{
    case MySql  = 'mysql';
    case Sqlite = 'sqlite';

    /**
     * Ends a SELECT whose rows must not change before the transaction ends. SQLite needs nothing: its transactions
     * begin as writers, and there is only one writer.
     */
    public function lockRows(): string
    {
        return $this === self::MySql ? ' FOR UPDATE' : '';
    }
}
