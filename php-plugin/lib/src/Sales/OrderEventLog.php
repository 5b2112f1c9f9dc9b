<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\OrderEventKind;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;

/** Order events recorded by the shop hooks, and which are unprocessed. */
final readonly class OrderEventLog
{
    public const TABLE = '#__j2commerce_clover_outbox';

    /** Failed tries after which the owner decides. */
    private const MAX_TRIES = 3;

    /** Seconds between two tries. */
    private const LONGEST_WAIT = 300;

    /** Longer than {@see ShopOrders::DAYS}, in which orders are scanned. */
    private const KEPT_DAYS = 120;

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private string $environment,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** @return list<string> Orders with unprocessed events, those that wait longest first */
    public function due(int $limit): array
    {
        return array_map(strval(...), $this->sql->fetchColumn(
            'SELECT order_id FROM '
            . self::TABLE
            . " WHERE environment = ? AND state = 'pending' AND next_try <= ?
              GROUP BY order_id ORDER BY MIN(id) LIMIT $limit",
            [$this->environment, $this->clock->now()],
        ));
    }

    /** @return list<string> Orders with unprocessed events, due or not, those that wait longest first */
    public function pending(int $limit): array
    {
        return array_map(strval(...), $this->sql->fetchColumn(
            'SELECT order_id FROM '
            . self::TABLE
            . " WHERE environment = ? AND state = 'pending' GROUP BY order_id ORDER BY MIN(id) LIMIT $limit",
            [$this->environment],
        ));
    }

    /** @return list<OrderEventRow> All events of an order, oldest first */
    public function of(string $orderId): array
    {
        return array_map(
            OrderEventRow::fromRow(...),
            $this->sql->fetchAll('SELECT id, event, old_status, new_status, state, created FROM '
            . self::TABLE
            . ' WHERE environment = ? AND order_id = ? ORDER BY id', [$this->environment, $orderId]),
        );
    }

    /** Why an order with unprocessed events could not be read; null before the first attempt. */
    public function errorOf(string $orderId): ?Message
    {
        $error = $this->sql->fetchValue('SELECT error FROM ' . self::TABLE . "
              WHERE environment = ? AND order_id = ? AND state <> 'done' AND error IS NOT NULL
              ORDER BY id DESC LIMIT 1", [
            $this->environment,
            $orderId,
        ]);

        return $error === null ? null : Message::read((string) $error);
    }

    /**
     * The events that decide what an order's units are, as {@see \CloverSync\Ledger} takes them.
     *
     * @param list<OrderEventRow> $events
     *
     * @return list<array{kind: OrderEventKind, old: ?int, new: ?int}>
     */
    public static function history(array $events): array
    {
        $history = [];

        foreach ($events as $event) {
            $kind = match ($event->event) {
                OrderEventType::Status                                                 => OrderEventKind::Status,
                OrderEventType::Refund                                                 => OrderEventKind::Refunded,
                OrderEventType::PartRefund, OrderEventType::Edit, OrderEventType::Scan => null,
            };

            if ($kind !== null) {
                $history[] = ['kind' => $kind, 'old' => $event->oldStatus, 'new' => $event->newStatus];
            }
        }

        return $history;
    }

    /** Impossible times come from a clock that was ahead: what it put off becomes due. */
    public function dropImpossibleTimes(): void
    {
        $now = $this->clock->now();
        $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET next_try = ? WHERE environment = ? AND state = 'pending' AND next_try > ?", [
            $now,
            $this->environment,
            $now + self::LONGEST_WAIT,
        ]);
    }

    /** @param list<int> $ids Processed events; one that came meanwhile stays pending */
    public function done(array $ids): void
    {
        foreach (array_chunk($ids, 500) as $chunk) {
            $this->sql->execute(
                'UPDATE ' . self::TABLE . " SET state = 'done', error = NULL WHERE id IN (" . Bulk::marks($chunk) . ')',
                $chunk,
            );
        }
    }

    /**
     * Retries later an order that could not be read. After the third try the owner or a new event retries it.
     *
     * @return bool Whether it needs the owner's decision from now on
     */
    public function postpone(string $orderId, Message $error): bool
    {
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . ' SET error = ?, next_try = ? + CASE WHEN attempts < 1 THEN 30 ELSE '
            . self::LONGEST_WAIT
            . ' END, attempts = attempts + 1
              WHERE environment = ? AND order_id = ? AND state = \'pending\'',
            [$error->json(), $this->clock->now(), $this->environment, $orderId],
        );

        return (
            $this->sql->fetchValue(
                'SELECT id FROM '
                . self::TABLE
                . " WHERE environment = ? AND order_id = ?
                AND (state = 'dead' OR (state = 'pending' AND attempts >= ?)) LIMIT 1",
                [
                    $this->environment,
                    $orderId,
                    self::MAX_TRIES,
                ],
            ) !== null
            && $this->sql->execute('UPDATE '
            . self::TABLE
            . " SET state = 'dead' WHERE environment = ? AND order_id = ? AND state = 'pending'", [
                $this->environment,
                $orderId,
            ]) > 0
        );
    }

    /**
     * Orders that could not be read, newest first.
     *
     * @return list<UnreadableOrder>
     */
    public function dead(int $limit): array
    {
        return array_map(
            fn (array $row): UnreadableOrder => UnreadableOrder::fromRow(
                $row,
                $this->primaryKey(Row::string($row, 'order_id')),
            ),
            $this->sql->fetchAll(
                'SELECT MAX(id) AS id, order_id, MAX(error) AS error, MIN(created) AS created FROM '
                . self::TABLE
                . "
              WHERE environment = ? AND state = 'dead' GROUP BY order_id ORDER BY MAX(id) DESC LIMIT $limit",
                [$this->environment],
            ),
        );
    }

    /** @return int 0 when the order is gone */
    private function primaryKey(string $orderId): int
    {
        return (int) $this->sql->fetchValue('SELECT j2commerce_order_id FROM #__j2commerce_orders WHERE order_id = ?', [
            $orderId,
        ]);
    }

    public function countDead(): int
    {
        return (int) $this->sql->fetchValue('SELECT COUNT(DISTINCT order_id) FROM '
        . self::TABLE
        . " WHERE environment = ? AND state = 'dead'", [$this->environment]);
    }

    /**
     * Carries out the owner's decision about an order that could not be read.
     *
     * @param bool $again Whether to read it once more; else it is left until its next event
     *
     * @return bool False when it does not need a decision
     */
    public function resolve(string $orderId, bool $again): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = ?, attempts = 0, next_try = 0, error = NULL
              WHERE environment = ? AND order_id = ? AND state = 'dead'",
            [
                $again ? 'pending' : 'done',
                $this->environment,
                $orderId,
            ],
        ) > 0;
    }

    /** @return ?string The order of an event */
    public function orderOf(int $id): ?string
    {
        $order = $this->sql->fetchValue('SELECT order_id FROM ' . self::TABLE . ' WHERE environment = ? AND id = ?', [
            $this->environment,
            $id,
        ]);

        return $order === null ? null : (string) $order;
    }

    /** Records the refund of a whole order that no event announced, as processed. */
    public function paidBack(string $orderId): void
    {
        $this->bulk->insert(
            self::TABLE,
            ['environment', 'order_id', 'event', 'state', 'created'],
            [[
                $this->environment,
                $orderId,
                OrderEventType::Refund->value,
                OrderEventState::Done->value,
                $this->clock->now(),
            ]],
        );
    }

    /** @param list<string> $orderIds Changed orders that no event announced */
    public function found(array $orderIds): void
    {
        $now = $this->clock->now();
        $this->bulk->insert(self::TABLE, ['environment', 'order_id', 'event', 'created'], array_map(
            fn (string $id): array => [$this->environment, $id, 'scan', $now],
            $orderIds,
        ));
    }

    /**
     * @param list<string> $orderIds
     *
     * @return list<string> Those with unprocessed events, or that need the owner's decision
     */
    public function waiting(array $orderIds): array
    {
        return array_map(static fn (array $row): string => (string) $row['order_id'], $this->bulk->fetch(
            'SELECT DISTINCT order_id FROM '
            . self::TABLE
            . " WHERE environment = ? AND state <> 'done' AND order_id IN (%s)",
            $orderIds,
            [$this->environment],
        ));
    }

    /**
     * @param list<string> $orderIds
     *
     * @return array<array-key, non-empty-list<OrderEventRow>> By order, for those that a gateway has refunded whole at
     *   some time: all their events, oldest first
     */
    public function ofRefunded(array $orderIds): array
    {
        $events = [];

        foreach ($this->bulk->fetch(
            'SELECT e.order_id, e.id, e.event, e.old_status, e.new_status, e.state, e.created FROM '
            . self::TABLE
            . ' e WHERE e.environment = ? AND EXISTS (SELECT 1 FROM '
            . self::TABLE
            . " r WHERE r.environment = e.environment AND r.order_id = e.order_id AND r.event = 'refund')
                AND e.order_id IN (%s) ORDER BY e.id",
            $orderIds,
            [$this->environment],
        ) as $row) {
            $events[Row::string($row, 'order_id')][] = OrderEventRow::fromRow($row);
        }

        return $events;
    }

    public function countLater(): int
    {
        return (int) $this->sql->fetchValue('SELECT COUNT(DISTINCT order_id) FROM '
        . self::TABLE
        . " WHERE environment = ? AND state = 'pending'", [$this->environment]);
    }

    public function purge(): void
    {
        $this->sql->execute('DELETE FROM '
        . self::TABLE
        . " WHERE environment = ? AND state = 'done' AND created < ?", [
            $this->environment,
            $this->clock->now() - (self::KEPT_DAYS * 86_400),
        ]);
    }
}
