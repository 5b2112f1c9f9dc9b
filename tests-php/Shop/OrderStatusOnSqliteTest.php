<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Dialect;

final class OrderStatusOnSqliteTest extends OrderStatusTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::Sqlite;
    }
}
