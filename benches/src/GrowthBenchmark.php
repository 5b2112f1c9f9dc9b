<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * What a first import and an unchanged run cost with the size of the catalog. Memory is what a sync adds to a process
 * with the extension loaded and the shop side compiled.
 *
 * @phpstan-import-type SyncRun from Workspace
 */
final class GrowthBenchmark
{
    private const NAMES = ['imported' => 'first import', 'unchanged' => 'unchanged run'];

    /** MiB */
    private const MEMORY = 32.0;

    /** The maximum ratio of the highest peak of memory to the lowest one that counts as flat. */
    private const FLAT = 1.25;

    /**
     * The maximum ratio of the highest cost of an item to that in a catalog of {@see FROM}. Smaller catalogs are left
     * out, because the fixed cost of a run is higher there than the cost of the items.
     */
    private const LINEAR = 1.1;

    private const FROM = 10_000;

    public static function memory(Report $report, int $small, int $large): void
    {
        $runs = [];

        foreach ([$small, $large] as $items) {
            $runs[$items] = self::runs($report, 'memory', $items);
        }

        foreach (self::NAMES as $how => $name) {
            $more = $runs[$large][$how]['mib'];
            $less = $runs[$small][$how]['mib'];
            $report->atMost(
                "memory over idle, $name of " . number_format($large) . ' items',
                $more,
                self::MEMORY,
                'MiB',
            );
            $report->ratio(
                '  against ' . number_format($small) . ' items',
                $more / $less,
                self::FLAT,
                'flat: ',
                \sprintf(' (%.1f MiB)', $less),
            );
        }
    }

    /** @param list<int> $sizes From a small shop to one that is larger than most */
    public static function growth(Report $report, array $sizes): void
    {
        $each  = [];
        $peaks = [];
        $from  = min(self::FROM, max([0, ...$sizes]));

        foreach ($sizes as $items) {
            foreach (self::runs($report, 'growth', $items) as $how => $run) {
                $cost = $run['seconds'] / $items;
                $report->row(
                    number_format($items) . ' items, ' . self::NAMES[$how],
                    \sprintf(
                        '%.2f s, %.0f µs an item, %.1f MiB, %d requests',
                        $run['seconds'],
                        1e6 * $cost,
                        $run['mib'],
                        $run['result']['requests'],
                    ),
                    value: $run['seconds'],
                );

                if ($items >= $from) {
                    $each[$how][]  = $cost;
                    $peaks[$how][] = $run['mib'];
                }
            }
        }

        foreach (self::NAMES as $how => $name) {
            $report->ratio(
                "$name: dearest item, against an item of " . number_format($from),
                max($each[$how]) / $each[$how][0],
                self::LINEAR,
                'linear: ',
            );
            $report->ratio(
                "$name: highest peak of memory against lowest",
                max($peaks[$how]) / min($peaks[$how]),
                self::FLAT,
                'flat: ',
            );
        }
    }

    /** @return array{imported: SyncRun, unchanged: SyncRun} In a shop of its own */
    private static function runs(Report $report, string $benchmark, int $items): array
    {
        $shop = new Workspace($items);
        $runs = ['imported' => $shop->sync('imported'), 'unchanged' => $shop->sync('unchanged')];

        foreach ($runs as $how => $run) {
            $report->measured("{$benchmark}_{$how}_$items", $run);
        }

        return $runs;
    }
}
