<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Dialect;

final class KilledSaleOnSqliteTest extends KilledSaleTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::Sqlite;
    }
}
