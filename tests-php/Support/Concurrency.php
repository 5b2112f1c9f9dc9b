<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Stock;
use CloverSync\StockState;

/** Processes of all kinds that use one token: a sync, readers, one that refreshes, and sellers. */
final readonly class Concurrency
{
    public const PROCESSES = 8;

    /** Requests of each process: more than may be in flight. */
    private const ITEMS = 8;

    /**
     * @param \Closure(): Services $shop    Creates it in each process, with its own connection
     * @param list<string>     $tracked From {@see items()}
     */
    public function __construct(
        private \Closure $shop,
        private array $tracked,
    ) {
    }

    /** @return list<string> Tracked items for all processes */
    public static function items(Simulator $clover): array
    {
        $counted = array_filter($clover->state()['stock'], static fn (int|float|null $count): bool => $count !== null);

        return \array_slice(array_map(strval(...), array_keys($counted)), 0, self::PROCESSES * self::ITEMS);
    }

    /** @return list<Child<int>> Each returns how much it has done */
    public function run(float $seconds): array
    {
        return Child::together(self::PROCESSES, function (Child $self, int $i) use ($seconds): int {
            $shop = ($this->shop)();
            $self->pause();

            for ($done = 0, $end = microtime(true) + $seconds; microtime(true) < $end;) {
                $done += $this->work($shop, $i, $end);
            }

            return $done;
        });
    }

    /** @return int Amount of work */
    private function work(Services $shop, int $i, float $end): int
    {
        switch ($i) {
            case 0:
                $shop->runner()->run(new TimeBudget($end - microtime(true)));

                return 1;
            case 1:
            case 2:
                $pages = 0;

                foreach ((new Catalog($shop->connection, 'USD'))->pages() as $page) {
                    $pages += \count($page->itemIds()) > 0 ? 1 : 0;

                    if (microtime(true) >= $end) {
                        break;
                    }
                }

                return $pages;
            case 5:
                $shop->connection->refresh();

                return $shop->connection->merchant()->currency === 'USD' ? 1 : 0;
            default:
                return $this->sell($shop->connection, $i);
        }
    }

    /** @return int Number of changed counts: one read, then the writes in parallel */
    public function sell(Connection $connection, int $i): int
    {
        $stock   = new Stock($connection);
        $changes = [];

        foreach ($this->of($i, self::ITEMS) as $key => $id) {
            $changes[] = ['key' => $key, 'clover_id' => $id, 'delta' => 1];
        }

        $batch = $stock->prepare($changes);
        $ready = array_column(
            array_filter($batch->rows(), static fn (array $row): bool => $row['state'] === StockState::Ready),
            'key',
        );
        $wrote = $stock->commit($batch, $ready);

        return \count(array_filter($wrote, static fn (array $row): bool => $row['state'] === StockState::Confirmed));
    }

    /** @return list<string> Items that no other process writes */
    private function of(int $i, int $count): array
    {
        return \array_slice($this->tracked, $i * self::ITEMS, $count);
    }
}
