<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Joomla\JoomlaSql;
use CloverSync\Shop\Support\SystemClock;
use Joomla\Database\Exception\ExecutionFailureException;

/** The database of a test run and its driver. The PHPUnit configuration sets CLOVERSYNC_TEST_DATABASE. */
enum TestConnection: string
{
    case Sqlite       = 'sqlite';
    case MariaDb      = 'mariadb';
    case JoomlaMysqli = 'joomla-mysqli';
    case JoomlaPdo    = 'joomla-pdo';

    public static function configured(): self
    {
        return self::from((string) getenv('CLOVERSYNC_TEST_DATABASE'));
    }

    public function dialect(): Dialect
    {
        return $this === self::Sqlite ? Dialect::Sqlite : Dialect::MySql;
    }

    /** @return ?string The name of Joomla's driver; null = PDO without Joomla */
    public function joomlaDriver(): ?string
    {
        return match ($this) {
            self::JoomlaMysqli => 'mysqli',
            self::JoomlaPdo => 'mysql',
            default => null,
        };
    }

    /** @return ?\Closure(TestDatabase): Sql Opens a connection; null = PDO */
    public function connector(): ?\Closure
    {
        $driver = $this->joomlaDriver();

        return $driver === null
            ? null
            : static fn (TestDatabase $db): JoomlaSql => new JoomlaSql(
                JoomlaSite::database($db, $driver),
                new SystemClock(),
            );
    }

    /** @return class-string<\Throwable> The connection's exception when the database refuses a statement */
    public function refusal(): string
    {
        return $this->joomlaDriver() === null ? \PDOException::class : ExecutionFailureException::class;
    }
}
