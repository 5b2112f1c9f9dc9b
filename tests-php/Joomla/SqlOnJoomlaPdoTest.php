<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\SqlTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class SqlOnJoomlaPdoTest extends SqlTestCase
{
    use OverJoomla;

    protected static function driver(): string
    {
        return 'mysql';
    }
}
