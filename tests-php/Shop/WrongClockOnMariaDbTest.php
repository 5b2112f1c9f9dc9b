<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Dialect;

final class WrongClockOnMariaDbTest extends WrongClockTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
