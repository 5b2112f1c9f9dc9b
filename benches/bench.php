<?php

/**
 * Runs what design section 8 promises, and more, on this machine: prints one table, and writes it with every single
 * measurement to target/bench/results.json.
 *
 * BENCH=import,unchanged runs a choice; BENCH_ITEMS=1000 with smaller catalogues than those promised, to try the bench
 * itself.
 */

declare(strict_types=1);

use CloverSync\Bench\Suite;

require __DIR__ . '/autoload.php';

exit((new Suite((string) getenv('BENCH'), (int) getenv('BENCH_ITEMS')))->run());
