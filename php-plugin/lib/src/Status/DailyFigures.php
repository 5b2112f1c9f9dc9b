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
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/**
 * What was exchanged with Clover on each of the last days.
 *
 * The figures are counted when they are read, in the rows that the work itself keeps: a row has one time at which it
 * was settled, so neither an interrupted run nor a repeated one counts twice.
 */
final readonly class DailyFigures
{
    public const DAYS = 30;

    private const WITHIN = '%1$s >= ? AND %1$s < ?';

    /** Of a row that was not settled at the end of a day. */
    private const WAITING =
        'created < ? AND (settled >= ? OR (settled IS NULL AND state IN '
            . "('intended', 'sent', 'uncertain', 'dead')))";

    /** @param int $retention Days for which runs and log are kept */
    public function __construct(
        private Sql $sql,
        private Links $links,
        private Clock $clock,
        private int $retention,
    ) {
    }

    /** @return list<DayFigures> Oldest first; the last is today, so far */
    public function read(\DateTimeZone $zone): array
    {
        $days   = $this->days($zone);
        $starts = array_map(static fn (\DateTimeImmutable $day): int => $day->getTimestamp(), $days);
        $units  = $this->units($starts);
        $stock  = $this->backlog(StockLedger::TABLE, $starts);
        $orders = $this->backlog(OrderPushes::TABLE, $starts);
        $syncs  = $this->kept(
            SyncRuns::TABLE,
            'ended',
            "environment = ? AND merchant_id = ? AND status = 'done'",
            $this->links->key(),
            $starts,
        );
        $errors = $this->kept(
            SyncLog::TABLE,
            'created',
            "environment = ? AND status = 'error'",
            [$this->links->environment],
            $starts,
        );

        return array_map(
            static fn (int $day): DayFigures => new DayFigures(
                $days[$day]->format('Y-m-d'),
                $units[$day],
                $syncs[$day],
                $errors[$day],
                $stock[$day] + $orders[$day],
            ),
            range(0, self::DAYS - 1),
        );
    }

    /** @return non-empty-list<\DateTimeImmutable> The start of each day, and of tomorrow */
    private function days(\DateTimeZone $zone): array
    {
        $today = (new \DateTimeImmutable('@' . $this->clock->now()))->setTimezone($zone);

        // Not every day has 24 hours, or begins at midnight.
        return array_map(
            static fn (int $ago): \DateTimeImmutable => $today->setDate(
                (int) $today->format('Y'),
                (int) $today->format('n'),
                (int) $today->format('j') - $ago,
            )->setTime(0, 0),
            range(self::DAYS - 1, -1),
        );
    }

    /**
     * @param list<int> $starts
     *
     * @return list<int>
     */
    private function units(array $starts): array
    {
        return $this->sums(
            StockLedger::TABLE,
            'ABS(delta)',
            \sprintf(self::WITHIN, 'settled'),
            "environment = ? AND merchant_id = ? AND state = 'confirmed' AND settled >= ?",
            [...$this->links->key(), $starts[0]],
            self::pairs($starts, 0, 1),
        );
    }

    /**
     * @param list<int> $starts
     *
     * @return list<int>
     */
    private function backlog(string $table, array $starts): array
    {
        return $this->sums(
            $table,
            '1',
            self::WAITING,
            'environment = ? AND merchant_id = ? AND (settled IS NULL OR settled >= ?)',
            [...$this->links->key(), $starts[1]],
            self::pairs($starts, 1, 1),
        );
    }

    /**
     * Rows that are deleted after some time.
     *
     * @param list<string> $values Of the condition
     * @param list<int>    $starts
     *
     * @return list<?int> Null for a day of which rows may have been deleted
     */
    private function kept(string $table, string $column, string $where, array $values, array $starts): array
    {
        $first = $this->sql->fetchValue("SELECT MIN($column) FROM $table");
        $first = $first === null ? $this->clock->now() : UtcTime::unix((string) $first);
        $edge  = $this->clock->now() - ($this->retention * 86_400);
        $sums  = $this->sums(
            $table,
            '1',
            \sprintf(self::WITHIN, $column),
            "$where AND $column >= ?",
            [...$values, UtcTime::sql($starts[0])],
            array_map(
                static fn (array $pair): array => [UtcTime::sql($pair[0]), UtcTime::sql($pair[1])],
                self::pairs($starts, 0, 1),
            ),
        );

        return array_map(
            static fn (int $sum, int $day): ?int => $starts[$day] >= $edge && $starts[$day + 1] > $first ? $sum : null,
            $sums,
            array_keys($sums),
        );
    }

    /**
     * @param list<int> $starts
     *
     * @return list<array{int, int}> For each day, the start of the day that is so many days later
     */
    private static function pairs(array $starts, int $one, int $two): array
    {
        return array_map(
            static fn (int $day): array => [$starts[$day + $one], $starts[$day + $two]],
            range(0, self::DAYS - 1),
        );
    }

    /**
     * One statement for all days.
     *
     * @param string                                $what      Of each row
     * @param string                                $condition With two values for each day
     * @param string                                $where     For all days
     * @param list<int|string>                      $values    Of that
     * @param list<array{int|string, int|string}>   $pairs
     *
     * @return list<int> By day
     */
    private function sums(
        string $table,
        string $what,
        string $condition,
        string $where,
        array $values,
        array $pairs,
    ): array {
        $columns = array_map(
            static fn (int $day): string => "SUM(CASE WHEN $condition THEN $what ELSE 0 END) AS d$day",
            array_keys($pairs),
        );
        $row = $this->sql->fetchOne('SELECT ' . implode(', ', $columns) . " FROM $table WHERE $where", [
            ...array_merge(...$pairs),
            ...$values,
        ]) ?? [];

        // Without a row that meets the condition, a sum is null.
        return array_map(static fn (int $day): int => (int) ($row["d$day"] ?? 0), array_keys($pairs));
    }
}
