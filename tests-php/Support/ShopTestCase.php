<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;
use PHPUnit\Framework\TestCase;

/** Runs each test on the database that the concrete class names. */
abstract class ShopTestCase extends TestCase
{
    protected TestDatabase $db;

    protected Sql $sql;

    abstract protected static function dialect(): Dialect;

    /** @return ?\Closure(TestDatabase): Sql What opens a connection; null = PDO */
    protected static function connector(): ?\Closure
    {
        return null;
    }

    /** @return class-string<\Throwable> What a connection throws when the database refuses a statement */
    protected static function refusal(): string
    {
        return \PDOException::class;
    }

    protected function setUp(): void
    {
        $db = TestDatabase::create(static::dialect(), connector: static::connector());

        if ($db === null) {
            self::markTestSkipped('MariaDB is not installed: run scripts/setup.sh, or set CLOVERSYNC_TEST_DSN.');
        }

        $this->db  = $db;
        $this->sql = $db->connect();
    }

    protected function tearDown(): void
    {
        unset($this->sql);

        if (isset($this->db)) {
            $this->db->drop();
        }
    }

    /**
     * Runs the work in forked processes, each with a connection of its own.
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

        return array_map(static function (int $pid): int {
            pcntl_waitpid($pid, $status);

            return pcntl_wexitstatus($status);
        }, $pids);
    }
}
