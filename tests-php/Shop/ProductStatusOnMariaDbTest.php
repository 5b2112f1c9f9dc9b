<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Dialect;

final class ProductStatusOnMariaDbTest extends ProductStatusTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
