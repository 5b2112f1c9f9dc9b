<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Sales\OrderEventLog;
use CloverSync\Shop\Sales\OrderPushes;
use CloverSync\Shop\Sales\StockLedger;
use CloverSync\Shop\Webhooks\Inbox;

/** What waits to be exchanged with Clover, without what waits for the owner. Reads only the database. */
final readonly class Backlog
{
    private function __construct(
        /** Orders with events that are unprocessed. */
        public int $events,
        /** Stock changes to send, or to settle. */
        public int $stock,
        /** Orders to send, and orders whose payment, or whose title and note, are to be written. */
        public int $orders,
        /** Objects with webhook events that are unprocessed. */
        public int $inbox,
        /** Those of all kinds whose last attempt failed. */
        public int $postponed,
        /** Unix seconds since when the oldest waits; null when nothing waits whose age is known. */
        public ?int $oldest,
    ) {
    }

    public static function read(Sql $sql, Links $links): self
    {
        $key    = $links->key();
        $events = self::count(
            $sql,
            OrderEventLog::TABLE,
            'COUNT(DISTINCT order_id)',
            'COUNT(DISTINCT CASE WHEN attempts > 0 THEN order_id END)',
            'MIN(created)',
            "environment = ? AND state = 'pending'",
            [$links->environment],
        );
        $stock = self::count(
            $sql,
            StockLedger::TABLE,
            'COUNT(*)',
            'COUNT(CASE WHEN attempts > 0 OR misses > 0 THEN 1 END)',
            'MIN(created)',
            "environment = ? AND merchant_id = ? AND state IN ('intended', 'sent')",
            $key,
        );
        // A payment, or a title and note, can be due for an order of last year, and no column says since when.
        $orders = self::count(
            $sql,
            OrderPushes::TABLE,
            'COUNT(*)',
            'COUNT(CASE WHEN attempts > 0 OR misses > 0 THEN 1 END)',
            "MIN(CASE WHEN state <> 'confirmed' THEN created END)",
            'environment = ? AND merchant_id = ? AND (' . OrderPushes::OPEN . ')',
            $key,
        );
        $inbox = self::count(
            $sql,
            Inbox::TABLE,
            'COUNT(*)',
            'COUNT(CASE WHEN attempts > 0 THEN 1 END)',
            'MIN(created)',
            'environment = ? AND merchant_id = ? AND ' . Inbox::UNPROCESSED,
            $key,
        );
        $since = array_filter(
            [
                $events['oldest'],
                $stock['oldest'],
                $orders['oldest'],
                $inbox['oldest'] === null ? null : intdiv($inbox['oldest'], 1_000),
            ],
            static fn (?int $time): bool => $time !== null,
        );

        return new self(
            $events['waiting'],
            $stock['waiting'],
            $orders['waiting'],
            $inbox['waiting'],
            $events['postponed'] + $stock['postponed'] + $orders['postponed'] + $inbox['postponed'],
            $since === [] ? null : min($since),
        );
    }

    /**
     * @param list<string> $values Of the condition
     *
     * @return array{waiting: int, postponed: int, oldest: ?int}
     */
    private static function count(
        Sql $sql,
        string $table,
        string $waiting,
        string $postponed,
        string $oldest,
        string $where,
        array $values,
    ): array {
        $row = $sql->fetchOne(
            "SELECT $waiting AS waiting, $postponed AS postponed, $oldest AS oldest FROM $table WHERE $where",
            $values,
        ) ?? ['waiting' => 0, 'postponed' => 0, 'oldest' => null];

        return [
            'waiting'   => Row::int($row, 'waiting'),
            'postponed' => Row::int($row, 'postponed'),
            'oldest'    => Row::nullableInt($row, 'oldest'),
        ];
    }
}
