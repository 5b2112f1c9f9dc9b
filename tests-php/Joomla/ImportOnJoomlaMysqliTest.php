<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\ImportTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class ImportOnJoomlaMysqliTest extends ImportTestCase
{
    use OverJoomla;
}
