<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Support\SystemClock;

/** A thousand web sales of distinct items: each is a read and a write, which at 16 requests a second takes 125 s. */
final class StockBenchmark implements Benchmark
{
    private const ORDER = '179540797553';
    private const LIMIT = 160.0;

    public function __construct(
        private readonly int $changes,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $workspace = new Workspace(2 * $this->changes);
        $workspace->job('sync');
        $before = $workspace->clover->state()['stock'];
        $items  = array_keys(\array_slice(
            array_filter($before, static fn (int|float|null $n): bool => $n !== null),
            0,
            $this->changes,
            true,
        ));
        $shop = $workspace->shop($sql = $workspace->db->connect(), ['sync_sale' => false]);
        (new FakeCheckout($sql, $shop->links(), new SystemClock()))->place(self::order($items));
        $shop->orderEvents()->statusChanged(self::ORDER, 5, 1);
        $workspace->rest();
        $mark = $workspace->clover->mark();
        $run  = $workspace->work();
        $measurements->add('stock', $run);
        $after = $workspace->clover->state()['stock'];
        $calls = $workspace->clover->requests($mark);
        $taken = array_map(
            static fn (string $id): int => (int) round(($before[$id] ?? 0) - ($after[$id] ?? 0)),
            array_map(strval(...), $items),
        );
        $moved = \count(array_filter(
            $before,
            static fn (int|float|null $n, int|string $id): bool => (
                !\in_array($id, $items, true)
                && ($after[$id] ?? null) !== $n
            ),
            ARRAY_FILTER_USE_BOTH,
        ));
        $floor = (2 * $this->changes) / 16;
        yield Row::atMost(
            number_format($this->changes) . ' web stock changes on distinct items',
            $run['seconds'],
            self::LIMIT,
            's',
            1,
            \sprintf(' (floor %.1f, %d requests)', $floor, \count($calls)),
        );
        yield Row::exactly('  confirmed', $run['result']['confirmed'], $this->changes);
        yield Row::exactly('  lost', \count(array_filter($taken, static fn (int $n): bool => $n < 1)), 0);
        yield Row::exactly(
            '  doubled, or taken from another item',
            \count(array_filter($taken, static fn (int $n): bool => $n > 1)) + $moved,
            0,
        );
        yield Row::exactly(
            '  answers of 429',
            \count(array_filter($calls, static fn (array $call): bool => $call['status'] === 429)),
            0,
        );
    }

    /** @param list<int|string> $items */
    private static function order(array $items): OrderFile
    {
        return OrderFile::fromJson(json_encode([
            'order_id'           => self::ORDER,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => array_map(
                static fn (int $i, int|string $id): array => [
                    'line_id'    => $i + 1,
                    'clover_id'  => (string) $id,
                    'name'       => "Line $i",
                    'quantity'   => 1,
                    'unit_price' => 100,
                ],
                array_keys($items),
                $items,
            ),
        ], JSON_THROW_ON_ERROR));
    }
}
