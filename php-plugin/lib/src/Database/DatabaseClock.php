<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/**
 * The database server's clock, in milliseconds. Web nodes may disagree on the time; whether a count was asked for
 * before or after a sale was written into it must not depend on which of them did what.
 */
final readonly class DatabaseClock
{
    public function __construct(
        private Sql $sql,
    ) {
    }

    public function now(): int
    {
        return (int) $this->sql->fetchValue('SELECT ' . $this->sql->dialect()->milliseconds());
    }
}
