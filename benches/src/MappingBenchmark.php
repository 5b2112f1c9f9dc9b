<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Engine\Engine;

/** Parsing, mapping and comparing unchanged pages in the extension against plain PHP, and a whole import by each. */
final class MappingBenchmark
{
    /** Plain PHP's time over ours, at least. */
    private const TARGETS = ['all' => 6.0, 'groups' => 4.0];

    private const IMPORTS = 3;

    /** Both sides hold the whole catalog. */
    private const MEMORY = '1G';

    public static function run(Report $report, int $items): void
    {
        $compared = [];

        // Before the measurement, both must return the same results, also for unusual items.
        foreach (['sandbox' => 60, 'synthetic:3000' => 3000] as $catalog => $size) {
            $workspace = new Workspace($size, false, $catalog);
            $workspace->job('sync');
            $compared[$catalog] = $workspace->job('compareMapping', memory: self::MEMORY);
            unset($workspace);
        }

        $report->measured('mapping_compared', $compared);
        $workspace = new Workspace($items, false);
        $workspace->sync('imported');
        /** @var array<string, array{non-empty-list<float>, non-empty-list<float>}> $found */
        $found = $workspace->job('mapping', memory: self::MEMORY);
        $report->measured('mapping', $found);
        unset($workspace);

        foreach ([
            'all'    => 'parse, map, compare ' . number_format($items) . " unchanged items: PHP's time / ours",
            'pages'  => '  of it the pages',
            'groups' => '  of it the groups',
        ] as $what => $name) {
            [$ours, $plain] = array_map(Measure::median(...), $found[$what]);
            $report->row(
                $name,
                \sprintf('%.2f ×', $plain / $ours) . Measure::range(Measure::ratios(...$found[$what]))
                    . \sprintf('; %.1f and %.1f ms', 1000 * $plain, 1000 * $ours),
                isset(self::TARGETS[$what]) ? \sprintf('≥ %d ×', self::TARGETS[$what]) : '',
                isset(self::TARGETS[$what]) ? $plain >= (self::TARGETS[$what] * $ours) : null,
                $plain / $ours,
            );
        }

        self::imports($report, $items);
    }

    private static function imports(Report $report, int $items): void
    {
        $runs = ['sync' => [], 'plainSync' => []];

        for ($i = 0; $i < self::IMPORTS; $i++) {
            foreach (($i % 2) === 0 ? ['sync', 'plainSync'] : ['plainSync', 'sync'] as $job) {
                $workspace    = new Workspace($items);
                $runs[$job][] = $workspace->sync('imported', $job === 'sync' ? null : Engine::Helper, $job);
                unset($workspace);
            }
        }

        $report->measured('import_pairs', $runs);
        $ours   = array_column($runs['sync'], 'seconds');
        $plain  = array_column($runs['plainSync'], 'seconds');
        $ratios = Measure::ratios($ours, $plain);
        $report->row(
            "whole first import by both, same SQL: PHP's time / ours",
            \sprintf('%.2f ×', Measure::median($ratios)) . Measure::range($ratios)
                . \sprintf('; %.1f and %.1f s', Measure::median($plain), Measure::median($ours)),
            value: Measure::median($ratios),
        );
        $report->row("  its peak over idle: PHP's and ours", \sprintf(
            '%.1f and %.1f MiB',
            Measure::median(array_column($runs['plainSync'], 'mib')),
            Measure::median(array_column($runs['sync'], 'mib')),
        ));
    }
}
