<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Database\Dialect;

final class SalesModelOnSqliteTest extends SalesModelTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::Sqlite;
    }

    protected static function histories(): int
    {
        return 480;
    }
}
