<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Joomla\JoomlaSql;
use CloverSync\Shop\Support\SystemClock;
use Joomla\Database\Exception\ExecutionFailureException;
use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\BeforeClass;

/** Lets the tests of a shop run over Joomla's own connection. */
trait OverJoomla
{
    /** @return string mysqli or mysql, which is PDO */
    protected static function driver(): string
    {
        return 'mysqli';
    }

    protected static function dialect(): Dialect
    {
        return Dialect::MySql;
    }

    protected static function connector(): \Closure
    {
        return static fn (TestDatabase $db): JoomlaSql => new JoomlaSql(
            JoomlaSite::database($db, static::driver()),
            new SystemClock(),
        );
    }

    protected static function refusal(): string
    {
        return ExecutionFailureException::class;
    }

    #[After]
    protected function disconnectJoomla(): void
    {
        JoomlaSite::disconnect();
    }

    #[BeforeClass]
    public static function bootJoomla(): void
    {
        $lacks = JoomlaSite::lacks();

        if ($lacks !== null) {
            self::markTestSkipped($lacks);
        }

        JoomlaSite::boot();
    }
}
