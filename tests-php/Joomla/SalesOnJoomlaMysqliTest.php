<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\SalesTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class SalesOnJoomlaMysqliTest extends SalesTestCase
{
    use OverJoomla;
}
