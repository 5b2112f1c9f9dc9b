<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * Parsing, mapping and comparing unchanged pages in the extension against plain PHP, and a whole import by each.
 *
 * @phpstan-import-type SyncRun from Workspace
 */
final class MappingBenchmark implements Benchmark
{
    private const ITEMS   = 10_000;
    private const TARGET  = 4.0;
    private const IMPORTS = 3;

    public function __construct(
        private readonly int $items = self::ITEMS,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        // Before the measurement, both must return the same results, also for unusual items.
        $compared = self::compare('sandbox', 60) + self::compare('synthetic:3000', 3000);
        $measurements->add('mapping_compared', $compared);

        $workspace = new Workspace($this->items, 'off', 0);
        ImportBenchmark::done($workspace->sync(), 'imported', $this->items);
        /**
         * @var array{all: array{list<float>, list<float>}, pages: array{list<float>, list<float>},
         *   groups: array{list<float>, list<float>}} $found
         */
        $found = $workspace->job('mapping', self::keys($workspace), ['-d', 'memory_limit=1G']);
        $measurements->add('mapping', $found);
        $items = number_format($this->items);

        foreach ([
            'all'    => "parse, map, compare $items unchanged items: PHP's time / ours",
            'pages'  => '  of it the pages',
            'groups' => '  of it the groups',
        ] as $what => $name) {
            [$ours, $plain] = $found[$what];
            $ratio  = Measure::median($plain) / Measure::median($ours);
            $ratios = array_map(static fn (float $a, float $b): float => $b / $a, $ours, $plain);
            yield new Row(
                $name,
                \sprintf(
                    '%.2f × (%.2f to %.2f); %.1f and %.1f ms',
                    $ratio,
                    min($ratios),
                    max($ratios),
                    1000 * Measure::median($plain),
                    1000 * Measure::median($ours),
                ),
                $what === 'all' ? '≥ 4 ×' : '',
                $what === 'all' ? $ratio >= self::TARGET : null,
                $ratio,
            );
        }

        unset($workspace);
        yield from $this->imports($measurements);
    }

    /** @return iterable<Row> */
    private function imports(Measurements $measurements): iterable
    {
        $times = ['ours' => [], 'plain' => []];

        for ($i = 0; $i < self::IMPORTS; $i++) {
            foreach (($i % 2) === 0 ? ['ours', 'plain'] : ['plain', 'ours'] as $who) {
                $workspace = new Workspace($this->items);
                $workspace->rest();
                /** @var SyncRun $run */
                $run = $who === 'ours'
                    ? $workspace->job('sync')
                    : Workspace::process(
                        [],
                        'plainSync',
                        self::keys($workspace) + ['settings' => $workspace->shop()->settings] + $workspace->address(),
                    );
                $times[$who][] = ImportBenchmark::done($run, 'imported', $this->items);
                unset($workspace);
            }
        }

        $measurements->add('import_pairs', $times);
        $ratios = array_map(
            static fn (array $a, array $b): float => $b['seconds'] / $a['seconds'],
            $times['ours'],
            $times['plain'],
        );
        $seconds = array_map(static fn (array $runs): float => Measure::median(array_column($runs, 'seconds')), $times);
        yield new Row(
            'whole first import by both, same SQL: PHP\'s time / ours',
            \sprintf(
                '%.2f × (%.2f to %.2f); %.1f and %.1f s',
                Measure::median($ratios),
                min($ratios),
                max($ratios),
                $seconds['plain'],
                $seconds['ours'],
            ),
            value: Measure::median($ratios),
        );
        $peaks = array_map(
            static fn (array $runs): float => (
                (Measure::median(array_column($runs, 'peak_kib')) - Measure::median(array_column($runs, 'idle_kib')))
                / 1024
            ),
            $times,
        );
        yield new Row('  its peak over idle: PHP\'s and ours', \sprintf(
            '%.1f and %.1f MiB',
            $peaks['plain'],
            $peaks['ours'],
        ));
    }

    /** @return array<string, int> Number of equal changes, by catalog */
    private static function compare(string $catalog, int $items): array
    {
        $workspace = new Workspace($items, 'off', 0, $catalog);
        $workspace->job('sync');
        /** @var array{changes: int} $found */
        $found = $workspace->job('compareMapping', self::keys($workspace), ['-d', 'memory_limit=1G']);

        return [$catalog => $found['changes']];
    }

    /** @return array<string, string> What the counterpart cannot find out by itself */
    private static function keys(Workspace $workspace): array
    {
        return ['merchant' => $workspace->clover->state()['merchant_id'], 'token' => Jobs::token($workspace)];
    }
}
