<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Dialect;

final class InboxOnMariaDbTest extends InboxTestCase
{
    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }
}
