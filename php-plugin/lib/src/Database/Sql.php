<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\RefusedException;

/**
 * The shop's database, as narrow as the sync needs it.
 *
 * Queries name tables with the prefix `#__`, quote names with backticks where they must, and bind every value with `?`;
 * a question mark never stands inside a literal. Whole numbers come back as int or as numeric text, decimals as
 * text: {@see Row} reads them.
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
     * @return int Rows affected. MySQL counts a row only when a value of it changed, so nothing may hang on this
     *             number but guarded updates that always change something
     */
    public function execute(string $query, array $values = []): int;

    /**
     * @template T
     *
     * @param callable(): T $work Runs again from its start after a deadlock or a lock that was not got in time, so it
     *                            must begin by reading and may keep nothing from an earlier try
     *
     * @return T
     *
     * @throws \LogicException when a transaction is already open
     */
    public function transaction(callable $work): mixed;

    /**
     * Part of a transaction, undone by itself when the database refuses its rows. Not within another one.
     *
     * @template T
     *
     * @param callable(): T $work
     *
     * @return T
     *
     * @throws RefusedException when the database refused rows for what is in them
     */
    public function savepoint(callable $work): mixed;

    /** The server's number of an error that a method of this threw; 0 for any other error. */
    public function errorNumber(\Throwable $e): int;

    public function inTransaction(): bool;

    public function dialect(): Dialect;
}
