<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;

/** A database that passes all calls to another one; subclasses change some of them. */
abstract class WrappedSql implements Sql
{
    public function __construct(
        protected readonly Sql $inner,
    ) {
    }

    public function fetchAll(string $query, array $values = []): array
    {
        return $this->inner->fetchAll($query, $values);
    }

    public function fetchOne(string $query, array $values = []): ?array
    {
        return $this->inner->fetchOne($query, $values);
    }

    public function fetchValue(string $query, array $values = []): int|float|string|null
    {
        return $this->inner->fetchValue($query, $values);
    }

    public function fetchColumn(string $query, array $values = []): array
    {
        return $this->inner->fetchColumn($query, $values);
    }

    public function execute(string $query, array $values = []): int
    {
        return $this->inner->execute($query, $values);
    }

    public function executeEach(string $query, iterable $lists): void
    {
        // Subclasses see each statement.
        foreach ($lists as $values) {
            $this->execute($query, $values);
        }
    }

    public function transaction(callable $work): mixed
    {
        return $this->inner->transaction($work);
    }

    public function savepoint(callable $work): mixed
    {
        return $this->inner->savepoint($work);
    }

    public function errorNumber(\Throwable $e): int
    {
        return $this->inner->errorNumber($e);
    }

    public function inTransaction(): bool
    {
        return $this->inner->inTransaction();
    }

    public function dialect(): Dialect
    {
        return $this->inner->dialect();
    }
}
