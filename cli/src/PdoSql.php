<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Database\DeadlockRetry;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Refusals;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;

\defined('_JEXEC') or die();

/** {@see Sql} over PDO: MariaDB or MySQL, and SQLite. */
final class PdoSql implements Sql
{
    /** A sync repeats a few statements; a prepared statement on the server is not worthwhile for the others. */
    private const MAX_STATEMENTS = 64;

    private const SQLITE_BUSY   = 5;
    private const SQLITE_LOCKED = 6;

    private bool $open = false;

    /** @var array<string, \PDOStatement> */
    private array $statements = [];

    private function __construct(
        private readonly \PDO $pdo,
        private readonly Dialect $dialect,
        private readonly string $prefix,
        private readonly Clock $clock,
    ) {
    }

    /**
     * @param string $dsn "sqlite:<file>" or "mysql:…"
     *
     * @throws \PDOException             when the database cannot be opened
     * @throws \InvalidArgumentException when the DSN has another scheme
     */
    public static function connect(
        string $dsn,
        ?string $user = null,
        #[\SensitiveParameter]
        ?string $password = null,
        string $prefix = 'jos_',
        Clock $clock = new SystemClock(),
    ): self {
        $dialect = match (true) {
            str_starts_with($dsn, 'sqlite:') => Dialect::Sqlite,
            str_starts_with($dsn, 'mysql:')  => Dialect::MySql,
            default                          => throw new \InvalidArgumentException(
                'The DSN must begin with "sqlite:" or "mysql:".',
            ),
        };

        if ($dialect === Dialect::MySql && !str_contains($dsn, 'charset=')) {
            $dsn .= ';charset=utf8mb4';
        }

        $pdo = new \PDO($dsn, $user, $password, [
            \PDO::ATTR_ERRMODE            => \PDO::ERRMODE_EXCEPTION,
            \PDO::ATTR_DEFAULT_FETCH_MODE => \PDO::FETCH_ASSOC,
            \PDO::ATTR_EMULATE_PREPARES   => false,
        ]);

        if ($dialect === Dialect::MySql) {
            $pdo->exec(
                "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,"
                . "ONLY_FULL_GROUP_BY', time_zone = '+00:00'",
            );
        } else {
            $pdo->exec('PRAGMA busy_timeout = 15000');
            // Changing to WAL fails at once, whatever the busy timeout, while another process does the same.
            DeadlockRetry::run(static fn () => $pdo->exec('PRAGMA journal_mode = WAL'), self::isPassing(...), $clock);
            $pdo->exec('PRAGMA synchronous = FULL');
        }

        return new self($pdo, $dialect, $prefix, $clock);
    }

    public function fetchAll(string $query, array $values = []): array
    {
        $statement = $this->run($query, $values);
        /** @var list<array<string, int|float|string|null>> $rows */
        $rows = $statement->fetchAll();
        $statement->closeCursor();

        return $rows;
    }

    public function fetchOne(string $query, array $values = []): ?array
    {
        return $this->fetchAll($query, $values)[0] ?? null;
    }

    public function fetchValue(string $query, array $values = []): int|float|string|null
    {
        $row = $this->fetchOne($query, $values);

        return array_values($row ?? [])[0] ?? null;
    }

    public function fetchColumn(string $query, array $values = []): array
    {
        $statement = $this->run($query, $values);
        /** @var list<int|float|string|null> $column */
        $column = $statement->fetchAll(\PDO::FETCH_COLUMN);
        $statement->closeCursor();

        return $column;
    }

    public function execute(string $query, array $values = []): int
    {
        $statement = $this->run($query, $values);
        $affected  = $statement->rowCount();
        $statement->closeCursor();

        return $affected;
    }

    public function executeEach(string $query, iterable $lists): void
    {
        foreach ($lists as $values) {
            $this->execute($query, $values);
        }
    }

    public function transaction(callable $work): mixed
    {
        if ($this->open) {
            throw new \LogicException('A transaction is already open.');
        }

        return DeadlockRetry::run(
            function () use ($work): mixed {
                try {
                    $this->begin();
                    $result = $work();
                    $this->end('COMMIT');

                    return $result;
                } catch (\Throwable $e) {
                    $this->abandon();

                    throw $e;
                }
            },
            self::isPassing(...),
            $this->clock,
        );
    }

    public function savepoint(callable $work): mixed
    {
        return Refusals::guard($work, $this->pdo->exec(...), $this->errorNumber(...), $this->dialect);
    }

    public function errorNumber(\Throwable $e): int
    {
        return self::number($e);
    }

    public function inTransaction(): bool
    {
        return $this->open;
    }

    public function dialect(): Dialect
    {
        return $this->dialect;
    }

    private function begin(): void
    {
        // IMMEDIATE: a SQLite transaction that began as a reader cannot wait for the write lock; it fails.
        $this->pdo->exec($this->dialect === Dialect::Sqlite ? 'BEGIN IMMEDIATE' : 'START TRANSACTION');
        $this->open = true;
    }

    private function end(string $how): void
    {
        $this->pdo->exec($how);
        $this->open = false;
    }

    private function abandon(): void
    {
        if (!$this->open) {
            return;
        }

        try {
            $this->end('ROLLBACK');
        } catch (\PDOException) {
            // After a deadlock the transaction is already rolled back, and a lost server has nothing to roll back.
            $this->open = false;
        }
    }

    /** @param list<scalar|null> $values */
    private function run(string $query, array $values): \PDOStatement
    {
        $statement = $this->statements[$query] ?? null;

        if ($statement === null) {
            // Only without ERRMODE_EXCEPTION is it false.
            $statement = $this->pdo->prepare(str_replace('#__', $this->prefix, $query))
            ?: throw new \LogicException('PDO reports errors as exceptions.');

            if (\count($this->statements) >= self::MAX_STATEMENTS) {
                array_shift($this->statements);
            }
        }

        // The one that was not used for longest is the first.
        unset($this->statements[$query]);
        $this->statements[$query] = $statement;

        foreach ($values as $i => $value) {
            $statement->bindValue($i + 1, \is_bool($value) ? (int) $value : $value, match (true) {
                $value === null => \PDO::PARAM_NULL,
                \is_int($value) || \is_bool($value) => \PDO::PARAM_INT,
                default => \PDO::PARAM_STR,
            });
        }

        try {
            $statement->execute();
        } catch (\PDOException $e) {
            // SQLite accepts no new values for a statement that failed.
            unset($this->statements[$query]);

            throw $e;
        }

        return $statement;
    }

    private static function isPassing(\Throwable $e): bool
    {
        return \in_array(self::number($e), [...DeadlockRetry::MYSQL, self::SQLITE_BUSY, self::SQLITE_LOCKED], true);
    }

    /** The database's number of an error; 0 for any other error. */
    private static function number(\Throwable $e): int
    {
        return $e instanceof \PDOException ? (int) ($e->errorInfo[1] ?? 0) : 0;
    }
}
