<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerReason;
use CloverSync\SendState;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;

/**
 * The rows of the stock ledger of one environment and merchant. {@see \CloverSync\Ledger} decides what follows from
 * them.
 */
final readonly class StockLedger
{
    public const TABLE = '#__j2commerce_clover_ledger';

    /** Clover's refusals after which the owner decides. */
    private const MAX_REFUSALS = 3;

    /** Missed turns after which the owner decides. */
    private const MAX_MISSES = 12;

    /** Seconds: the longest wait of a row that Clover keeps from being sent or settled. */
    private const LONGEST_WAIT = 300;

    /** Seconds by which the shop's clock and Clover's may differ, for {@see writes()}. */
    private const CLOCKS_APART = 86_400;

    /** Seconds that clocks may differ. */
    private const TOLERANCE = 60;

    /** Seconds: every wait of a row is shorter, Clover's Retry-After included. */
    private const WAIT_LIMIT = 3_600;

    /** Counts a missed turn, and stops short of {@see MAX_MISSES}. */
    private const COUNT_MISS = ', misses = CASE WHEN misses < 8 THEN misses + 1 ELSE misses END';

    private const OPEN = "('intended', 'sent', 'uncertain', 'dead')";

    /** Rows to be sent. Those of an item with a write under way wait for its answer. */
    private const SENDABLE =
        "l.environment = ? AND l.merchant_id = ? AND l.state = 'intended'
        AND NOT EXISTS (SELECT 1 FROM " . self::TABLE . "
              s WHERE s.environment = l.environment AND s.merchant_id = l.merchant_id AND s.clover_id = l.clover_id
                AND s.state = 'sent')";

    private Bulk $bulk;

    private SendRows $rows;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
        $this->rows = new SendRows($sql, $links, self::TABLE);
    }

    /**
     * @return array<int, array<int, list<LedgerRow>>> By primary key of the order, which distinguishes orders with the
     *   same id, and by line; in the order of their numbers; locked in a transaction
     */
    public function ofOrder(string $orderId): array
    {
        $orders = [];

        foreach ($this->sql->fetchAll(
            'SELECT * FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND order_id = ? ORDER BY line_id, seq'
            . ($this->sql->inTransaction() ? $this->sql->dialect()->lockRows() : ''),
            [...$this->links->key(), $orderId],
        ) as $row) {
            $row                                   = LedgerRow::fromRow($row);
            $orders[$row->orderPk][$row->lineId][] = $row;
        }

        return $orders;
    }

    /** Stores what the rules decided for one line, inside the caller's transaction. */
    public function store(string $orderId, int $pk, LineBooks $line, LedgerPlan $plan): void
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
                ...$this->links->key(),
                $orderId,
                $pk,
                $line->lineId,
                $e['seq'],
                $e['cause']->value,
                $e['reverses'],
                $e['clover_id'],
                $line->variantId,
                Text::fit($line->name),
                $e['delta'],
                $e['state']->value,
                $e['reason']?->value,
                $e['state'] === SendState::Skipped ? $now : null,
                $e['state'] === SendState::Skipped ? 0 : null,
                $now,
            ], $plan->entries),
        );
        $this->change($orderId, $pk, $line->lineId, $plan->changes);
    }

    /** @param list<array{seq: int, state: SendState, reason: ?LedgerReason}> $changes */
    public function change(string $orderId, int $pk, int $lineId, array $changes): void
    {
        foreach ($changes as $change) {
            $this->sql->execute(
                'UPDATE '
                . self::TABLE
                . " SET state = ?, reason = ?, message = NULL, claim = '', attempts = 0, misses = 0, next_try = 0,
                    settled = ?, settled_ms = "
                . $this->sql->dialect()->milliseconds()
                . "
                  WHERE environment = ? AND merchant_id = ? AND order_id = ? AND order_pk = ? AND line_id = ?
                    AND seq = ? AND state <> 'sent'",
                [
                    $change['state']->value,
                    $change['reason']?->value,
                    \in_array($change['state'], [SendState::Confirmed, SendState::Skipped], true)
                        ? $this->clock->now()
                        : null,
                    ...$this->links->key(),
                    $orderId,
                    $pk,
                    $lineId,
                    $change['seq'],
                ],
            );
        }
    }

    /**
     * Impossible times come from a clock that was ahead. Rows that it put off become due. Rows that it sent count as
     * sent just now, so that a write on its way is waited for.
     */
    public function dropImpossibleTimes(): void
    {
        $now = $this->clock->now();
        $this->sql->execute('UPDATE ' . self::TABLE . " SET sent = CASE WHEN sent > ? THEN ? ELSE sent END,
                    next_try = CASE WHEN next_try > ? THEN ? ELSE next_try END
              WHERE environment = ? AND merchant_id = ? AND state IN ('intended', 'sent')
                AND (sent > ? OR next_try > ?)", [
            $now + self::TOLERANCE,
            $now,
            $now + self::WAIT_LIMIT,
            $now,
            ...$this->links->key(),
            $now + self::TOLERANCE,
            $now + self::WAIT_LIMIT,
        ]);
    }

    /**
     * Rows to be sent, oldest first, one an item.
     *
     * @return list<LedgerRow>
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
            [...$this->links->key(), $this->clock->now()],
        ) as $row) {
            $row                  = LedgerRow::fromRow($row);
            $rows[$row->cloverId] ??= $row;
        }

        return array_values($rows);
    }

    /**
     * Rows that were sent and got no answer, once the write's own time is over.
     *
     * @return list<LedgerRow>
     */
    public function unanswered(int $seconds, int $limit): array
    {
        $now = $this->clock->now();

        return array_map(LedgerRow::fromRow(...), $this->sql->fetchAll(
            'SELECT * FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'sent' AND sent <= ?
                AND sent * 1000 + COALESCE(window_ms, 0) + 2000 <= ? AND next_try <= ? ORDER BY id LIMIT $limit",
            [...$this->links->key(), $now - $seconds, $now * 1000, $now],
        ));
    }

    /**
     * @param int $window Milliseconds: the most that can lie between the reading and the end of the write
     *
     * @return bool Whether the row was still to be sent, and this claim holds it now
     */
    public function send(int $id, string $claim, string $before, ?int $modified, string $target, int $window): bool
    {
        return $this->rows->change(
            $id,
            SendState::Intended,
            null,
            "state = 'sent', claim = ?, count_before = ?, modified_before = ?, target = ?, window_ms = ?,
                modified_after = NULL, sent = ?, next_try = 0, reason = NULL, message = NULL",
            [$claim, $before, $modified, $target, $window, $this->clock->now()],
        );
    }

    /** @return bool False when another worker holds the row now */
    public function confirm(int $id, string $claim, ?int $modified, ?int $window): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            $this->asConfirmed() . ', modified_after = ?, window_ms = ?',
            [
                $this->clock->now(),
                $modified,
                $window,
            ],
        );
    }

    /**
     * Confirms a row by a reading of Clover's count. The window is extended to that reading.
     *
     * @param LedgerRow $row As it was read
     */
    public function confirmFound(LedgerRow $row, ?int $modified): bool
    {
        return $this->rows->change(
            $row->id,
            SendState::Sent,
            $row->claim,
            $this->asConfirmed() . ', modified_after = ?, window_ms = ?',
            [
                $this->clock->now(),
                $modified,
                $this->windowUntilNow($row),
            ],
        );
    }

    /** Puts a row back that was not sent, or was refused. */
    public function again(int $id, string $claim, int $wait, Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            "state = 'intended', claim = '', next_try = ?, message = ?",
            [
                $this->clock->now() + $wait,
                $message->json(),
            ],
        );
    }

    /**
     * Puts a row back after a reading showed that Clover did not carry it out. Clover's times are whole seconds, so
     * another case looks the same: the write was carried out and others moved the count back, all within the second of
     * the old count. {@see writes()} covers that second.
     *
     * @param LedgerRow $row As it was read
     */
    public function resend(LedgerRow $row, Message $message): bool
    {
        return $this->rows->change(
            $row->id,
            SendState::Sent,
            $row->claim,
            "state = 'intended', claim = '', next_try = ?, message = ?, misses = 0,
                resent_from = COALESCE(resent_from, modified_before)",
            [$this->clock->now(), $message->json()],
        );
    }

    /**
     * Marks a row as uncertain: the owner decides.
     *
     * @param LedgerRow $row      As it was read
     * @param ?int      $modified modifiedTime of the count now
     */
    public function uncertain(LedgerRow $row, string $reason, Message $message, ?int $modified): bool
    {
        return $this->rows->change(
            $row->id,
            SendState::Sent,
            $row->claim,
            "state = 'uncertain', reason = ?, message = ?, modified_after = ?, window_ms = ?",
            [$reason, $message->json(), $modified, $this->windowUntilNow($row)],
        );
    }

    /**
     * Puts a row back whose write was not sent in time; the wait grows each time.
     *
     * @return bool Whether the row is dead now
     */
    public function miss(LedgerRow $row, string $claim, Message $message): bool
    {
        $misses = $row->misses + 1;

        if ($misses >= self::MAX_MISSES) {
            return $this->rows->change(
                $row->id,
                SendState::Sent,
                $claim,
                "state = 'dead', reason = 'too_slow', claim = '', misses = ?, message = ?",
                [$misses, $message->json()],
            );
        }

        // The first misses only show how many can be written at once.
        $this->rows->change(
            $row->id,
            SendState::Sent,
            $claim,
            "state = 'intended', claim = '', next_try = ?, misses = ?, message = ?",
            [
                $this->clock->now() + ($misses <= 4 ? 0 : min(self::LONGEST_WAIT, 2 ** ($misses - 5))),
                $misses,
                $message->json(),
            ],
        );

        return false;
    }

    /** Checks an unanswered row later, after a longer wait each time. */
    public function askLater(LedgerRow $row, int $wait, Message $message): void
    {
        $this->postpone(
            $row->id,
            SendState::Sent,
            max($wait, min(self::LONGEST_WAIT, 30 * (2 ** min(4, $row->misses)))),
            $message,
            self::COUNT_MISS,
        );
    }

    public function skip(int $id, string $reason, Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Intended,
            null,
            "state = 'skipped', reason = ?, message = ?, settled = ?",
            [$reason, $message->json(), $this->clock->now()],
        );
    }

    public function kill(int $id, string $reason, Message $message): bool
    {
        return $this->rows->kill($id, $reason, $message);
    }

    public function wait(int $id, int $seconds, Message $message): void
    {
        $this->postpone($id, SendState::Intended, $seconds, $message);
    }

    /**
     * Retries a row later that Clover or the network kept from being sent; the wait grows each time. An outage never
     * makes a row dead, so the count stops short of {@see MAX_MISSES}.
     */
    public function tryLater(LedgerRow $row, int $seconds, Message $message): void
    {
        $this->postpone(
            $row->id,
            SendState::Intended,
            max($seconds, min(self::LONGEST_WAIT, 2 ** min(9, $row->misses))),
            $message,
            self::COUNT_MISS,
        );
    }

    /** @return bool Whether the row is dead now */
    public function refuse(int $id, int $attempts, Message $message): bool
    {
        if (($attempts + 1) >= self::MAX_REFUSALS) {
            return $this->kill($id, 'refused', $message);
        }

        $this->rows->change($id, SendState::Intended, null, 'attempts = ?, next_try = ?, message = ?', [
            $attempts + 1,
            $this->clock->now() + (60 * (2 ** $attempts)),
            $message->json(),
        ]);

        return false;
    }

    /**
     * Rows that affect a count in Clover: all rows of the orders that the shop's stock includes, and the open rows of
     * older orders.
     *
     * @param list<string> $cloverIds
     *
     * @return list<CountedRow>
     */
    public function ofItems(array $cloverIds, int $firstOrder): array
    {
        return $this->counted('clover_id', $cloverIds, $firstOrder);
    }

    /**
     * @param list<int> $variants
     *
     * @return list<CountedRow>
     */
    public function ofVariants(array $variants, int $firstOrder): array
    {
        return $this->counted('variant_id', $variants, $firstOrder);
    }

    /** @return ?int Unix seconds at which the next row is to be sent; null when none is */
    public function nextTry(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(l.next_try) FROM ' . self::TABLE . ' l WHERE ' . self::SENDABLE,
            $this->links->key(),
        );

        return $next === null ? null : (int) $next;
    }

    /** @return list<LedgerRow> Rows that need the owner's decision, newest first */
    public function waiting(int $limit): array
    {
        return array_map(LedgerRow::fromRow(...), $this->rows->waiting($limit));
    }

    public function row(int $id): ?LedgerRow
    {
        $row = $this->sql->fetchOne('SELECT * FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND id = ?', [...$this->links->key(), $id]);

        return $row === null ? null : LedgerRow::fromRow($row);
    }

    /** @return array{intended: int, sent: int, uncertain: int, dead: int} */
    public function counts(): array
    {
        return $this->rows->counts();
    }

    /**
     * Writes during which sales of the till may have been lost, as input of {@see \CloverSync\Stock::soldWithin()}.
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
                AND (state = 'sent' OR modified_after IS NOT NULL OR resent_from IS NOT NULL)
                AND COALESCE(settled, sent) >= ? AND window_ms IS NOT NULL ORDER BY id DESC",
            [...$this->links->key(), $since],
        ) as $row) {
            $item   = Row::string($row, 'clover_id');
            $before = Row::nullableInt($row, 'modified_before');
            $after  = Row::nullableInt($row, 'modified_after');
            $window = Row::int($row, 'window_ms');
            $resent = Row::nullableInt($row, 'resent_from');

            if ($row['state'] === 'sent') {
                // Only the shop's clock shows how long it may still take.
                $writes[] = self::write(
                    $item,
                    $before,
                    1000 * ($now + self::CLOCKS_APART),
                    $window + (1000 * ($now - Row::int($row, 'sent') + (2 * self::CLOCKS_APART))),
                );
            } elseif ($after !== null) {
                $writes[] = self::write($item, $before, $after, $window);
            }

            if ($resent !== null) {
                $writes[] = self::write($item, $resent, $resent + 999, 0);
            }
        }

        return $writes;
    }

    /** @return array{clover_id: string, modified_before: ?int, modified_after: int, window: int} */
    private static function write(string $item, ?int $before, int $after, int $window): array
    {
        return [
            'clover_id'       => $item,
            'modified_before' => $before,
            'modified_after'  => $after,
            'window'          => $window,
        ];
    }

    private function postpone(int $id, SendState $state, int $seconds, Message $message, string $and = ''): void
    {
        $this->rows->change($id, $state, null, "next_try = ?, message = ?$and", [
            $this->clock->now() + $seconds,
            $message->json(),
        ]);
    }

    private function asConfirmed(): string
    {
        return (
            "state = 'confirmed', settled = ?, settled_ms = "
            . $this->sql->dialect()->milliseconds()
            . ', message = NULL'
        );
    }

    /** The most milliseconds between a row's reading and now. */
    private function windowUntilNow(LedgerRow $row): int
    {
        return min(2_000_000_000, $row->windowMs + (1000 * max(0, $this->clock->now() - $row->sent)));
    }

    /**
     * @param list<int|string> $ids
     *
     * @return list<CountedRow>
     */
    private function counted(string $column, array $ids, int $firstOrder): array
    {
        return array_map(CountedRow::fromRow(...), $this->bulk->fetch(
            'SELECT l.id, l.order_id, l.order_pk, l.line_id, l.cause, l.reverses, l.clover_id, l.variant_id,
                l.delta, l.state, l.settled_ms AS settled, CASE WHEN l.order_pk >= ? THEN 1 ELSE 0 END AS counted,
                r.state AS reversed_state, r.settled_ms AS reversed_settled
           FROM '
            . self::TABLE
            . ' l
           LEFT JOIN '
            . self::TABLE
            . ' r ON r.environment = l.environment AND r.merchant_id = l.merchant_id AND r.order_id = l.order_id
                AND r.order_pk = l.order_pk AND r.line_id = l.line_id AND r.seq = l.reverses
          WHERE l.environment = ? AND l.merchant_id = ? AND (l.order_pk >= ? OR l.state IN '
            . self::OPEN
            . ") AND l.$column IN (%s)",
            $ids,
            [$firstOrder, ...$this->links->key(), $firstOrder],
        ));
    }
}
