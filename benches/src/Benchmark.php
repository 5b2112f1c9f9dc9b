<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** A benchmark that can be run separately. */
interface Benchmark
{
    /** @return iterable<Row> The results, as soon as they are known */
    public function run(Measurements $measurements): iterable;
}
