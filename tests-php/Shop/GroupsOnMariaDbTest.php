<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Dialect;

final class GroupsOnMariaDbTest extends GroupsTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
