<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * The memory that a sync of 10,000 and of 50,000 items adds to a process with the extension loaded and the shop side
 * compiled.
 */
final class MemoryBenchmark implements Benchmark
{
    private const LIMIT = 64.0;

    /** The maximum ratio of the large catalog's peak to the small one's that counts as flat. */
    private const FLAT = 1.25;

    /** @param list<int> $sizes The smaller and the larger */
    public function __construct(
        private readonly array $sizes,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $peaks = [];

        foreach ($this->sizes as $items) {
            $workspace = new Workspace($items);

            foreach (['imported', 'unchanged'] as $how) {
                $run                 = ImportBenchmark::done($workspace->sync(), $how, $items);
                $peaks[$how][$items] = ($run['peak_kib'] - $run['idle_kib']) / 1024;
                $measurements->add("memory_{$how}_$items", $run);
            }

            unset($workspace);
        }

        [$small, $large] = $this->sizes;

        foreach (['imported' => 'first import', 'unchanged' => 'unchanged run'] as $how => $name) {
            $peak = $peaks[$how];
            yield Row::atMost(
                'memory over idle, ' . $name . ' of ' . number_format($large) . ' items',
                $peak[$large],
                self::LIMIT,
                'MiB',
            );
            yield new Row(
                '  against ' . number_format($small) . ' items',
                \sprintf('%.2f × (%.1f MiB)', $peak[$large] / $peak[$small], $peak[$small]),
                'flat: ≤ ' . self::FLAT . ' ×',
                $peak[$large] <= (self::FLAT * $peak[$small]),
                $peak[$large] / $peak[$small],
            );
        }
    }
}
