<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Database\Dialect;

final class PermissionsOnMariaDbTest extends PermissionsTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
