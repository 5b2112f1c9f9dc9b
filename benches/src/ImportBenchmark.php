<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/**
 * First import and unchanged run of 10,000 items.
 *
 * @phpstan-import-type SyncRun from Workspace
 */
final class ImportBenchmark implements Benchmark
{
    private const RUNS      = 3;
    private const ITEMS     = 10_000;
    private const FIRST     = 12.0;
    private const UNCHANGED = 5.0;

    /** @param bool $imports Whether the imports' own rows are wanted, or only those of unchanged runs */
    public function __construct(
        private readonly bool $imports,
        private readonly bool $unchanged,
        private readonly int $items = self::ITEMS,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $imports   = [];
        $unchanged = [];
        $least     = null;

        for ($i = 0; $i < ($this->imports ? self::RUNS : 1); $i++) {
            // Each first import starts with an empty shop.
            $shop = new Workspace($this->items);
            $shop->rest();
            $imports[] = self::done($shop->sync(), 'imported', $this->items);

            for ($j = 0; $this->unchanged && $j < ($this->imports ? 1 : self::RUNS); $j++) {
                $shop->rest();
                $unchanged[] = self::done($shop->sync(), 'unchanged', $this->items);
            }

            $least ??= self::least($shop);
            unset($shop);
        }

        $measurements->add('import', $imports);
        $measurements->add('unchanged', $unchanged);
        $items = number_format($this->items);

        if ($this->imports) {
            $seconds  = array_column($imports, 'seconds');
            $requests = max([0, ...array_map(static fn (array $run): int => $run['result']['requests'], $imports)]);
            yield Row::atMost(
                "first import of $items items",
                Measure::median($seconds),
                self::FIRST,
                's',
                2,
                \sprintf(' (%.2f to %.2f)', Measure::percentile($seconds, 0), Measure::percentile($seconds, 1)),
            );
            yield new Row(
                "requests of a full read of $items items",
                "$requests, least $least",
                '≤ ' . floor(1.5 * $least),
                $requests <= (1.5 * $least),
                $requests,
            );
        }

        if ($unchanged !== []) {
            $seconds = array_column($unchanged, 'seconds');
            yield Row::atMost(
                "unchanged run of $items items",
                Measure::median($seconds),
                self::UNCHANGED,
                's',
                2,
                \sprintf(' (%.2f to %.2f)', Measure::percentile($seconds, 0), Measure::percentile($seconds, 1)),
            );
            yield Row::exactly(
                'product rows written by it',
                max([0, ...array_map(static fn (array $run): int => $run['result']['productRows'], $unchanged)]),
                0,
            );
        }
    }

    /**
     * @param SyncRun                $run
     * @param 'imported'|'unchanged' $how
     *
     * @return SyncRun
     */
    public static function done(array $run, string $how, int $items): array
    {
        $result = $run['result'];
        // The items of a group are one product.
        $products = $how === 'imported' ? $result['imported'] : $result['unchanged'];

        if (
            $result['status'] !== 'done'
            || $result['itemsRead'] !== $items
            || $result['failed'] !== 0
            || $result['conflicts'] !== 0
            || $products < ($items / 2)
        ) {
            throw new \RuntimeException(
                "A run did not do what is measured ($how): " . json_encode($result, JSON_THROW_ON_ERROR),
            );
        }

        return $run;
    }

    /**
     * ⌈items/1000⌉ + ⌈stocks/1000⌉ + the pages of each list of groups and attributes.
     */
    private static function least(Workspace $workspace): int
    {
        $state  = $workspace->clover->state();
        $groups = \count(array_unique(array_filter(array_map(
            static fn (array $item): ?string => $item['itemGroup']['id'] ?? null,
            $state['items'],
        ))));
        $stocks = \count(array_filter($state['stock'], static fn (int|float|null $count): bool => $count !== null));
        $pages  = static fn (int $n): int => (int) ceil($n / 1000);

        // Every group of the synthetic catalog has one attribute: two lists. Categories and tags are in the item pages.
        return $pages(\count($state['items'])) + $pages($stocks) + (2 * $pages($groups));
    }
}
