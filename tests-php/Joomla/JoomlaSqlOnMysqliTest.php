<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

final class JoomlaSqlOnMysqliTest extends JoomlaSqlTestCase
{
    protected static function driver(): string
    {
        return 'mysqli';
    }
}
