<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** Time and memory of a first import and of an unchanged run, from a small shop to one that is larger than most. */
final class GrowthBenchmark implements Benchmark
{
    private const PLOT = __DIR__ . '/../../docs/growth.svg';

    /**
     * The maximum ratio of the highest to the lowest cost of an item. Small catalogs are left out, because the fixed
     * cost of a run is higher there than the cost of the items.
     */
    private const LINEAR = 1.5;

    private const FROM = 10_000;

    private const FLAT = 1.25;

    /** @param list<int> $sizes */
    public function __construct(
        private readonly array $sizes,
        private readonly bool $plot,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $seconds = [];
        $peaks   = [];

        foreach ($this->sizes as $items) {
            $workspace = new Workspace($items);

            foreach (['imported' => 'first import', 'unchanged' => 'unchanged run'] as $how => $name) {
                $workspace->rest();
                $run                    = ImportBenchmark::done($workspace->sync(), $how, $items);
                $seconds[$name][$items] = $run['seconds'];
                $peaks[$name][$items]   = ($run['peak_kib'] - $run['idle_kib']) / 1024;
                $measurements->add("growth_{$how}_$items", $run);
                yield new Row(
                    number_format($items) . " items, $name",
                    \sprintf(
                        '%.2f s, %.0f µs an item, %.1f MiB, %d requests',
                        $run['seconds'],
                        (1e6 * $run['seconds']) / $items,
                        $peaks[$name][$items],
                        $run['result']['requests'],
                    ),
                    value: $run['seconds'],
                );
            }

            unset($workspace);
        }

        foreach (array_keys($seconds) as $name) {
            $large = array_filter(
                $seconds[$name],
                static fn (int $items): bool => $items >= self::FROM,
                ARRAY_FILTER_USE_KEY,
            ) ?: $seconds[$name];
            $each  = array_map(static fn (float $s, int $items): float => $s / $items, $large, array_keys($large));
            $steep = max($each) / min($each);
            yield new Row(
                "$name: dearest item against cheapest, from " . number_format((int) array_key_first($large)) . ' items',
                \sprintf('%.2f ×', $steep),
                'linear: ≤ ' . self::LINEAR . ' ×',
                $steep <= self::LINEAR,
                $steep,
            );
            $large = array_intersect_key($peaks[$name], $large);
            $flat  = max($large) / min($large);
            yield new Row(
                "$name: highest peak of memory against lowest",
                \sprintf('%.2f ×', $flat),
                'flat: ≤ ' . self::FLAT . ' ×',
                $flat <= self::FLAT,
                $flat,
            );
        }

        if ($this->plot) {
            file_put_contents(self::PLOT, Plot::of($seconds, $peaks));
        }
    }
}
