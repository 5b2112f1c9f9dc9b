<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Database\Dialect;

final class NamesOnMariaDbTest extends NamesTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
