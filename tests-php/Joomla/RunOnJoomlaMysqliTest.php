<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\RunTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class RunOnJoomlaMysqliTest extends RunTestCase
{
    use OverJoomla;
}
