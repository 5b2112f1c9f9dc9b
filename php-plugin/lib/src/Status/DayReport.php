<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Sales\OrderPushes;
use CloverSync\Shop\Sales\StockLedger;
use CloverSync\Shop\Support\UtcTime;

/** What happened between two times, counted in the rows that the work itself keeps. */
final readonly class DayReport
{
    private function __construct(
        /** Units that Clover has confirmed: taken out of its counts, and given back. */
        public int $sold,
        public int $returned,
        /** Orders that are in Clover since then. */
        public int $orders,
        /** Syncs that were completed, and what they did to products. */
        public int $syncs,
        public int $imported,
        public int $updated,
        public int $deleted,
        /** Syncs that stopped with an error. */
        public int $stopped,
        /** Errors in the Sync Log. */
        public int $errors,
    ) {
    }

    /**
     * @param int $from Unix seconds
     * @param int $to   Unix seconds, not included
     */
    public static function read(Sql $sql, Links $links, int $from, int $to): self
    {
        $seconds = [...$links->key(), $from, $to];
        $columns = [UtcTime::sql($from), UtcTime::sql($to)];
        $units   = self::row(
            $sql,
            'SUM(CASE WHEN delta > 0 THEN delta ELSE 0 END) AS sold,
                SUM(CASE WHEN delta < 0 THEN -delta ELSE 0 END) AS returned',
            StockLedger::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'confirmed' AND settled >= ? AND settled < ?",
            $seconds,
        );
        $orders = self::row(
            $sql,
            'COUNT(*) AS orders',
            OrderPushes::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'confirmed' AND settled >= ? AND settled < ?",
            $seconds,
        );
        $runs = self::row(
            $sql,
            "SUM(CASE WHEN status = 'done' THEN 1 ELSE 0 END) AS syncs, SUM(imported) AS imported,
                SUM(updated) AS updated, SUM(deleted) AS deleted,
                SUM(CASE WHEN status = 'failed' THEN 1 ELSE 0 END) AS stopped",
            SyncRuns::TABLE . ' WHERE environment = ? AND merchant_id = ? AND ended >= ? AND ended < ?',
            [...$links->key(), ...$columns],
        );
        $errors = self::row(
            $sql,
            'COUNT(*) AS errors',
            SyncLog::TABLE . " WHERE environment = ? AND status = 'error' AND created >= ? AND created < ?",
            [$links->environment, ...$columns],
        );

        return new self(
            self::sum($units, 'sold'),
            self::sum($units, 'returned'),
            self::sum($orders, 'orders'),
            self::sum($runs, 'syncs'),
            self::sum($runs, 'imported'),
            self::sum($runs, 'updated'),
            self::sum($runs, 'deleted'),
            self::sum($runs, 'stopped'),
            self::sum($errors, 'errors'),
        );
    }

    /**
     * @param list<int|string> $values
     *
     * @return array<string, int|float|string|null>
     */
    private static function row(Sql $sql, string $columns, string $from, array $values): array
    {
        return $sql->fetchOne("SELECT $columns FROM $from", $values) ?? [];
    }

    /**
     * Without rows, a sum is null.
     *
     * @param array<string, int|float|string|null> $row
     */
    private static function sum(array $row, string $column): int
    {
        return (int) ($row[$column] ?? 0);
    }
}
