<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;

/** A database whose process is killed at a chosen point: just before or just after a write or a commit. */
final class KillingSql extends WrappedSql
{
    /** @var list<string> The points passed so far, in words */
    public array $points = [];

    private int $transactions = 0;

    /** @param ?int $killAt Position in the points of an uninterrupted run; null = no kill */
    public function __construct(
        Sql $inner,
        private readonly ?int $killAt = null,
    ) {
        parent::__construct($inner);
    }

    public function execute(string $query, array $values = []): int
    {
        $what = ($this->inTransaction() ? "$this->transactions: " : 'alone: ') . self::shape($query);
        $this->point("before $what");
        $affected = $this->inner->execute($query, $values);
        $this->point("after $what");

        return $affected;
    }

    public function transaction(callable $work): mixed
    {
        $this->transactions++;
        $result = $this->inner->transaction(function () use ($work): mixed {
            $result = $work();
            $this->point("before $this->transactions: commit");

            return $result;
        });
        $this->point("after $this->transactions: commit");

        return $result;
    }

    private function point(string $what): void
    {
        if (\count($this->points) === $this->killAt) {
            Child::killMyself();
        }

        $this->points[] = $what;
    }

    /** The statement without the parts that differ between chunks of rows. */
    private static function shape(string $query): string
    {
        return substr(
            (string) preg_replace(
                ['/\s+/', '/\?(, \?)+/', '/\(\?\)(, \(\?\))+/', '/( WHEN \? THEN \?)+/'],
                [' ', '?', '(?)', ' WHEN'],
                $query,
            ),
            0,
            160,
        );
    }
}
