<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\SaleState;
use CloverSync\Settings;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;

/**
 * How many units of a count in Clover the shop has already sold, on the web, and not yet taken out of Clover. Negative
 * for units that were given back only in the shop.
 *
 * Call it in the transaction that writes the counts, after they are locked.
 */
final readonly class Committed implements CommittedUnits
{
    public function __construct(
        private ShopOrders $orders,
        private StockLedger $ledger,
        private OrderEventLog $events,
        private Ledger $rules,
        private Settings $settings,
    ) {
    }

    public static function create(
        Sql $sql,
        Links $links,
        KeyValueStore $state,
        Ledger $rules,
        Settings $settings,
        Clock $clock,
    ): self {
        return new self(
            new ShopOrders($sql, $links, $state, $clock),
            new StockLedger($sql, $links, $clock),
            new OrderEventLog($sql, $links->environment, $clock),
            $rules,
            $settings,
        );
    }

    public function of(array $variants, CountTimes $asked): array
    {
        if (!$this->settings->pushStock || $variants === [] || $this->orders->since() === null) {
            return [];
        }

        $times = [];

        foreach (array_keys($variants) as $id) {
            $time = $asked->of((string) $id);

            if ($time !== null) {
                $times[$time][$id] = true;
            }
        }

        $floor = $this->orders->floor();
        $rows  = [];

        foreach ([
            ...$this->ledger->ofItems(array_map(strval(...), array_keys($variants)), $floor),
            ...$this->ledger->ofVariants(array_values($variants), $floor),
        ] as $row) {
            $rows[$row->id] = $row;
        }

        ksort($rows);
        $ofLine = [];

        foreach ($rows as $row) {
            $ofLine["$row->orderId/$row->orderPk/$row->lineId"][] = $row;
        }

        $lines = [
            ...$this->orders->held('variant_id', array_values($variants), $this->settings->refundedStatuses),
            ...$this->orders->held(
                'j2commerce_orderitem_id',
                array_values(array_unique(array_column($rows, 'lineId'))),
                $this->settings->refundedStatuses,
            ),
        ];
        $linked   = array_flip($variants);
        $refunded = $this->refunded(array_values(array_unique(array_column($lines, 'order_id'))));
        $taken    = [];
        $seen     = [];

        foreach ($lines as $line) {
            $key = "{$line['order_id']}/{$line['order_pk']}/{$line['line_id']}";

            if (isset($seen[$key]) || isset($refunded[$line['order_id']])) {
                continue;
            }

            $seen[$key] = true;
            $history    = $ofLine[$key] ?? [];
            // A product that has since been linked to another item still owes its sale to the old one.
            $item =
                LineHistory::lastSale($history, $line['variant_id'])->cloverId ?? $linked[$line['variant_id']] ?? null;

            if ($item !== null) {
                $taken[$item] =
                    ($taken[$item] ?? 0)
                    + max(0, $line['quantity'] - LineHistory::givenByHand($history, strval($item)));
            }
        }

        $forRules = array_map(static fn (CountedRow $row): array => $row->forRules(), array_values($rows));

        $committed = [];

        foreach ($times as $time => $items) {
            $committed += array_intersect_key($this->rules->committed($taken, $forRules, $time), $items);
        }

        return $committed;
    }

    /**
     * Those that a gateway has refunded completely; J2Commerce still holds their stock.
     *
     * @param list<string> $orderIds
     *
     * @return array<array-key, non-empty-list<OrderEventRow>> By order
     */
    private function refunded(array $orderIds): array
    {
        return array_filter(
            $this->events->ofRefunded($orderIds),
            /** @param list<OrderEventRow> $events */
            fn (array $events): bool => (
                $this->rules->saleState($this->settings->paidStatuses[0] ?? 1, OrderEventLog::history($events))
                === SaleState::Released
            ),
        );
    }
}
