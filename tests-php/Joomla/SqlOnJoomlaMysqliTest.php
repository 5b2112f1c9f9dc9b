<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\SqlTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class SqlOnJoomlaMysqliTest extends SqlTestCase
{
    use OverJoomla;
}
