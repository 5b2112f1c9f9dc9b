<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Dialect;

final class SalesOnSqliteTest extends SalesTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::Sqlite;
    }
}
