<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\RateLimit\PermitTable;

/**
 * First import and unchanged run of 10,000 items.
 *
 * @phpstan-import-type SyncRun from Workspace
 */
final class ImportBenchmark
{
    private const RUNS      = 3;
    private const FIRST     = 1.15;
    private const UNCHANGED = 1.1;
    private const HELPER    = 1.15;

    /** @param bool $imports Whether the imports' own rows are wanted, or only those of unchanged runs */
    public static function run(Report $report, int $items, bool $imports, bool $unchanged): void
    {
        $runs  = ['imported' => [], 'unchanged' => []];
        $least = null;

        for ($i = 0; $i < ($imports ? self::RUNS : 1); $i++) {
            // Each first import starts with an empty shop.
            $shop               = new Workspace($items);
            $runs['imported'][] = $shop->sync('imported');

            for ($j = 0; $unchanged && $j < ($imports ? 1 : self::RUNS); $j++) {
                $runs['unchanged'][] = $shop->sync('unchanged');
            }

            $least ??= self::least($shop);
            unset($shop);
        }

        $report->measured('import', $runs['imported']);
        $report->measured('unchanged', $runs['unchanged']);
        $count = number_format($items);

        if ($imports) {
            $requests = self::most($runs['imported'], 'requests');
            self::seconds($report, "first import of $count items", $runs['imported'], self::FIRST);
            $report->row(
                "requests of a full read of $count items",
                (string) $requests,
                "≤ $least",
                $requests <= $least,
                $requests,
            );
        }

        if ($runs['unchanged'] !== []) {
            self::seconds($report, "unchanged run of $count items", $runs['unchanged'], self::UNCHANGED);
            $report->exactly('product rows written by it', self::most($runs['unchanged'], 'productRows'), 0);
        }
    }

    /** The same two with both engines, in turn. */
    public static function helper(Report $report, int $items): void
    {
        $times = [];

        for ($i = 0; $i < self::RUNS; $i++) {
            foreach (($i % 2) === 0 ? Engine::cases() : array_reverse(Engine::cases()) as $engine) {
                $shop = new Workspace($items);

                foreach (['imported' => 'first import', 'unchanged' => 'unchanged run'] as $how => $name) {
                    $times[$name][$engine->value][] = $shop->sync($how, $engine)['seconds'];
                }

                unset($shop);
            }
        }

        $report->measured('helper', $times);

        foreach ($times as $name => $of) {
            $seconds = array_map(Measure::median(...), $of);
            $report->ratio(
                "$name of " . number_format($items) . ' items by the helper, against the extension',
                $seconds['helper'] / $seconds['extension'],
                self::HELPER,
                more: \sprintf('; %.2f and %.2f s', $seconds['helper'], $seconds['extension']),
            );
        }
    }

    /**
     * Against the time that Clover's limits alone need.
     *
     * @param list<SyncRun> $runs
     */
    private static function seconds(Report $report, string $what, array $runs, float $limit): void
    {
        $seconds = array_column($runs, 'seconds');
        $floor   = (float) ceil(self::most($runs, 'requests') / PermitTable::DOCUMENTED['per_second']);
        $report->ratio(
            $what,
            Measure::median($seconds) / $floor,
            $limit,
            more: \sprintf('; %.2f s%s, floor %.0f s', Measure::median($seconds), Measure::range($seconds), $floor),
        );
    }

    /**
     * @param list<SyncRun>            $runs
     * @param 'requests'|'productRows' $what
     */
    private static function most(array $runs, string $what): int
    {
        return max([
            0,
            ...array_map(static fn (array $run): int => $what === 'requests'
                ? $run['result']['requests']
                : $run['result']['productRows'], $runs),
        ]);
    }

    /** The currency, two views of each page of items until one is not full, and the pages of groups. */
    private static function least(Workspace $shop): int
    {
        $items  = $shop->clover->state()['items'];
        $groups = \count(array_unique(array_column(array_column($items, 'itemGroup'), 'id')));

        return 1 + (2 * (1 + intdiv(\count($items), 1000))) + (int) ceil($groups / 1000);
    }
}
