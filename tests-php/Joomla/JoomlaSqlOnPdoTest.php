<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

final class JoomlaSqlOnPdoTest extends JoomlaSqlTestCase
{
    protected static function driver(): string
    {
        return 'mysql';
    }
}
