<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\MariaDb;

/** Runs all benchmarks, the large ones last. */
final class Suite
{
    private const FOLDER = __DIR__ . '/../../target/bench';

    private readonly Table $table;

    private readonly Measurements $measurements;

    public function __construct(
        private readonly string $chosen,
        private readonly int $items,
    ) {
        $this->table        = new Table();
        $this->measurements = new Measurements();
    }

    /** @return int Exit code: 1 when a target was missed */
    public function run(): int
    {
        is_dir(self::FOLDER) || mkdir(self::FOLDER, recursive: true);
        MariaDb::startDurable((string) realpath(self::FOLDER)) ?? throw new \RuntimeException(
            'MariaDB is not installed: run scripts/setup.sh.',
        );
        $began = microtime(true);
        $facts = [];

        foreach ($this->benchmarks() as $name => $benchmark) {
            fwrite(STDERR, "\n== $name ==\n");

            try {
                foreach ($benchmark->run($this->measurements) as $row) {
                    $this->table->add($row);
                }
            } catch (\Throwable $e) {
                // The other measurements are still useful.
                $this->table->add(new Row($name, 'failed: ' . $e->getMessage(), '', false));
                fwrite(STDERR, "$e\n");
            }

            $this->write(
                $facts = Machine::facts() + ['seed' => Workspace::SEED, 'seconds' => round(microtime(true) - $began)],
            );
        }

        echo "\n", $this->table->text(), "\n", Machine::text($facts), "\n";

        return array_filter($this->table->rows, static fn (Row $row): bool => $row->met === false) === [] ? 0 : 1;
    }

    /** @return array<string, Benchmark> */
    private function benchmarks(): array
    {
        $wanted = array_values(array_filter(array_map(trim(...), explode(',', $this->chosen))));
        $items  = fn (int $all): int => $this->items > 0 ? min($this->items, $all) : $all;
        $has    = static fn (string $name): bool => $wanted === [] || \in_array($name, $wanted, true);
        $all    = [
            'import'      => static fn (): Benchmark => new ImportBenchmark(true, $has('unchanged'), $items(10_000)),
            'unchanged'   => static fn (): Benchmark => new ImportBenchmark(false, true, $items(10_000)),
            'memory'      => static fn (): Benchmark => new MemoryBenchmark([
                intdiv($items(50_000), 5),
                $items(50_000),
            ]),
            'stock'       => static fn (): Benchmark => new StockBenchmark($items(1_000)),
            'webhook'     => static fn (): Benchmark => new WebhookBenchmark($items(1_000)),
            'joomla'      => static fn (): Benchmark => new JoomlaBenchmark(),
            'concurrency' => fn (): Benchmark => new ConcurrencyBenchmark($this->items > 0 ? 20.0 : 60.0),
            'mapping'     => static fn (): Benchmark => new MappingBenchmark($items(10_000)),
            'loading'     => static fn (): Benchmark => new LoadingBenchmark(),
            'queries'     => fn (): Benchmark => new QueriesBenchmark($items(10_000), $this->items === 0),
            'growth'      => fn (): Benchmark => new GrowthBenchmark(
                array_values(array_unique(array_map($items, [1_000, 10_000, 50_000, 200_000]))),
                $this->items === 0,
            ),
        ];

        if (($unknown = array_diff($wanted, array_keys($all))) !== []) {
            throw new \InvalidArgumentException(
                'BENCH: unknown benchmarks '
                . implode(', ', $unknown)
                . '; available: '
                . implode(', ', array_keys($all))
                . '.',
            );
        }

        $chosen = array_filter($all, $has, ARRAY_FILTER_USE_KEY);

        // The unchanged runs are measured after the first imports.
        if (isset($chosen['import'])) {
            unset($chosen['unchanged']);
        }

        $topics = [];

        foreach ($chosen as $name => $benchmark) {
            $topics[$name] = $benchmark();
        }

        return $topics;
    }

    /** @param array<string, mixed> $facts */
    private function write(array $facts): void
    {
        file_put_contents(
            self::FOLDER . '/results.json',
            json_encode(
                [
                    'rows'    => array_map(get_object_vars(...), $this->table->rows),
                    'machine' => $facts,
                    'raw'     => $this->measurements->values,
                ],
                JSON_THROW_ON_ERROR
                | JSON_PRETTY_PRINT
                | JSON_UNESCAPED_UNICODE
                | JSON_UNESCAPED_SLASHES
                | JSON_PRESERVE_ZERO_FRACTION,
            )
                . "\n",
        );
    }
}
