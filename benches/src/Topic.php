<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** A part of the bench that can be run by itself. */
interface Topic
{
    /** @return iterable<Row> What was measured, as soon as it is known */
    public function run(Raw $raw): iterable;
}
