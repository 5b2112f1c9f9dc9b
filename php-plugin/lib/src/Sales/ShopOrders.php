<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/**
 * J2Commerce's orders, read only.
 *
 * Scans are bounded by the primary key: no other column has an index that helps, and `modified_on` does not change when
 * an order is paid (J2Commerce 6.5).
 */
final readonly class ShopOrders
{
    private const ORDERS = '#__j2commerce_orders';
    private const ITEMS  = '#__j2commerce_orderitems';

    /** An order's total in the shop's currency, less what the conversion of a refund may round off. */
    public const TOTAL = 'order_total - 0.005
        / CASE WHEN currency_value > 0 AND currency_value < 1 THEN currency_value ELSE 1 END';

    /** SQLite stores amounts as text, which an addition turns into a number. */
    public const REFUNDED = 'COALESCE(order_refund, 0) + 0';

    private const IS_PAID_BACK = '(' . self::REFUNDED . ' > 0 AND ' . self::REFUNDED . ' >= ' . self::TOTAL . ')';

    /** Scans leave older orders alone. */
    public const DAYS = 90;

    private const FLOOR_STEP = 500;

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private KeyValueStore $state,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * Unix seconds of the first connection to this merchant, null before it. Clover's counts include what was sold
     * earlier.
     */
    public function since(): ?int
    {
        return FirstConnections::since($this->state, $this->links->merchant);
    }

    /** Whether an order was made after the connection: its key or its date says so. */
    public function isAfter(int $pk, int $created): bool
    {
        $since = $this->since();

        return $since !== null && ($created >= $since || $pk > $this->lastKey());
    }

    /** Whether an event came after the connection: its number or its date says so. */
    public function isEventAfter(int $id, int $created): bool
    {
        $since = $this->since();

        return (
            $since !== null
            && ($created >= $since || $id > FirstConnections::lastEvent($this->state, $this->links->merchant))
        );
    }

    /**
     * @param list<string> $orderIds
     *
     * @return list<string> Those that were not made after the connection, or are gone
     */
    public function others(array $orderIds): array
    {
        $after = array_filter(
            $this->bulk->fetch(
                'SELECT order_id, j2commerce_order_id AS pk, created_on FROM '
                . self::ORDERS
                . ' WHERE order_id IN (%s)',
                $orderIds,
            ),
            fn (array $row): bool => $this->isAfter(Row::int($row, 'pk'), self::created($row)),
        );

        return array_values(array_diff($orderIds, array_map(static fn (array $row): string => Row::string(
            $row,
            'order_id',
        ), $after)));
    }

    /** Primary key of the last order before the connection. */
    private function lastKey(): int
    {
        return FirstConnections::lastOrder($this->state, $this->links->merchant);
    }

    /** Primary key of the oldest order that is scanned; beyond every order when nothing is connected. */
    public function floor(): int
    {
        $since = $this->since();

        return $since === null
            ? PHP_INT_MAX
            : (int) ($this->state->get('orders_from:' . $this->links->merchant) ?? $this->firstSince($since));
    }

    /** Moves the floor up past orders that are too old; cheap enough for every run. */
    public function raiseFloor(): void
    {
        $since = $this->since();

        if ($since === null) {
            return;
        }

        $floor = $this->floor();
        $first = $this->lowered($floor);
        $next  = $first;

        do {
            $rows = $this->sql->fetchAll('SELECT j2commerce_order_id AS pk, created_on FROM '
            . self::ORDERS
            . ' WHERE j2commerce_order_id >= ? ORDER BY j2commerce_order_id LIMIT '
            . self::FLOOR_STEP, [$next]);

            foreach ($rows as $row) {
                $next = Row::int($row, 'pk') + 1;
                $old  = $this->isOld($row);

                if ($old === false) {
                    break 2;
                }

                // An order with an impossible date is passed together with the next old one.
                $first = $old ? $next : $first;
            }
        } while (\count($rows) === self::FLOOR_STEP);

        if ($first !== $floor || $this->state->get('orders_from:' . $this->links->merchant) === null) {
            $this->state->set('orders_from:' . $this->links->merchant, (string) $first);
        }
    }

    /** The floor, lowered where a clock that was ahead or a counter that was set back had raised it too far. */
    private function lowered(int $floor): int
    {
        do {
            $rows = $this->sql->fetchAll('SELECT j2commerce_order_id AS pk, created_on FROM '
            . self::ORDERS
            . ' WHERE j2commerce_order_id < ? ORDER BY j2commerce_order_id DESC LIMIT '
            . self::FLOOR_STEP, [$floor]);

            foreach ($rows as $row) {
                if ($this->isOld($row) === true) {
                    return $floor;
                }

                $floor = Row::int($row, 'pk');
            }
        } while (\count($rows) === self::FLOOR_STEP);

        return $floor;
    }

    /**
     * @param array<string, int|float|string|null> $row pk and created_on
     *
     * @return ?bool Null when its date is impossible: its key is from after the connection, and its date from before
     */
    private function isOld(array $row): ?bool
    {
        $created = self::created($row);
        $past    = $created < ($this->clock->now() - (self::DAYS * 86_400));

        return match (true) {
            !$this->isAfter(Row::int($row, 'pk'), $created) => true,
            !$past => false,
            $created < (int) $this->since() => null,
            default => true,
        };
    }

    /** The fields of an order that concern stock; null when the order is gone. */
    public function find(string $orderId): ?ShopOrder
    {
        $columns = 'j2commerce_order_id AS pk, order_state_id, created_on, modified_on, orderpayment_type';
        $query   = "SELECT $columns, "
        . self::IS_PAID_BACK
        . ' AS is_paid_back FROM '
        . self::ORDERS
        . ' WHERE order_id = ?';
        $order = $this->sql->fetchOne($query, [$orderId]);

        if ($order === null) {
            return null;
        }

        $lines = [];

        foreach ($this->sql->fetchAll(
            'SELECT i.j2commerce_orderitem_id AS id, i.variant_id, i.orderitem_quantity, i.orderitem_name, m.clover_id
               FROM '
            . self::ITEMS
            . ' i
               LEFT JOIN '
            . Links::TABLE
            . " m ON m.variant_id = i.variant_id AND m.environment = ? AND m.merchant_id = ?
                    AND m.clover_type = 'item' AND m.product_id IS NOT NULL
              WHERE i.order_id = ? AND i.variant_id > 0 ORDER BY i.j2commerce_orderitem_id, m.id",
            [...$this->links->key(), $orderId],
        ) as $row) {
            $lines[Row::int($row, 'id')] ??= ShopOrderLine::fromRow($row);
        }

        return new ShopOrder(
            $orderId,
            Row::int($order, 'pk'),
            Row::int($order, 'order_state_id'),
            self::created($order),
            Row::string($order, 'modified_on'),
            Row::string($order, 'orderpayment_type'),
            Row::int($order, 'is_paid_back') === 1,
            $lines,
        );
    }

    /** @param array<string, int|float|string|null> $row */
    private static function created(array $row): int
    {
        return (int) strtotime(Row::string($row, 'created_on') . ' UTC');
    }

    /**
     * Lines for which the shop's stock is reduced now.
     *
     * @param list<int> $ids      Values of the column of the order's items
     * @param list<int> $statuses Statuses in which J2Commerce keeps the stock and that the owner counts as refunded
     *
     * @return list<array{order_id: string, order_pk: int, line_id: int, variant_id: int, quantity: int}>
     */
    public function held(string $column, array $ids, array $statuses): array
    {
        $since = $this->since();

        if ($since === null || $ids === []) {
            return [];
        }

        $not = $statuses === []
            ? ''
            : ' AND o.order_state_id NOT IN (' . implode(', ', array_map(intval(...), $statuses)) . ')';

        return array_map(
            static fn (array $row): array => [
                'order_id'   => Row::string($row, 'order_id'),
                'order_pk'   => Row::int($row, 'order_pk'),
                'line_id'    => Row::int($row, 'line_id'),
                'variant_id' => Row::int($row, 'variant_id'),
                'quantity'   => max(0, Row::int($row, 'orderitem_quantity')),
            ],
            $this->bulk->fetch(
                'SELECT o.order_id, o.j2commerce_order_id AS order_pk, i.j2commerce_orderitem_id AS line_id,
                    i.variant_id, i.orderitem_quantity
               FROM '
                . self::ORDERS
                . ' o JOIN '
                . self::ITEMS
                . " i ON i.order_id = o.order_id
              WHERE o.j2commerce_order_id >= ? AND o.stock_committed = 1
                AND (o.created_on >= ? OR o.j2commerce_order_id > ?)$not AND i.$column IN (%s)",
                $ids,
                [$this->floor(), UtcTime::sql($since), $this->lastKey()],
            ),
        );
    }

    /**
     * Orders of which Clover may be out of date: paid orders with units that were not taken, released orders with
     * units that were not given back, lines that are gone or sell another product, paid orders that are not planned to
     * appear in Clover, paid orders that are paid back without an event, and orders in Clover that have changed or are
     * released.
     *
     * @param list<int> $paid
     * @param list<int> $released
     *
     * @return list<string>
     */
    public function suspects(array $paid, array $released, int $limit): array
    {
        $floor = $this->floor();
        $since = UtcTime::sql((int) $this->since());
        $after = $this->lastKey();
        $key   = $this->links->key();
        $in    = static fn (array $list): string => $list === []
            ? '(NULL)'
            : '(' . implode(', ', array_map(intval(...), $list)) . ')';
        // The shop's stock still lacks what was given back by hand since the last release: {@see LineHistory}.
        $asked =
            "SELECT l.order_id, l.order_pk, l.line_id,
                    SUM(CASE WHEN l.cause = 'hand' AND NOT EXISTS (SELECT 1 FROM "
            . StockLedger::TABLE
            . " r WHERE r.environment = l.environment AND r.merchant_id = l.merchant_id
                AND r.order_id = l.order_id AND r.order_pk = l.order_pk AND r.line_id = l.line_id
                AND r.cause = 'release' AND r.seq > l.seq) THEN 0 ELSE l.delta END) AS asked
               FROM "
            . StockLedger::TABLE
            . ' l WHERE l.environment = ? AND l.merchant_id = ? AND l.order_pk >= ?
              GROUP BY l.order_id, l.order_pk, l.line_id';

        $orders = $this->sql->fetchColumn(
            'SELECT DISTINCT o.order_id FROM '
            . self::ORDERS
            . ' o
               JOIN '
            . self::ITEMS
            . " i ON i.order_id = o.order_id AND i.variant_id > 0
               LEFT JOIN ($asked) l ON l.order_id = i.order_id AND l.order_pk = o.j2commerce_order_id
                    AND l.line_id = i.j2commerce_orderitem_id
              WHERE o.j2commerce_order_id >= ? AND (o.created_on >= ? OR o.j2commerce_order_id > ?)
                AND o.order_state_id IN "
            . $in($paid)
            . ' AND COALESCE(l.asked, 0) <> CAST(i.orderitem_quantity AS SIGNED)
              LIMIT '
            . $limit,
            [...$key, $floor, $floor, $since, $after],
        );
        $orders = [
            ...$orders,
            ...$this->sql->fetchColumn(
                'SELECT o.order_id FROM '
                . self::ORDERS
                . ' o LEFT JOIN '
                . OrderPushes::TABLE
                . ' p ON p.environment = ? AND p.merchant_id = ? AND p.order_id = o.order_id
                    AND p.order_pk = o.j2commerce_order_id
              WHERE o.j2commerce_order_id >= ? AND (o.created_on >= ? OR o.j2commerce_order_id > ?)
                AND o.order_state_id IN '
                . $in($paid)
                . " AND p.id IS NULL LIMIT $limit",
                [...$key, $floor, $since, $after],
            ),
        ];
        $orders = [
            ...$orders,
            ...$this->sql->fetchColumn(
                'SELECT l.order_id FROM '
                . StockLedger::TABLE
                . ' l LEFT JOIN '
                . self::ORDERS
                . ' o ON o.order_id = l.order_id AND o.j2commerce_order_id = l.order_pk
               LEFT JOIN '
                . self::ITEMS
                . ' i ON i.order_id = o.order_id AND i.j2commerce_orderitem_id = l.line_id
                    AND i.variant_id = l.variant_id
              WHERE l.environment = ? AND l.merchant_id = ? AND l.order_pk >= ?
                AND (o.order_id IS NULL OR i.j2commerce_orderitem_id IS NULL OR o.order_state_id IN '
                . $in($released)
                . ")
              GROUP BY l.order_id, l.order_pk, l.line_id, l.variant_id HAVING SUM(l.delta) <> 0 LIMIT $limit",
                [...$key, $floor],
            ),
        ];

        $orders = [
            ...$orders,
            ...$this->sql->fetchColumn(
                'SELECT o.order_id FROM '
                . self::ORDERS
                . ' o WHERE o.j2commerce_order_id >= ? AND (o.created_on >= ? OR o.j2commerce_order_id > ?)
                AND o.order_state_id IN '
                . $in($paid)
                . ' AND '
                . self::IS_PAID_BACK
                . ' AND NOT EXISTS (SELECT 1 FROM '
                . OrderEventLog::TABLE
                . " e
                    WHERE e.environment = ? AND e.order_id = o.order_id AND e.event IN ('refund', 'edit'))
              LIMIT $limit",
                [
                    $floor,
                    $since,
                    $after,
                    $this->links->environment,
                ],
            ),
        ];

        $inClover =
            ' FROM '
            . OrderPushes::TABLE
            . ' p LEFT JOIN '
            . self::ORDERS
            . " o ON o.order_id = p.order_id AND o.j2commerce_order_id = p.order_pk
              WHERE p.environment = ? AND p.merchant_id = ? AND p.order_pk >= ?
                AND p.state IN ('sent', 'confirmed', 'uncertain')";
        $orders = [
            ...$orders,
            ...$this->sql->fetchColumn(
                "SELECT p.order_id$inClover AND (p.seen IS NULL OR p.seen <> o.modified_on) AND o.order_id IS NOT NULL
                  LIMIT $limit",
                [...$key, $floor],
            ),
            ...$this->sql->fetchColumn("SELECT p.order_id$inClover AND p.wanted NOT IN ('cancelled', 'refunded')
                    AND (o.order_id IS NULL OR o.order_state_id IN "
            . $in($released)
            . ") LIMIT $limit", [...$key, $floor]),
        ];

        return array_values(array_unique(array_map(strval(...), $orders)));
    }

    private function firstSince(int $since): int
    {
        return (int) (
            $this->sql->fetchValue('SELECT MIN(j2commerce_order_id) FROM '
            . self::ORDERS
            . ' WHERE created_on >= ? OR j2commerce_order_id > ?', [UtcTime::sql($since), $this->lastKey()])
            ?? (int) $this->sql->fetchValue('SELECT COALESCE(MAX(j2commerce_order_id), 0) + 1 FROM ' . self::ORDERS)
        );
    }
}
