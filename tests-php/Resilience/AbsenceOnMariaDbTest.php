<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Database\Dialect;

final class AbsenceOnMariaDbTest extends AbsenceTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
