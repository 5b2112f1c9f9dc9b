<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * A thousand web sales of distinct items. The floor is what Clover's 16 requests a second allow.
 *
 * @phpstan-import-type WorkRun from Workspace
 */
final class StockBenchmark
{
    private const ORDER = 179_540_797_553;
    private const LIMIT = 80.0;

    /** For each change, with the groups of reads that precede the writes. */
    private const REQUESTS = 1.2;

    /** Without pushed orders, which are further requests. */
    private const SETTINGS = ['sync_sale' => false];

    public static function run(Report $report, int $changes): void
    {
        $workspace = new Workspace(2 * $changes);
        $workspace->job('sync');
        $before = $workspace->clover->state()['stock'];
        $sold   = \array_slice(
            array_filter($before, static fn (int|float|null $n): bool => $n !== null),
            0,
            $changes,
            true,
        );
        $shop = $workspace->shop(settings: self::SETTINGS);
        $workspace->sell($shop, self::ORDER, array_map(strval(...), array_keys($sold)));
        $mark = $workspace->clover->mark();
        /** @var WorkRun $run */
        $run = $workspace->job('work', settings: self::SETTINGS);
        $report->measured('stock', $run);
        $after = $workspace->clover->state()['stock'];
        $calls = $workspace->clover->requests($mark);
        $lost  = 0;
        $more  = 0;

        foreach ($before as $id => $count) {
            $now   = $after[$id] ?? null;
            $taken = (int) round(($count ?? 0) - ($now ?? 0));
            $lost  += (int) (isset($sold[$id]) && $taken < 1);
            $more  += (int) (isset($sold[$id]) ? $taken > 1 : $now !== $count);
        }

        $report->atMost(
            number_format($changes) . ' web stock changes on distinct items',
            $run['seconds'],
            self::LIMIT,
            's',
            1,
            \sprintf(' (floor %.1f, %d requests)', \count($calls) / 16, \count($calls)),
        );
        $report->ratio('  requests for a change', \count($calls) / $changes, self::REQUESTS);
        $report->exactly('  confirmed', $run['result']['confirmed'], $changes);
        $report->exactly('  lost', $lost, 0);
        $report->exactly('  doubled, or taken from another item', $more, 0);
        $report->exactly('  answers of 429', Workspace::refused($calls), 0);
    }
}
