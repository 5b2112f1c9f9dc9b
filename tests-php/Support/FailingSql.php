<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;

/** A database that fails before the n-th write, and counts the writes that it has executed. */
final class FailingSql extends WrappedSql
{
    public int $writes = 0;

    public function __construct(
        Sql $inner,
        private readonly int $failAt = PHP_INT_MAX,
    ) {
        parent::__construct($inner);
    }

    public function execute(string $query, array $values = []): int
    {
        if ($this->writes === $this->failAt) {
            throw new \LogicException('The power is gone.');
        }

        $this->writes++;

        return $this->inner->execute($query, $values);
    }
}
