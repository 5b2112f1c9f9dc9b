<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\DeadlockRetry;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Refusals;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use Joomla\Database\DatabaseInterface;
use Joomla\Database\ParameterType;
use Joomla\Database\QueryInterface;

/** {@see Sql} over Joomla's own connection. */
final class JoomlaSql implements Sql
{
    private bool $open = false;

    public function __construct(
        private readonly DatabaseInterface $db,
        private readonly Clock $clock = new SystemClock(),
    ) {
    }

    public function fetchAll(string $query, array $values = []): array
    {
        /** @var ?list<array<string, int|float|string|null>> $rows */
        $rows = $this->prepare($query, $values)->loadAssocList();

        return $rows ?? [];
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
        return array_map(
            static fn (array $row): int|float|string|null => array_values($row)[0],
            $this->fetchAll($query, $values),
        );
    }

    public function execute(string $query, array $values = []): int
    {
        $db = $this->prepare($query, $values);
        $db->execute();

        return (int) $db->getAffectedRows();
    }

    public function executeEach(string $query, iterable $lists): void
    {
        $prepared = null;

        foreach ($lists as $values) {
            if ($prepared === null) {
                $prepared = $this->db->createQuery()->setQuery($query);
                self::bind($prepared, $values);
                // Joomla prepares a statement here, and only here.
                $this->db->setQuery($prepared);
            } else {
                self::bind($prepared, $values);
            }

            $this->db->execute();
        }
    }

    // mixed: the type is that of what the callable returns.
    public function transaction(callable $work): mixed
    {
        if ($this->open) {
            throw new \LogicException('A transaction is already open.');
        }

        return DeadlockRetry::run(fn () => $this->once($work), self::isPassing(...), $this->clock);
    }

    // mixed: the type is that of what the callable returns.
    public function savepoint(callable $work): mixed
    {
        return Refusals::guard(
            $work,
            fn (string $statement) => $this->db->setQuery($statement)->execute(),
            $this->errorNumber(...),
            Dialect::MySql,
        );
    }

    public function errorNumber(\Throwable $e): int
    {
        return self::numbers($e)[0] ?? 0;
    }

    public function inTransaction(): bool
    {
        return $this->open;
    }

    public function dialect(): Dialect
    {
        return Dialect::MySql;
    }

    // mixed: the type is that of what the callable returns.
    private function once(callable $work): mixed
    {
        $this->db->transactionStart();
        $this->open = true;

        try {
            $result = $work();
            $this->db->transactionCommit();

            return $result;
        } catch (\Throwable $e) {
            try {
                $this->db->transactionRollback();
            } catch (\RuntimeException) {
                // A deadlock has already rolled back, and a lost server has nothing left to roll back.
            }

            throw $e;
        } finally {
            $this->open = false;
        }
    }

    /** @param list<scalar|null> $values */
    private function prepare(string $query, array $values): DatabaseInterface
    {
        $prepared = $this->db->createQuery()->setQuery($query);
        self::bind($prepared, $values);

        return $this->db->setQuery($prepared);
    }

    /** @param list<scalar|null> $values */
    private static function bind(QueryInterface $query, array $values): void
    {
        foreach ($values as $i => $value) {
            // bind() keeps a reference, so each needs a variable of its own.
            $values[$i] = \is_bool($value) ? (int) $value : $value;
            $query->bind($i + 1, $values[$i], match (true) {
                $value === null => ParameterType::NULL,
                \is_int($value) || \is_bool($value) => ParameterType::INTEGER,
                default => ParameterType::STRING,
            });
        }
    }

    private static function isPassing(\Throwable $e): bool
    {
        return array_intersect(self::numbers($e), DeadlockRetry::MYSQL) !== [];
    }

    /**
     * The server's number of an error and of each error behind it.
     *
     * Joomla's mysqli driver has the server's number as the code of its exception. Its PDO driver has it only in the
     * message, which is the statement's errorInfo() joined by commas, and drops PDO's own exception; that one comes
     * from the beginning and the end of a transaction.
     *
     * @return list<int>
     */
    private static function numbers(\Throwable $e): array
    {
        $numbers = [];

        $m = [];

        for ($cause = $e; $cause !== null; $cause = $cause->getPrevious()) {
            $numbers[] = (int) match (true) {
                $cause instanceof \PDOException => $cause->errorInfo[1] ?? 0,
                preg_match('/^[0-9A-Z]{5}, (\d+), /', $cause->getMessage(), $m) === 1 => $m[1],
                default => $cause->getCode(),
            };
        }

        return $numbers;
    }
}
