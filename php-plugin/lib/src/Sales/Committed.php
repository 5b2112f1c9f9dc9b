<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Ledger;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\ShopSettings;

/**
 * How many units of a count of Clover's are the shop's no more: sold on the web and not yet taken out of Clover.
 * Negative for units that were given back in the shop only.
 *
 * To be asked in the transaction that writes the count, after its counts are locked.
 */
final readonly class Committed
{
    public function __construct(
        private ShopOrders $orders,
        private StockLedger $ledger,
        private OrderEventLog $outbox,
        private Ledger $rules,
        private ShopSettings $settings,
    ) {
    }

    public static function create(
        Sql $sql,
        Links $mappings,
        KeyValueStore $state,
        Ledger $rules,
        ShopSettings $settings,
        Clock $clock,
    ): self {
        return new self(
            new ShopOrders($sql, $mappings, $state, $clock),
            new StockLedger($sql, $mappings, $clock),
            new OrderEventLog($sql, $mappings->environment, $clock),
            $rules,
            $settings,
        );
    }

    /**
     * @param array<string, int> $variants Variant of the shop by Clover id
     * @param int                $asked    When Clover was asked for the counts, as {@see
     *   \CloverSync\Shop\Database\DatabaseClock} has it
     *
     * @return array<string, int> By Clover id, without those that are 0
     */
    public function of(array $variants, int $asked): array
    {
        if (!$this->settings->pushStock || $variants === [] || $this->orders->since() === null) {
            return [];
        }

        $floor = $this->orders->floor();
        $rows  = array_column(
            [
                ...$this->ledger->ofItems(array_map(strval(...), array_keys($variants)), $floor),
                ...$this->ledger->ofVariants(array_values($variants), $floor),
            ],
            null,
            'id',
        );
        $items = self::itemsOfLines($rows);
        $given = self::givenByHand($rows);
        $lines = [
            ...$this->orders->held('variant_id', array_values($variants), $this->settings->refundedStatuses),
            ...$this->orders->held(
                'j2commerce_orderitem_id',
                array_values(array_unique(array_map(static fn (array $row): int => (int) $row['line_id'], $rows))),
                $this->settings->refundedStatuses,
            ),
        ];
        $linked   = array_flip($variants);
        $refunded = array_fill_keys($this->paidBack(), true);
        $taken    = [];
        $seen     = [];

        foreach ($lines as $line) {
            $key = "{$line['order_id']}/{$line['order_pk']}/{$line['line_id']}";

            if (isset($seen[$key]) || isset($refunded[$line['order_id']])) {
                continue;
            }

            $seen[$key] = true;
            // A product that was linked to another item meanwhile still owes its sale to the old one.
            $item = $items["$key/{$line['variant_id']}"] ?? $linked[$line['variant_id']] ?? null;

            if ($item !== null) {
                $taken[$item] = ($taken[$item] ?? 0) + max(0, $line['quantity'] - ($given["$key/$item"] ?? 0));
            }
        }

        return array_intersect_key($this->rules->committed($taken, array_values($rows), $asked), $variants);
    }

    /**
     * @param array<int|string, array<string, mixed>> $rows
     *
     * @return array<string, string> The item that a line was sold as, by order, line and variant
     */
    private static function itemsOfLines(array $rows): array
    {
        ksort($rows);
        $items = [];

        foreach ($rows as $row) {
            if ((int) $row['delta'] > 0 && $row['reverses'] === null) {
                $items["{$row['order_id']}/{$row['order_pk']}/{$row['line_id']}/{$row['variant_id']}"] =
                    (string) $row['clover_id'];
            }
        }

        return $items;
    }

    /**
     * @param array<int|string, array<string, mixed>> $rows
     *
     * @return array<string, int> Units that the owner has given back by hand since the line was last released, by
     *   order, line and item: the shop's books hold them still
     */
    private static function givenByHand(array $rows): array
    {
        ksort($rows);
        $given = [];

        foreach ($rows as $row) {
            $key         = "{$row['order_id']}/{$row['order_pk']}/{$row['line_id']}/{$row['clover_id']}";
            $given[$key] = match ($row['cause']) {
                'release' => 0,
                'hand'    => ($given[$key] ?? 0) - (int) $row['delta'],
                default   => $given[$key] ?? 0,
            };
        }

        return $given;
    }

    /** @return list<string> Orders that a gateway has paid back; J2Commerce goes on holding their stock */
    private function paidBack(): array
    {
        return array_values(array_filter(
            $this->outbox->refunded(),
            fn (string $id): bool => (
                $this->rules->standing(
                    $this->settings->paidStatuses[0] ?? 1,
                    OrderEventLog::told($this->outbox->of($id)),
                ) === 'released'
            ),
        ));
    }
}
