<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Stock;

/** Compares the shop's counts with Clover's, item by item, and says why they differ. Writes nothing. */
final readonly class StockDriftReport
{
    /** Seconds: how far back lost sales of the till are searched for, since older orders need many requests. */
    private const WINDOWS = 7 * 86_400;

    private Bulk $bulk;

    private DatabaseClock $database;

    public function __construct(
        Sql $sql,
        private Links $links,
        private Stock $stock,
        private Committed $committed,
        private StockLedger $ledger,
        private Ledger $rules,
        private Clock $clock,
    ) {
        $this->database = new DatabaseClock($sql);
        $this->bulk     = new Bulk($sql);
    }

    /**
     * @param callable(array{clover_id: string, name: string, sku: string, shop: ?int, clover: ?string,
     *   reason: Message}): void $report Called for each item that differs
     *
     * @return array{items: int, differing: int}
     *
     * @throws \CloverSync\Exception\CloverException
     */
    public function run(callable $report): array
    {
        $found = ['items' => 0, 'differing' => 0];
        $lost  = $this->lostSales();
        $after = null;

        do {
            $asked = $this->database->now();
            $page  = $this->stock->counts($after);
            $after = $page->cursor();

            foreach ($this->compare($page->items(), $lost, $asked) as $item) {
                $found['items']++;

                if ($item !== null) {
                    $found['differing']++;
                    $report($item);
                }
            }
        } while ($after !== null);

        return $found;
    }

    /**
     * @param list<array{clover_id: string, count: ?string, whole: ?int}> $items
     * @param array<string, string>                                       $lost  Units that the till sold during our
     *   writes, by Clover id
     *
     * @return iterable<?array{clover_id: string, name: string, sku: string, shop: ?int, clover: ?string, reason:
     *   Message}>
     */
    private function compare(array $items, array $lost, int $asked): iterable
    {
        $shop = [];

        foreach ($this->bulk->fetch(
            'SELECT m.clover_id, m.name, m.variant_id, v.sku, v.manage_stock, q.quantity,
                    h.stock_reserve AS reserve
               FROM '
            . Links::TABLE
            . ' m
               LEFT JOIN '
            . Links::TABLE
            . " h ON h.environment = m.environment AND h.merchant_id = m.merchant_id
                    AND h.clover_id = COALESCE(m.parent_id, m.clover_id)
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
              WHERE m.environment = ? AND m.merchant_id = ? AND m.clover_type = 'item' AND m.product_id IS NOT NULL
                AND m.state <> 'left_out' AND m.clover_id IN (%s)",
            array_column($items, 'clover_id'),
            $this->links->key(),
        ) as $row) {
            $shop[Row::string($row, 'clover_id')] = [
                'variant_id' => Row::int($row, 'variant_id'),
                'name'       => Row::string($row, 'name'),
                'sku'        => Row::string($row, 'sku'),
                'quantity'   => Row::int($row, 'manage_stock') === 1 ? Row::int($row, 'quantity') : null,
                'reserve'    => Row::nullableInt($row, 'reserve'),
            ];
        }

        $committed = $this->committed->of(
            array_map(static fn (array $row): int => $row['variant_id'], $shop),
            new CountTimes($asked),
        );

        foreach ($items as $item) {
            $row = $shop[$item['clover_id']] ?? null;

            if ($row === null) {
                continue;
            }

            $reason = $this->reason(
                $item,
                $row['quantity'],
                $committed[$item['clover_id']] ?? 0,
                $row['reserve'],
                $lost[$item['clover_id']] ?? null,
            );

            yield $reason === null
                ? null
                : [
                    'clover_id' => $item['clover_id'],
                    'name'      => $row['name'],
                    'sku'       => $row['sku'],
                    'shop'      => $row['quantity'],
                    'clover'    => $item['count'],
                    'reason'    => $reason,
                ];
        }
    }

    /**
     * @param array{clover_id: string, count: ?string, whole: ?int} $item
     * @param ?int                                                  $own  The product's own reserve
     */
    private function reason(array $item, ?int $shop, int $units, ?int $own, ?string $lost): ?Message
    {
        $reasons = [];

        if ($item['count'] === null) {
            return $shop === null ? null : new Message(MessageCode::DriftUntracked);
        }

        if ($shop === null) {
            return new Message(MessageCode::DriftTracked);
        }

        if ($units > 0) {
            $reasons[] = new Message(MessageCode::DriftSold, ['count' => $units]);
        } elseif ($units < 0) {
            $reasons[] = new Message(MessageCode::DriftGivenBack, ['count' => -$units]);
        }

        if ($lost !== null) {
            $reasons[] = new Message(MessageCode::DriftOverlap, ['units' => new Number($lost)]);
        }

        $expected = $this->rules->sellable($item['count'], $units, $own);

        if ($shop !== $expected) {
            $reasons[] = new Message(MessageCode::DriftStale, ['shop' => $shop, 'expected' => $expected]);
        } elseif ($reasons === [] && (int) $item['whole'] < 0) {
            $reasons[] = new Message(MessageCode::DriftBelowZero);
        } elseif ($reasons === [] && (string) $item['whole'] !== $item['count']) {
            $reasons[] = new Message(MessageCode::DriftFraction);
        }

        if ($reasons === []) {
            // Nothing differs but the reserve, if there is one: as the owner wants it.
            return null;
        }

        $kept = $this->rules->reserve($own);

        return Message::together(
            $kept > 0 ? [new Message(MessageCode::DriftReserve, ['count' => $kept]), ...$reasons] : $reasons,
        );
    }

    /** @return array<string, string> */
    private function lostSales(): array
    {
        $writes = $this->ledger->writes($this->clock->now() - self::WINDOWS);

        return $writes === [] ? [] : array_column($this->stock->soldWithin($writes), 'units', 'clover_id');
    }
}
