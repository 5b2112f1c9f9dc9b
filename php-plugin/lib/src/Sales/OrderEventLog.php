<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;

/** What was told of orders, and what of it is still to be looked at. */
final readonly class OrderEventLog
{
    public const TABLE = '#__j2commerce_clover_outbox';

    /** An order that could not be looked at this often is the owner's. */
    private const MAX_TRIES = 3;

    /** Seconds between two tries. */
    private const LONGEST_WAIT = 300;

    /** Longer than anything of an order is scanned for. */
    private const KEPT_DAYS = 120;

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private string $environment,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** @return list<string> Orders that something was told of and that nobody has looked at since */
    public function due(int $limit): array
    {
        return array_map(strval(...), $this->sql->fetchColumn(
            'SELECT order_id FROM '
            . self::TABLE
            . " WHERE environment = ? AND state = 'pending' AND next_try <= ? GROUP BY order_id ORDER BY MIN(id) LIMIT $limit",
            [$this->environment, $this->clock->now()],
        ));
    }

    /**
     * Everything that was told of an order, oldest first.
     *
     * @return list<array{id: int, event: string, old_status: ?int, new_status: ?int, state: string, created: int}>
     */
    public function of(string $orderId): array
    {
        return array_map(
            static fn (array $row): array => [
                'id'         => (int) $row['id'],
                'event'      => (string) $row['event'],
                'old_status' => $row['old_status'] === null ? null : (int) $row['old_status'],
                'new_status' => $row['new_status'] === null ? null : (int) $row['new_status'],
                'state'      => (string) $row['state'],
                'created'    => (int) $row['created'],
            ],
            $this->sql->fetchAll('SELECT id, event, old_status, new_status, state, created FROM '
            . self::TABLE
            . ' WHERE environment = ? AND order_id = ? ORDER BY id', [$this->environment, $orderId]),
        );
    }

    /** Why an order that waits could not be looked at; null when it has not been tried. */
    public function errorOf(string $orderId): ?string
    {
        $error = $this->sql->fetchValue('SELECT error FROM '
        . self::TABLE
        . " WHERE environment = ? AND order_id = ? AND state <> 'done' AND error IS NOT NULL ORDER BY id DESC LIMIT 1", [
            $this->environment,
            $orderId,
        ]);

        return $error === null ? null : (string) $error;
    }

    /**
     * As {@see \CloverSync\Ledger} wants it told.
     *
     * @param list<array{event: string, old_status: ?int, new_status: ?int, created: int, ...}> $rows
     */
    public static function told(array $rows): string
    {
        $words = [];

        foreach ($rows as $row) {
            match ($row['event']) {
                'status' => $words[] = "{$row['old_status']}>{$row['new_status']}",
                'refund' => $words[] = 'R',
                default  => null,
            };
        }

        return implode(',', $words);
    }

    /** Times that cannot be are from a clock that was ahead: what it put off is due. */
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

    /** @param list<int> $ids Rows that were looked at; one that came meanwhile stays pending */
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
     * Looks at an order later, since it could not be looked at now; after the third try when the owner or a new event
     * says so.
     *
     * @return bool Whether it waits for the owner from now on
     */
    public function postpone(string $orderId, string $error): bool
    {
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . ' SET error = ?, next_try = ? + CASE WHEN attempts < 1 THEN 30 ELSE '
            . self::LONGEST_WAIT
            . ' END, attempts = attempts + 1
              WHERE environment = ? AND order_id = ? AND state = \'pending\'',
            [Text::fit($error, 10_000), $this->clock->now(), $this->environment, $orderId],
        );

        return (
            $this->sql->fetchValue('SELECT id FROM '
            . self::TABLE
            . " WHERE environment = ? AND order_id = ? AND (state = 'dead' OR (state = 'pending' AND attempts >= ?)) LIMIT 1", [
                $this->environment,
                $orderId,
                self::MAX_TRIES,
            ]) !== null
            && $this->sql->execute('UPDATE '
            . self::TABLE
            . " SET state = 'dead' WHERE environment = ? AND order_id = ? AND state = 'pending'", [
                $this->environment,
                $orderId,
            ]) > 0
        );
    }

    /**
     * Orders that could not be looked at, newest first.
     *
     * @return list<array{id: int, order_id: string, order_pk: int, state: string, message: string, reason: null,
     *   created: int}> One an order; id: of its newest event
     */
    public function dead(int $limit): array
    {
        return array_map(
            fn (array $row): array => [
                'id'       => (int) $row['id'],
                'order_id' => (string) $row['order_id'],
                'order_pk' => (int) $this->sql->fetchValue('SELECT j2commerce_order_id FROM #__j2commerce_orders WHERE order_id = ?', [
                    $row['order_id'],
                ]),
                'state'    => 'dead',
                'message'  => (string) $row['error'],
                'reason'   => null,
                'created'  => (int) $row['created'],
            ],
            $this->sql->fetchAll(
                'SELECT MAX(id) AS id, order_id, MAX(error) AS error, MIN(created) AS created FROM '
                . self::TABLE
                . "
              WHERE environment = ? AND state = 'dead' GROUP BY order_id ORDER BY MAX(id) DESC LIMIT $limit",
                [$this->environment],
            ),
        );
    }

    public function countDead(): int
    {
        return (int) $this->sql->fetchValue('SELECT COUNT(DISTINCT order_id) FROM '
        . self::TABLE
        . " WHERE environment = ? AND state = 'dead'", [$this->environment]);
    }

    /**
     * Follows the owner's word on an order that could not be looked at.
     *
     * @param bool $again Whether to look at it once more; else it is left until something new is told of it
     *
     * @return bool False when it waits for no word
     */
    public function resolve(string $orderId, bool $again): bool
    {
        return $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET state = ?, attempts = 0, next_try = 0, error = NULL WHERE environment = ? AND order_id = ? AND state = 'dead'", [
            $again ? 'pending' : 'done',
            $this->environment,
            $orderId,
        ]) > 0;
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

    /** @param list<string> $orderIds Orders that no event told of */
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
     * @return list<string> Those of which something waits to be looked at, or for the owner
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

    /** @return list<string> Orders that a gateway has paid back whole at some time */
    public function refunded(): array
    {
        return array_map(strval(...), $this->sql->fetchColumn('SELECT DISTINCT order_id FROM '
        . self::TABLE
        . " WHERE environment = ? AND event = 'refund'", [$this->environment]));
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
