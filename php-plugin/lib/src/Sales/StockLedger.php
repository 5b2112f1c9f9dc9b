<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;

/**
 * The rows of the stock ledger of one environment and merchant. What they mean and what follows from them is {@see
 * \CloverSync\Ledger}'s.
 */
final readonly class StockLedger
{
    public const TABLE = '#__j2commerce_clover_ledger';

    /** A row that Clover has refused this often is the owner's. */
    private const MAX_REFUSALS = 3;

    /** A row that had its turn this often and was never sent is the owner's. */
    private const MAX_MISSES = 12;

    /** Seconds that a row waits at most which Clover keeps from being sent or settled. */
    private const LONGEST_WAIT = 300;

    /** Seconds that the shop's clock may be ahead of Clover's or behind it, as far as drift goes. */
    private const CLOCKS_APART = 86_400;

    /** Seconds that clocks may differ. */
    private const TOLERANCE = 60;

    /** Seconds that no wait of a row reaches, Clover's Retry-After included. */
    private const MOST = 3_600;

    private const OPEN = "('intended', 'sent', 'uncertain', 'dead')";

    /** Rows to be sent, but for those of an item with a write under way, which wait for its answer. */
    private const SENDABLE =
        "l.environment = ? AND l.merchant_id = ? AND l.state = 'intended'
        AND NOT EXISTS (SELECT 1 FROM "
            . self::TABLE
            . " s WHERE s.environment = l.environment AND s.merchant_id = l.merchant_id AND s.clover_id = l.clover_id AND s.state = 'sent')";

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $mappings,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @return array<int, array<int, list<array<string, mixed>>>> Rows by primary key of the order, which tells orders
     *   of one id apart, and by line; in the order of their numbers; locked in a transaction
     */
    public function ofOrder(string $orderId): array
    {
        $orders = [];

        foreach ($this->sql->fetchAll(
            'SELECT * FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND order_id = ? ORDER BY line_id, seq'
            . ($this->sql->inTransaction() ? $this->sql->dialect()->lockRows() : ''),
            [...$this->key(), $orderId],
        ) as $row) {
            $orders[(int) $row['order_pk']][(int) $row['line_id']][] = $row;
        }

        return $orders;
    }

    /**
     * Stores what a decision says of one line, inside the caller's transaction.
     *
     * @param array{order_id: string, order_pk: int, line_id: int, variant_id: int, name: string} $line
     * @param array{entries: list<array<string, mixed>>, changes: list<array<string, mixed>>}     $plan
     */
    public function store(array $line, array $plan): void
    {
        $now = $this->clock->now();
        $this->bulk->insert(
            self::TABLE,
            [
                'environment',
                'merchant_id',
                'order_id',
                'order_pk',
                'line_id',
                'seq',
                'cause',
                'reverses',
                'clover_id',
                'variant_id',
                'name',
                'delta',
                'state',
                'reason',
                'settled',
                'settled_ms',
                'created',
            ],
            array_map(fn (array $e): array => [
                ...$this->key(),
                $line['order_id'],
                $line['order_pk'],
                $line['line_id'],
                $e['seq'],
                $e['cause'],
                $e['reverses'],
                $e['clover_id'],
                $line['variant_id'],
                Text::fit($line['name']),
                $e['delta'],
                $e['state'],
                $e['reason'],
                $e['state'] === 'skipped' ? $now : null,
                $e['state'] === 'skipped' ? 0 : null,
                $now,
            ], $plan['entries']),
        );
        $this->change($line['order_id'], $line['order_pk'], $line['line_id'], $plan['changes']);
    }

    /** @param list<array{seq: int, state: string, reason: ?string}> $changes */
    public function change(string $orderId, int $pk, int $lineId, array $changes): void
    {
        foreach ($changes as $change) {
            $this->sql->execute(
                'UPDATE '
                . self::TABLE
                . " SET state = ?, reason = ?, message = NULL, claim = '', attempts = 0, misses = 0, next_try = 0, settled = ?, settled_ms = "
                . $this->sql->dialect()->milliseconds()
                . "
                  WHERE environment = ? AND merchant_id = ? AND order_id = ? AND order_pk = ? AND line_id = ? AND seq = ? AND state <> 'sent'",
                [
                    $change['state'],
                    $change['reason'],
                    \in_array($change['state'], ['confirmed', 'skipped'], true) ? $this->clock->now() : null,
                    ...$this->key(),
                    $orderId,
                    $pk,
                    $lineId,
                    $change['seq'],
                ],
            );
        }
    }

    /**
     * Times that cannot be are from a clock that was ahead: what it put off is due, and what it sent was sent just now,
     * so that a write on its way is waited for.
     */
    public function dropImpossibleTimes(): void
    {
        $now = $this->clock->now();
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET sent = CASE WHEN sent > ? THEN ? ELSE sent END, next_try = CASE WHEN next_try > ? THEN ? ELSE next_try END
              WHERE environment = ? AND merchant_id = ? AND state IN ('intended', 'sent') AND (sent > ? OR next_try > ?)",
            [
                $now + self::TOLERANCE,
                $now,
                $now + self::MOST,
                $now,
                ...$this->key(),
                $now + self::TOLERANCE,
                $now + self::MOST,
            ],
        );
    }

    /**
     * Rows to be sent, oldest first, one an item.
     *
     * @return list<array<string, mixed>>
     */
    public function due(int $limit): array
    {
        $rows = [];

        foreach ($this->sql->fetchAll(
            'SELECT l.* FROM '
            . self::TABLE
            . ' l WHERE '
            . self::SENDABLE
            . " AND l.next_try <= ? ORDER BY l.id LIMIT $limit",
            [...$this->key(), $this->clock->now()],
        ) as $row) {
            $rows[$row['clover_id']] ??= $row;
        }

        return array_values($rows);
    }

    /**
     * Rows that were sent and got no answer, once the write's own time is over.
     *
     * @return list<array<string, mixed>>
     */
    public function unanswered(int $seconds, int $limit): array
    {
        $now = $this->clock->now();

        return $this->sql->fetchAll(
            'SELECT * FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'sent' AND sent <= ?
                AND sent * 1000 + COALESCE(window_ms, 0) + 2000 <= ? AND next_try <= ? ORDER BY id LIMIT $limit",
            [...$this->key(), $now - $seconds, $now * 1000, $now],
        );
    }

    /**
     * @param int $window Milliseconds: the most that can lie between the reading and the end of the write
     *
     * @return bool Whether the row was still to be sent, and is this claim's now
     */
    public function send(int $id, string $claim, string $before, ?int $modified, string $target, int $window): bool
    {
        return $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET state = 'sent', claim = ?, count_before = ?, modified_before = ?, target = ?, window_ms = ?, modified_after = NULL, sent = ?, next_try = 0,
                reason = NULL, message = NULL WHERE id = ? AND state = 'intended'",
            [$claim, $before, $modified, $target, $window, $this->clock->now(), $id],
        ) === 1;
    }

    /** @return bool Whether it was still this claim's to say */
    public function confirm(int $id, string $claim, ?int $modified, ?int $window): bool
    {
        return $this->leave($id, $claim, $this->asConfirmed() . ', modified_after = ?, window_ms = ?', [
            $this->clock->now(),
            $modified,
            $window,
        ]);
    }

    /**
     * Confirms a row by what a reading found. Its window stays as stored and reaches to that reading.
     *
     * @param array<string, mixed> $row As it was when it was read
     */
    public function confirmFound(array $row, ?int $modified): bool
    {
        return $this->leave(
            (int) $row['id'],
            (string) $row['claim'],
            $this->asConfirmed() . ', modified_after = ?, window_ms = ?',
            [$this->clock->now(), $modified, $this->windowUntilNow($row)],
        );
    }

    /** Puts a row back that was not sent, or was refused. */
    public function again(int $id, string $claim, int $wait, string $message): bool
    {
        return $this->leave($id, $claim, "state = 'intended', claim = '', next_try = ?, message = ?", [
            $this->clock->now() + $wait,
            $message,
        ]);
    }

    /**
     * Puts a row back that Clover has not carried out, as a reading shows. Times are whole seconds there, so one case
     * looks the same: it was carried out and its count moved back by others, all within the second of the old count.
     * {@see writes()} knows of that second.
     *
     * @param array<string, mixed> $row As it was when it was read
     */
    public function resend(array $row, string $message): bool
    {
        return $this->leave(
            (int) $row['id'],
            (string) $row['claim'],
            "state = 'intended', claim = '', next_try = ?, message = ?, misses = 0, resent_from = COALESCE(resent_from, modified_before)",
            [$this->clock->now(), $message],
        );
    }

    /**
     * Leaves a row to the owner.
     *
     * @param array<string, mixed> $row      As it was when it was read
     * @param ?int                 $modified modifiedTime of the count now
     */
    public function uncertain(array $row, string $reason, string $message, ?int $modified): bool
    {
        return $this->leave(
            (int) $row['id'],
            (string) $row['claim'],
            "state = 'uncertain', reason = ?, message = ?, modified_after = ?, window_ms = ?",
            [$reason, $message, $modified, $this->windowUntilNow($row)],
        );
    }

    /**
     * Puts a row back whose write did not get its turn in time, and waits longer each time.
     *
     * @param array<string, mixed> $row
     *
     * @return bool Whether that was the last time, and it is dead now
     */
    public function miss(array $row, string $claim, string $message): bool
    {
        $misses = (int) $row['misses'] + 1;

        if ($misses >= self::MAX_MISSES) {
            return $this->leave(
                (int) $row['id'],
                $claim,
                "state = 'dead', reason = 'too_slow', claim = '', misses = ?, message = ?",
                [$misses, $message],
            );
        }

        // The first misses only say how many can be written at once.
        $this->leave(
            (int) $row['id'],
            $claim,
            "state = 'intended', claim = '', next_try = ?, misses = ?, message = ?",
            [
                $this->clock->now() + ($misses <= 4 ? 0 : min(self::LONGEST_WAIT, 2 ** ($misses - 5))),
                $misses,
                $message,
            ],
        );

        return false;
    }

    /**
     * Looks at an unanswered row later, and later each time.
     *
     * @param array<string, mixed> $row
     */
    public function askLater(array $row, int $wait, string $message): void
    {
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET next_try = ?, misses = CASE WHEN misses < 8 THEN misses + 1 ELSE misses END, message = ? WHERE id = ? AND state = 'sent'",
            [
                $this->clock->now() + max($wait, min(self::LONGEST_WAIT, 30 * (2 ** min(4, (int) $row['misses'])))),
                Text::fit($message, 10_000),
                $row['id'],
            ],
        );
    }

    public function skip(int $id, string $reason, string $message): bool
    {
        return $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET state = 'skipped', reason = ?, message = ?, settled = ? WHERE id = ? AND state = 'intended'", [
            $reason,
            $message,
            $this->clock->now(),
            $id,
        ]) === 1;
    }

    public function kill(int $id, string $reason, string $message): bool
    {
        return $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET state = 'dead', reason = ?, message = ? WHERE id = ? AND state = 'intended'", [
            $reason,
            Text::fit($message, 10_000),
            $id,
        ]) === 1;
    }

    public function wait(int $id, int $seconds, string $message): void
    {
        $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET next_try = ?, message = ? WHERE id = ? AND state = 'intended'", [
            $this->clock->now() + $seconds,
            Text::fit($message, 10_000),
            $id,
        ]);
    }

    /**
     * Tries a row later that Clover, or the way to it, kept from being sent: later each time. However long that lasts,
     * it never makes a row dead, so the count stops short of {@see MAX_MISSES}.
     *
     * @param array<string, mixed> $row
     */
    public function tryLater(array $row, int $seconds, string $message): void
    {
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET next_try = ?, misses = CASE WHEN misses < 8 THEN misses + 1 ELSE misses END, message = ? WHERE id = ? AND state = 'intended'",
            [
                $this->clock->now() + max($seconds, min(self::LONGEST_WAIT, 2 ** min(9, (int) $row['misses']))),
                Text::fit($message, 10_000),
                $row['id'],
            ],
        );
    }

    /** @return bool Whether Clover has refused the row so often now that it is dead */
    public function refuse(int $id, int $attempts, string $message): bool
    {
        if (($attempts + 1) >= self::MAX_REFUSALS) {
            return $this->kill($id, 'refused', $message);
        }

        $this->sql->execute('UPDATE '
        . self::TABLE
        . " SET attempts = ?, next_try = ?, message = ? WHERE id = ? AND state = 'intended'", [
            $attempts + 1,
            $this->clock->now() + (60 * (2 ** $attempts)),
            Text::fit($message, 10_000),
            $id,
        ]);

        return false;
    }

    /**
     * Rows of items, as far as they concern a count of Clover's: all of those orders that the shop's books are counted
     * for, of older ones the open ones only.
     *
     * @param list<string> $cloverIds
     *
     * @return list<array<string, mixed>>
     */
    public function ofItems(array $cloverIds, int $firstOrder): array
    {
        return $this->bulk->fetch($this->posted('clover_id'), $cloverIds, [$firstOrder, ...$this->key(), $firstOrder]);
    }

    /**
     * @param list<int> $variants
     *
     * @return list<array<string, mixed>>
     */
    public function ofVariants(array $variants, int $firstOrder): array
    {
        return $this->bulk->fetch($this->posted('variant_id'), $variants, [$firstOrder, ...$this->key(), $firstOrder]);
    }

    /** @return ?int Unix seconds at which the next row is to be sent; null when none is */
    public function nextTry(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(l.next_try) FROM ' . self::TABLE . ' l WHERE ' . self::SENDABLE,
            $this->key(),
        );

        return $next === null ? null : (int) $next;
    }

    /** @return list<array<string, mixed>> Rows that wait for the owner's word, newest first */
    public function waiting(int $limit): array
    {
        return $this->sql->fetchAll(
            'SELECT * FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state IN ('uncertain', 'dead') ORDER BY id DESC LIMIT $limit",
            $this->key(),
        );
    }

    /** @return ?array<string, mixed> */
    public function row(int $id): ?array
    {
        return $this->sql->fetchOne('SELECT * FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND id = ?', [...$this->key(), $id]);
    }

    /** @return array{intended: int, sent: int, uncertain: int, dead: int} */
    public function counts(): array
    {
        $counts = ['intended' => 0, 'sent' => 0, 'uncertain' => 0, 'dead' => 0];

        foreach ($this->sql->fetchAll(
            'SELECT state, COUNT(*) AS n FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND state IN '
            . self::OPEN
            . ' GROUP BY state',
            $this->key(),
        ) as $row) {
            $counts[(string) $row['state']] = (int) $row['n'];
        }

        return $counts;
    }

    /**
     * Writes over which sales of the till may have been lost, as {@see \CloverSync\Stock::soldWithin()} takes them.
     *
     * @return list<array{clover_id: string, modified_before: ?int, modified_after: int, window: int}>
     */
    public function writes(int $since): array
    {
        $now    = $this->clock->now();
        $writes = [];

        foreach ($this->sql->fetchAll(
            'SELECT clover_id, state, sent, modified_before, modified_after, window_ms, resent_from FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ?
                AND (state = 'sent' OR modified_after IS NOT NULL OR resent_from IS NOT NULL) AND COALESCE(settled, sent) >= ? AND window_ms IS NOT NULL ORDER BY id DESC",
            [...$this->key(), $since],
        ) as $row) {
            $before = $row['modified_before'] === null ? null : (int) $row['modified_before'];

            if ($row['state'] === 'sent') {
                // Only the shop's clock tells how long it may still take.
                $writes[] = self::write(
                    $row,
                    $before,
                    1000 * ($now + self::CLOCKS_APART),
                    (int) $row['window_ms'] + (1000 * ($now - (int) $row['sent'] + (2 * self::CLOCKS_APART))),
                );
            } elseif ($row['modified_after'] !== null) {
                $writes[] = self::write($row, $before, (int) $row['modified_after'], (int) $row['window_ms']);
            }

            if ($row['resent_from'] !== null) {
                $writes[] = self::write($row, (int) $row['resent_from'], (int) $row['resent_from'] + 999, 0);
            }
        }

        return $writes;
    }

    /**
     * @param array<string, mixed> $row
     *
     * @return array{clover_id: string, modified_before: ?int, modified_after: int, window: int}
     */
    private static function write(array $row, ?int $before, int $after, int $window): array
    {
        return [
            'clover_id'       => (string) $row['clover_id'],
            'modified_before' => $before,
            'modified_after'  => $after,
            'window'          => $window,
        ];
    }

    private function asConfirmed(): string
    {
        return (
            "state = 'confirmed', settled = ?, settled_ms = "
            . $this->sql->dialect()->milliseconds()
            . ', message = NULL'
        );
    }

    /**
     * The most milliseconds between a row's reading and now.
     *
     * @param array<string, mixed> $row
     */
    private function windowUntilNow(array $row): int
    {
        return min(2_000_000_000, (int) $row['window_ms'] + (1000 * max(0, $this->clock->now() - (int) $row['sent'])));
    }

    private function posted(string $column): string
    {
        return (
            'SELECT l.id, l.order_id, l.order_pk, l.line_id, l.seq, l.cause, l.reverses, l.clover_id, l.variant_id, l.delta, l.state, l.settled_ms AS settled, CASE WHEN l.order_pk >= ? THEN 1 ELSE 0 END AS counted,
                r.state AS reversed_state, r.settled_ms AS reversed_settled
           FROM '
            . self::TABLE
            . ' l
           LEFT JOIN '
            . self::TABLE
            . ' r ON r.environment = l.environment AND r.merchant_id = l.merchant_id AND r.order_id = l.order_id AND r.order_pk = l.order_pk AND r.line_id = l.line_id AND r.seq = l.reverses
          WHERE l.environment = ? AND l.merchant_id = ? AND (l.order_pk >= ? OR l.state IN '
            . self::OPEN
            . ") AND l.$column IN (%s)"
        );
    }

    /** @param list<scalar|null> $values */
    private function leave(int $id, string $claim, string $set, array $values): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET $set WHERE id = ? AND state = 'sent' AND claim = ?",
            [...$values, $id, $claim],
        ) === 1;
    }

    /** @return array{string, string} */
    private function key(): array
    {
        return [$this->mappings->environment, $this->mappings->merchant];
    }
}
