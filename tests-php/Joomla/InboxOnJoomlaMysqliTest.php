<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Tests\Shop\InboxTestCase;
use CloverSync\Tests\Support\OverJoomla;

final class InboxOnJoomlaMysqliTest extends InboxTestCase
{
    use OverJoomla;
}
