<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;
use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\BeforeClass;
use PHPUnit\Framework\TestCase;

/** Runs each test on an empty shop of its own, on the database of the PHPUnit configuration. */
abstract class ShopTestCase extends TestCase
{
    protected TestDatabase $db;

    protected Sql $sql;

    protected function setUp(): void
    {
        $connection = TestConnection::configured();
        $db         = TestDatabase::create($connection->dialect(), $connection->connector());

        if ($db === null) {
            self::markTestSkipped('MariaDB is not installed: run scripts/setup.sh, or set CLOVERSYNC_TEST_DSN.');
        }

        $this->db  = $db;
        $this->sql = $db->connect();
    }

    #[BeforeClass]
    public static function bootJoomla(): void
    {
        if (TestConnection::configured()->joomlaDriver() === null) {
            return;
        }

        $lacks = JoomlaSite::lacks();

        if ($lacks !== null) {
            self::markTestSkipped($lacks);
        }

        JoomlaSite::boot();
    }

    #[After]
    protected function disconnectJoomla(): void
    {
        if (TestConnection::configured()->joomlaDriver() !== null) {
            JoomlaSite::disconnect();
        }
    }

    protected function tearDown(): void
    {
        unset($this->sql);

        if (isset($this->db)) {
            $this->db->drop();
        }
    }

    /**
     * The first row, which must be there.
     *
     * @param list<scalar|null> $values
     *
     * @return array<string, int|float|string|null>
     */
    protected function firstRow(string $query, array $values = []): array
    {
        return $this->sql->fetchOne($query, $values) ?? self::fail("$query\nhas no row for " . print_r($values, true));
    }

    /**
     * The first column of every row, as text.
     *
     * @param list<scalar|null> $values
     *
     * @return list<string>
     */
    protected function texts(string $query, array $values = []): array
    {
        return array_map(strval(...), $this->sql->fetchColumn($query, $values));
    }

    /**
     * Runs the work in forked processes, each with its own connection.
     *
     * @param callable(Sql, int): int $work Its result is the exit code, 0 to 255
     *
     * @return list<int>
     */
    protected function inProcesses(int $count, callable $work): array
    {
        $pids = [];

        for ($i = 0; $i < $count; $i++) {
            $pid = pcntl_fork();

            if ($pid === 0) {
                try {
                    $code = $work($this->db->connect(), $i);
                } catch (\Throwable $e) {
                    fwrite(STDERR, $e->getMessage() . "\n");
                    $code = 255;
                }

                // No destructors and no shutdown functions: they belong to the parent.
                pcntl_exec('/bin/sh', ['-c', "exit $code"]);
            }

            $pids[] = $pid;
        }

        return array_map(static fn (int $pid): int => (int) pcntl_wexitstatus(Child::reap($pid)), $pids);
    }
}
