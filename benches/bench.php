<?php

/**
 * Measures the promised figures, and more, on this machine. Prints one table, and writes it with every single
 * measurement to target/bench/results.json.
 *
 * BENCH=import,unchanged runs a selection; BENCH_ITEMS=1000 uses smaller catalogs than promised, to test the
 * benchmarks themselves.
 */

declare(strict_types=1);

use CloverSync\Bench\Suite;

require __DIR__ . '/autoload.php';

exit((new Suite((string) getenv('BENCH'), (int) getenv('BENCH_ITEMS')))->run());
