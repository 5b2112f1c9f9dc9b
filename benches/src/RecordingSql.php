<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Database\Sql;
use CloverSync\Tests\Support\WrappedSql;

/** A database that remembers each kind of statement, with the longest list of values that it was run with. */
final class RecordingSql extends WrappedSql
{
    /**
     * @var array<string, array{query: string, values: list<scalar|null>, times: int}> By the statement with its lists
     *   cut short
     */
    public array $statements = [];

    public function __construct(Sql $inner)
    {
        parent::__construct($inner);
    }

    public function fetchAll(string $query, array $values = []): array
    {
        $this->note($query, $values);

        return $this->inner->fetchAll($query, $values);
    }

    public function fetchOne(string $query, array $values = []): ?array
    {
        $this->note($query, $values);

        return $this->inner->fetchOne($query, $values);
    }

    public function fetchValue(string $query, array $values = []): int|float|string|null
    {
        $this->note($query, $values);

        return $this->inner->fetchValue($query, $values);
    }

    public function fetchColumn(string $query, array $values = []): array
    {
        $this->note($query, $values);

        return $this->inner->fetchColumn($query, $values);
    }

    public function execute(string $query, array $values = []): int
    {
        $this->note($query, $values);

        return $this->inner->execute($query, $values);
    }

    /** @param list<scalar|null> $values */
    private function note(string $query, array $values): void
    {
        $short = trim((string) preg_replace(
            ['/\s+/', '/\?(?:, \?)+/', '/(?: WHEN \? THEN \?)+/', '/\(\?(?:, …)?\)(?:, \(\?(?:, …)?\))+/'],
            [' ', '?, …', ' WHEN …', '(?), …'],
            $query,
        ));
        $known                    = $this->statements[$short] ?? null;
        $this->statements[$short] = [
            'query'  => $known === null || \count($values) >= \count($known['values']) ? $query : $known['query'],
            'values' => $known === null || \count($values) >= \count($known['values']) ? $values : $known['values'],
            'times'  => ($known['times'] ?? 0) + 1,
        ];
    }
}
