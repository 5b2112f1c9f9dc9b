<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;

/** A database that reports each statement after its execution and before the caller continues. */
final class HeardSql extends WrappedSql
{
    /** @param \Closure(string, list<scalar|null>): void $heard Receives statement and values, or "transaction" */
    public function __construct(
        Sql $inner,
        private readonly \Closure $heard,
    ) {
        parent::__construct($inner);
    }

    public function fetchAll(string $query, array $values = []): array
    {
        return $this->record($query, $values, $this->inner->fetchAll($query, $values));
    }

    public function fetchOne(string $query, array $values = []): ?array
    {
        return $this->record($query, $values, $this->inner->fetchOne($query, $values));
    }

    public function fetchValue(string $query, array $values = []): int|float|string|null
    {
        return $this->record($query, $values, $this->inner->fetchValue($query, $values));
    }

    public function fetchColumn(string $query, array $values = []): array
    {
        return $this->record($query, $values, $this->inner->fetchColumn($query, $values));
    }

    public function execute(string $query, array $values = []): int
    {
        return $this->record($query, $values, $this->inner->execute($query, $values));
    }

    public function transaction(callable $work): mixed
    {
        return $this->record('transaction', [], $this->inner->transaction($work));
    }

    /**
     * mixed: the type is T, that of the answer.
     *
     * @template T
     *
     * @param list<scalar|null> $values
     * @param T                 $answer
     *
     * @return T
     */
    private function record(string $query, array $values, mixed $answer): mixed
    {
        ($this->heard)($query, $values);

        return $answer;
    }
}
