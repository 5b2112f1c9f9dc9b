<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Sql;

/** A database on which something happens once, before the first transaction that a condition selects. */
final class PrecededSql extends WrappedSql
{
    /**
     * @param \Closure(Sql): bool $when
     * @param ?\Closure(): void   $before
     */
    public function __construct(
        Sql $inner,
        private readonly \Closure $when,
        private ?\Closure $before,
    ) {
        parent::__construct($inner);
    }

    public function transaction(callable $work): mixed
    {
        $before = $this->before;

        if ($before !== null && ($this->when)($this->inner)) {
            $this->before = null;
            $before();
        }

        return parent::transaction($work);
    }
}
