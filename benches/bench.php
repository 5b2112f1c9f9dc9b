<?php

/**
 * Measures the promised figures, and more, on this machine. Prints one table, and writes it with every single
 * measurement to target/bench/results.json. The exit code is 1 when a target was missed.
 *
 * BENCH=import,unchanged runs a selection; BENCH_ITEMS=1000 uses smaller catalogs than promised, to test the
 * benchmarks themselves.
 */

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\MariaDb;

require __DIR__ . '/autoload.php';

const FOLDER = __DIR__ . '/../target/bench';

$wanted = array_filter(array_map(trim(...), explode(',', (string) getenv('BENCH'))));
$has    = static fn (string $name): bool => $wanted === [] || \in_array($name, $wanted, true);
$limit  = (int) getenv('BENCH_ITEMS');
$items  = static fn (int $all): int => $limit > 0 ? min($limit, $all) : $all;
$sizes  = static fn (int ...$all): array => array_values(array_unique(array_map($items, $all)));
$report = new Report();

// The large ones last.
$benchmarks = [
    'import'      => static fn () => ImportBenchmark::run($report, $items(10_000), true, $has('unchanged')),
    'unchanged'   => static fn () => ImportBenchmark::run($report, $items(10_000), false, true),
    'helper'      => static fn () => ImportBenchmark::helper($report, $items(10_000)),
    'memory'      => static fn () => GrowthBenchmark::memory($report, intdiv($items(50_000), 5), $items(50_000)),
    'stock'       => static fn () => StockBenchmark::run($report, $items(1_000)),
    'webhook'     => static fn () => WebhookBenchmark::run($report, $items(1_000)),
    'joomla'      => static fn () => JoomlaBenchmark::run($report),
    'concurrency' => static fn () => ConcurrencyBenchmark::run($report, $limit > 0 ? 20.0 : 60.0),
    'mapping'     => static fn () => MappingBenchmark::run($report, $items(10_000)),
    'loading'     => static fn () => LoadingBenchmark::run($report),
    'queries'     => static fn () => QueriesBenchmark::run($report, $items(10_000), $limit === 0),
    'growth'      => static fn () => GrowthBenchmark::growth($report, $sizes(1_000, 10_000, 50_000, 200_000)),
];

if (($unknown = array_diff($wanted, array_keys($benchmarks))) !== []) {
    fwrite(STDERR, 'BENCH: unknown: ' . implode(', ', $unknown) . "\n");
    fwrite(STDERR, 'known: ' . implode(', ', array_keys($benchmarks)) . "\n");

    exit(2);
}

if ($has('import')) {
    // The unchanged runs are measured after the first imports.
    unset($benchmarks['unchanged']);
}

is_dir(FOLDER) || mkdir(FOLDER, recursive: true);
MariaDb::startDurable((string) realpath(FOLDER)) ?? throw new \RuntimeException(
    'MariaDB is not installed: run scripts/setup.sh.',
);

foreach (array_filter($benchmarks, $has, ARRAY_FILTER_USE_KEY) as $name => $run) {
    fwrite(STDERR, "\n== $name ==\n");

    try {
        $run();
    } catch (\Throwable $e) {
        // The other measurements are still useful.
        $report->row($name, 'failed: ' . $e->getMessage(), '', false);
        fwrite(STDERR, "$e\n");
    }

    $report->write(FOLDER . '/results.json');
}

echo $report->text();

exit($report->isMet() ? 0 : 1);
