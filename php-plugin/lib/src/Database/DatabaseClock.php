<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/**
 * The database server's clock, in milliseconds. The clocks of web nodes may differ, and the order of two events, such
 * as a request for a count and a sale, must not depend on which node handled them.
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
