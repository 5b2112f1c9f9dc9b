<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;

/** A database that breaks before the n-th write; it counts those that it has carried out. */
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
