<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\RefusedException;

/**
 * The shop's database, with only the methods that the sync needs.
 *
 * Queries name tables with the prefix `#__`, use backticks where a name must be quoted, and bind every value with `?`;
 * no literal contains a question mark. Whole numbers are returned as int or numeric text, decimals as text: {@see Row}
 * reads them.
 */
interface Sql
{
    /**
     * @param list<scalar|null> $values
     *
     * @return list<array<string, int|float|string|null>>
     */
    public function fetchAll(string $query, array $values = []): array;

    /**
     * @param list<scalar|null> $values
     *
     * @return ?array<string, int|float|string|null> Null when there is no row
     */
    public function fetchOne(string $query, array $values = []): ?array;

    /**
     * The first column of the first row; null when there is no row.
     *
     * @param list<scalar|null> $values
     */
    public function fetchValue(string $query, array $values = []): int|float|string|null;

    /**
     * The first column of every row.
     *
     * @param list<scalar|null> $values
     *
     * @return list<int|float|string|null>
     */
    public function fetchColumn(string $query, array $values = []): array;

    /**
     * @param list<scalar|null> $values
     *
     * @return int Rows affected. MySQL counts a row only when one of its values changed, so only guarded updates that
     *   always change something may rely on this number
     */
    public function execute(string $query, array $values = []): int;

    /**
     * Executes one statement with each of several lists of values. The server parses it once.
     *
     * @param iterable<list<scalar|null>> $lists All of one length
     */
    public function executeEach(string $query, iterable $lists): void;

    /**
     * mixed: the type is T, which the callable determines.
     *
     * @template T
     *
     * @param callable(): T $work Restarted after a deadlock or a lock wait that timed out, so it must begin by reading
     *   and must not keep anything from an earlier attempt
     *
     * @return T
     *
     * @throws \LogicException when a transaction is already open
     */
    public function transaction(callable $work): mixed;

    /**
     * Runs part of a transaction, which is rolled back separately when the database refuses its rows. It cannot be
     * nested.
     *
     * mixed: the type is T, which the callable determines.
     *
     * @template T
     *
     * @param callable(): T $work
     *
     * @return T
     *
     * @throws RefusedException when the database refused rows because of their values
     */
    public function savepoint(callable $work): mixed;

    /** The server's number of an error thrown by one of these methods; 0 for any other error. */
    public function errorNumber(\Throwable $e): int;

    public function inTransaction(): bool;

    public function dialect(): Dialect;
}
