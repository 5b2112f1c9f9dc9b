<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Orders;
use CloverSync\Resolution;
use CloverSync\SendState;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/** Orders of the shop that are to appear in Clover, one row each. */
final readonly class OrderPushes
{
    public const TABLE = '#__j2commerce_clover_orders';

    private const SITE_TAG = 'site_tag';

    private const NUMBER = 'order_number';

    /** Numbers count from 2020-01-01, {@see PER_SECOND} a second; seven digits in base 36 last for 77 years. */
    private const EPOCH      = 1_577_836_800;
    private const PER_SECOND = 32;
    private const LAST       = 78_364_164_095;

    private const MAX_REFUSALS = 3;

    /** Seconds that clocks may differ. */
    private const TOLERANCE = 60;

    private const LONGEST_WAIT = 3_600;

    private const UNPAID = " AND payment = 'due'";

    /** A payment that can be recorded: the title in Clover says so, see {@see OrderPushRow::isPaymentDue()}. */
    private const PAYABLE = " AND payment = 'due' AND mark = '' AND shown = 'paid'";

    /** Orders to send, and those whose payment, or whose title and note, are due. */
    public const OPEN =
        "state IN ('intended', 'sent') OR (state = 'confirmed' AND mark = 'due') OR (state = 'confirmed'"
            . self::PAYABLE
            . ')';

    /** Reason of an order that is whole in Clover, and whose payment could not be recorded. */
    private const PAYMENT = 'payment';

    /** A row that was postponed this often needs the owner's decision: the waits add up to about a day. */
    private const MAX_MISSES = 32;

    private SendRows $rows;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private KeyValueStore $state,
        private Clock $clock,
    ) {
        $this->rows = new SendRows($sql, $links, self::TABLE);
    }

    /** @param int $pk Primary key of the order: the shop can reuse order ids */
    public function has(string $orderId, int $pk): bool
    {
        return $this->sql->fetchValue('SELECT id FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND order_id = ? AND order_pk = ?', [
            ...$this->links->key(),
            $orderId,
            $pk,
        ]) !== null;
    }

    /** @return list<OrderPushRow> All orders with this id, oldest first */
    public function all(string $orderId): array
    {
        return array_map(OrderPushRow::fromRow(...), $this->sql->fetchAll('SELECT * FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND order_id = ? ORDER BY id', [
            ...$this->links->key(),
            $orderId,
        ]));
    }

    /** The row of the newest order with this id. */
    public function of(string $orderId): ?OrderPushRow
    {
        return $this->one('SELECT * FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND order_id = ? ORDER BY id DESC LIMIT 1', [
            ...$this->links->key(),
            $orderId,
        ]);
    }

    public function row(int $id): ?OrderPushRow
    {
        return $this->one('SELECT * FROM ' . self::TABLE . ' WHERE id = ?', [$id]);
    }

    /**
     * The order is sold: it is to appear in Clover, once.
     *
     * Call it in a transaction, which keeps the number and the row together.
     *
     * @param ?string $without Reason for which it is left out; then it is not sent later either, except by hand, or
     *   when a "foreign" order gets goods that are in Clover
     */
    public function intend(string $orderId, ShopOrder $order, OrderMark $wanted, ?string $without): void
    {
        if ($this->has($orderId, $order->pk)) {
            $revived = $without === null ? ['cancelled', 'foreign'] : ['cancelled'];
            $this->sql->execute(
                'UPDATE '
                . self::TABLE
                . "
                      SET state = 'intended', reason = NULL, settled = NULL, attempts = 0, misses = 0, next_try = 0,
                        wanted = ?, seen = ?
                  WHERE environment = ? AND merchant_id = ? AND order_id = ? AND order_pk = ?
                    AND state = 'skipped' AND reason IN ("
                . Bulk::marks($revived)
                . ')',
                [
                    $wanted->text(),
                    $this->compared($order->modified),
                    ...$this->links->key(),
                    $orderId,
                    $order->pk,
                    ...$revived,
                ],
            );

            return;
        }

        $now = $this->clock->now();
        (new Bulk($this->sql))->upsert(
            self::TABLE,
            [
                'environment',
                'merchant_id',
                'order_id',
                'order_pk',
                'reference',
                'state',
                'reason',
                'wanted',
                'seen',
                'settled',
                'created',
            ],
            [[
                ...$this->links->key(),
                $orderId,
                $order->pk,
                Orders::reference($this->siteTag(), $this->nextNumber()),
                $without === null ? 'intended' : 'skipped',
                $without,
                $wanted->text(),
                $this->compared($order->modified),
                $without === null ? null : $now,
                $now,
            ]],
            ['environment', 'merchant_id', 'order_id', 'order_pk'],
            [],
        );
    }

    /**
     * Stores what title and note in Clover are to say. What they do not say yet becomes due; a call on its way keeps
     * its time.
     *
     * @param ?string $fingerprint Of the order as it is, for a row that has none
     * @param ?string $seen        `modified_on` of the shop's order that was compared
     */
    public function want(int $id, OrderMark $wanted, ?string $fingerprint, ?string $seen): void
    {
        $text = $wanted->text();
        // MySQL assigns from left to right: "wanted" comes last.
        $this->sql->execute('UPDATE ' . self::TABLE . " SET fingerprint = COALESCE(fingerprint, ?), seen = ?,
                    mark = CASE WHEN shown = ? THEN '' WHEN wanted = ? THEN mark ELSE 'due' END, wanted = ?
              WHERE id = ?", [
            $fingerprint,
            $seen === null ? null : $this->compared($seen),
            $text,
            $text,
            $text,
            $id,
        ]);
    }

    /** The order is released: it need not appear in Clover, unless it does already. */
    public function cancel(string $orderId, int $pk): void
    {
        $this->sql->execute('UPDATE ' . self::TABLE . " SET state = 'skipped', reason = 'cancelled', settled = ?
              WHERE environment = ? AND merchant_id = ? AND order_id = ? AND order_pk = ?
                AND state IN ('intended', 'dead')", [
            $this->clock->now(),
            ...$this->links->key(),
            $orderId,
            $pk,
        ]);
    }

    /** The owner wants to send an order that was left out by a setting. */
    public function pushNow(string $orderId): bool
    {
        $row = $this->of($orderId);

        return $row !== null
        && $this->rows->change(
            $row->id,
            SendState::Skipped,
            null,
            "state = 'intended', reason = NULL, message = NULL, settled = NULL, attempts = 0, misses = 0,
                    next_try = 0",
            [],
            " AND reason IN ('sync_sale_off', 'foreign')",
        );
    }

    /**
     * Impossible times come from a clock that was ahead. Rows that it put off become due. Rows that it sent count as
     * sent just now, so that a call on its way is waited for.
     *
     * @param int $quiet Seconds after which no call can arrive any more
     */
    public function dropImpossibleTimes(int $quiet): void
    {
        $now = $this->clock->now();
        $ago = $now + self::TOLERANCE;
        $end = $now + self::LONGEST_WAIT;
        $this->sql->execute(
            'UPDATE ' . self::TABLE . "
                  SET next_try = CASE WHEN next_try <= ? AND (state <> 'sent' OR sent <= ?) THEN next_try
                                    WHEN state = 'intended' THEN ? ELSE ? END,
                    sent = CASE WHEN sent > ? THEN ? ELSE sent END
              WHERE environment = ? AND merchant_id = ?
                AND (state IN ('intended', 'sent') OR (state = 'confirmed' AND (payment = 'due' OR mark = 'due')))
                AND ((state = 'sent' AND sent > ?) OR next_try > ?)",
            [$end, $ago, $now, $now + $quiet, $ago, $now, ...$this->links->key(), $ago, $end],
        );
    }

    /** The next order to send. */
    public function due(): ?OrderPushRow
    {
        return $this->next("state IN ('intended', 'sent')");
    }

    /** The next order in Clover whose payment is to be recorded. */
    public function dueForPayment(): ?OrderPushRow
    {
        return $this->next("state = 'confirmed'" . self::PAYABLE);
    }

    /** The next order in Clover whose title and note do not say what became of it. */
    public function dueForMark(): ?OrderPushRow
    {
        return $this->next("state = 'confirmed' AND mark = 'due'");
    }

    private function next(string $condition): ?OrderPushRow
    {
        return $this->one(
            'SELECT * FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND next_try <= ? AND $condition ORDER BY id LIMIT 1",
            [...$this->links->key(), $this->clock->now()],
        );
    }

    /**
     * @param OrderMark $shown       What the plan says
     * @param string    $fingerprint Of the order that was planned
     * @param int       $lease       Seconds after which the call can no longer arrive, if its end was not seen
     *
     * @return bool Whether the row was still to be sent
     */
    public function create(
        int $id,
        string $claim,
        string $plan,
        OrderMark $shown,
        string $fingerprint,
        int $lease,
    ): bool {
        $now = $this->clock->now();

        return $this->rows->change(
            $id,
            SendState::Intended,
            null,
            "state = 'sent', step = 'create', plan = ?, shown = ?, fingerprint = ?,
            claim = ?, sent = ?, next_try = ?, reason = NULL, message = NULL",
            [
                $plan,
                $shown->text(),
                $fingerprint,
                $claim,
                $now,
                $now + $lease,
            ],
        );
    }

    /** Clover has the order; its lines are next. Also claims a row that another process has left. */
    public function fill(int $id, string $claim, string $was, string $cloverOrderId, int $lease): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $was,
            "step = 'fill', clover_order_id = ?, claim = ?, next_try = ?",
            [
                $cloverOrderId,
                $claim,
                $this->clock->now() + $lease,
            ],
        );
    }

    public function complete(int $id, string $claim): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            "state = 'confirmed', step = '', payment = 'due', mark = CASE WHEN wanted = shown THEN '' ELSE 'due' END,
             attempts = 0, misses = 0, next_try = 0, settled = ?, message = NULL",
            [$this->clock->now()],
        );
    }

    /** @return bool Whether the payment was still to be recorded, and this claim holds the row now */
    public function pay(int $id, string $was, string $claim, int $lease): bool
    {
        return $this->rows->change(
            $id,
            SendState::Confirmed,
            $was,
            'claim = ?, attempts = attempts + 1, next_try = ?',
            [$claim, $this->clock->now() + $lease],
            self::PAYABLE,
        );
    }

    /** Stores how the payment ended, which completes the order. */
    public function paid(int $id, string $claim, string $payment, ?Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Confirmed,
            $claim,
            'payment = ?, message = ?, plan = NULL, misses = 0, next_try = 0',
            [$payment, $message?->json()],
            self::UNPAID,
        );
    }

    /** Null within its second: the order may be edited again in it. The next scan compares it once more. */
    private function compared(string $modified): ?string
    {
        return (UtcTime::unix($modified) + 1) < $this->clock->now() ? $modified : null;
    }

    /** @return bool Whether title and note were still to be written, and this claim holds the row now */
    public function mark(int $id, string $was, string $claim, int $lease): bool
    {
        return $this->rows->change(
            $id,
            SendState::Confirmed,
            $was,
            'claim = ?, next_try = ?',
            [$claim, $this->clock->now() + $lease],
            " AND mark = 'due'",
        );
    }

    /**
     * Title and note say it.
     *
     * @param OrderMark $was What was wanted when the call began; if another is wanted by now, that is due
     * @param OrderMark $now What was written, from the order as it was then
     */
    public function marked(int $id, string $claim, OrderMark $was, OrderMark $now, string $cloverOrderId): bool
    {
        return $this->rows->change(
            $id,
            SendState::Confirmed,
            $claim,
            "mark = CASE WHEN wanted IN (?, ?) THEN '' ELSE 'due' END, shown = ?, clover_order_id = ?, misses = 0,
             next_try = 0, message = NULL, wanted = CASE WHEN wanted = ? THEN ? ELSE wanted END",
            [$was->text(), $now->text(), $now->text(), $cloverOrderId, $was->text(), $now->text()],
        );
    }

    /** Title and note cannot be written: what was wanted stays, until the owner decides or another is wanted. */
    public function stopMark(int $id, string $claim, OrderMark $was, MarkState $state, Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Confirmed,
            $claim,
            "mark = CASE WHEN wanted = ? THEN ? ELSE 'due' END, misses = 0, next_try = 0, message = ?",
            [$was->text(), $state->value, $message->json()],
        );
    }

    /** Counts a miss: the row waits, longer each time. Returns it after the last time, and null otherwise. */
    private function missed(int $id, string $claim, int $seconds, Message $message): ?OrderPushRow
    {
        $row = $this->row($id);

        if ($row === null || $row->claim !== $claim) {
            return null;
        }

        $misses = $row->misses + 1;

        if ($misses >= self::MAX_MISSES) {
            return $row;
        }

        $this->wait($id, $claim, max($seconds, 2 ** min(12, $misses - 1)), $message, $misses);

        return null;
    }

    /**
     * Puts title and note off, longer each time; after the last time the owner corrects them.
     *
     * @return bool Whether that was the last time
     */
    public function postponeMark(int $id, string $claim, int $seconds, Message $message): bool
    {
        $row = $this->missed($id, $claim, $seconds, $message);

        if ($row === null) {
            return false;
        }

        return $this->stopMark($id, $claim, $row->wanted, MarkState::Refused, $message);
    }

    /** @return list<OrderPushRow> Orders that the owner has to correct in Clover, newest first */
    public function corrections(int $limit): array
    {
        return array_map(
            OrderPushRow::fromRow(...),
            $this->sql->fetchAll(
                'SELECT * FROM '
                . self::TABLE
                . " WHERE environment = ? AND merchant_id = ? AND state = 'confirmed' AND mark IN ('locked', 'refused')
            ORDER BY id DESC LIMIT $limit",
                $this->links->key(),
            ),
        );
    }

    /**
     * Carries out the owner's decision about an order that had to be corrected in Clover.
     *
     * @param bool $again Whether to try once more; else it is corrected, or stays as it is
     *
     * @return bool False when it does not need a correction
     */
    public function resolveMark(int $id, bool $again): bool
    {
        return $this->sql->execute('UPDATE ' . self::TABLE . " SET mark = ?, misses = 0, next_try = 0, message = NULL
              WHERE environment = ? AND merchant_id = ? AND id = ? AND state = 'confirmed'
                AND mark IN ('locked', 'refused')", [
            ($again ? MarkState::Due : MarkState::Left)->value,
            ...$this->links->key(),
            $id,
        ]) === 1;
    }

    /**
     * Puts a row off, longer each time; the last time it becomes the owner's.
     *
     * @param int    $seconds Shortest wait
     * @param string $reason  Of a row that was never sent and is dead now; one that was sent gets "no_answer", a
     *   payment "payment"
     *
     * @return bool Whether that was the last time
     */
    public function postpone(int $id, string $claim, int $seconds, Message $message, string $reason = 'too_slow'): bool
    {
        $row = $this->missed($id, $claim, $seconds, $message);

        if ($row === null) {
            return false;
        }

        [$state, $why] = match ($row->state) {
            SendState::Intended => [SendState::Dead, $reason],
            SendState::Sent     => [SendState::Uncertain, 'no_answer'],
            default             => [SendState::Uncertain, self::PAYMENT],
        };

        return $this->rows->change(
            $id,
            $row->state,
            $claim,
            "state = ?, reason = ?, payment = '', misses = ?, message = ?",
            [$state->value, $why, $row->misses + 1, $message->json()],
        );
    }

    /** Schedules another look at an unanswered row. */
    public function later(int $id, string $claim, int $seconds, Message $message): void
    {
        $this->wait($id, $claim, $seconds, $message, $this->row($id)->misses ?? 0);
    }

    /** Reschedules a row when Clover has certainly not executed any of it. */
    public function again(int $id, string $claim, int $seconds, Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            "state = 'intended', step = '', claim = '', next_try = ?, message = ?",
            [
                $this->clock->now() + min(self::LONGEST_WAIT, $seconds),
                $message->json(),
            ],
        );
    }

    public function uncertain(int $id, string $claim, string $reason, Message $message): bool
    {
        return $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            "state = 'uncertain', reason = ?, message = ?",
            [
                $reason,
                $message->json(),
            ],
        );
    }

    /** @return bool Whether it is dead now */
    public function refuse(int $id, string $claim, int $attempts, Message $message): bool
    {
        $dead = ($attempts + 1) >= self::MAX_REFUSALS;
        $this->rows->change(
            $id,
            SendState::Sent,
            $claim,
            'state = ?, reason = ?, attempts = ?, next_try = ?, message = ?',
            [
                $dead ? 'dead' : 'intended',
                $dead ? 'refused' : null,
                $attempts + 1,
                $this->clock->now() + (60 * (2 ** $attempts)),
                $message->json(),
            ],
        );

        return $dead;
    }

    public function kill(int $id, string $reason, Message $message): bool
    {
        return $this->rows->kill($id, $reason, $message);
    }

    public function skip(int $id, string $reason): void
    {
        $this->rows->change($id, SendState::Intended, null, "state = 'skipped', reason = ?, settled = ?", [
            $reason,
            $this->clock->now(),
        ]);
    }

    /**
     * Carries out the owner's decision about a row that is uncertain or dead.
     *
     * @return bool False when the row does not need a decision
     */
    public function resolve(int $id, Resolution $resolution): bool
    {
        if ($resolution === Resolution::NotApplied && $this->payAgain($id)) {
            return true;
        }

        [$state, $reason] = match ($resolution) {
            Resolution::Applied    => [SendState::Confirmed, 'owner'],
            Resolution::NotApplied => [SendState::Intended, null],
            Resolution::Leave      => [SendState::Skipped, 'owner'],
        };

        return $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET state = CASE WHEN reason = 'payment' THEN 'confirmed' ELSE ? END, reason = ?, step = '',
                    payment = '', claim = '', plan = NULL, attempts = 0, misses = 0, next_try = 0,
                    mark = CASE WHEN wanted = shown THEN '' ELSE 'due' END, message = NULL, settled = ?
              WHERE environment = ? AND merchant_id = ? AND id = ? AND state IN ('uncertain', 'dead')",
            [
                $state->value,
                $reason,
                $state === SendState::Intended ? null : $this->clock->now(),
                ...$this->links->key(),
                $id,
            ],
        ) === 1;
    }

    /** @return ?int Unix seconds at which the next row is to be sent; null when none is */
    public function nextTry(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(next_try) FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'intended'",
            $this->links->key(),
        );

        return $next === null ? null : (int) $next;
    }

    /** @return list<OrderPushRow> Rows that need the owner's decision, newest first */
    public function waiting(int $limit): array
    {
        return array_map(OrderPushRow::fromRow(...), $this->rows->waiting($limit));
    }

    /**
     * @return array{intended: int, sent: int, uncertain: int, dead: int, unpaid: int, unmarked: int, corrections: int}
     *   unpaid, unmarked: orders in Clover whose payment, or whose title and note, are due. corrections: orders that
     *   the owner has to correct in Clover
     */
    public function counts(): array
    {
        $count = fn (string $condition): int => (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND state = 'confirmed'$condition",
            $this->links->key(),
        );

        return (
            $this->rows->counts()
            + [
                'unpaid'      => $count(self::PAYABLE),
                'unmarked'    => $count(" AND mark = 'due'"),
                'corrections' => $count(" AND mark IN ('locked', 'refused')"),
            ]
        );
    }

    /** Five characters that distinguish this shop's orders from another shop's at the same merchant; made once. */
    private function siteTag(): string
    {
        $tag = $this->state->get(self::SITE_TAG);

        if ($tag === null) {
            $this->state->add(self::SITE_TAG, Orders::siteTag(random_bytes(8)));
            $tag = (string) $this->state->get(self::SITE_TAG);
        }

        return $tag;
    }

    /**
     * A number that no order of this site had before. The shop's own numbers can repeat (a counter that was reset), and
     * so can a count in our tables (a backup that was restored). The time repeats only when the clock is wrong; then
     * the number after the last one is taken.
     */
    private function nextNumber(): int
    {
        $last = (int) $this->sql->fetchValue(
            'SELECT value FROM #__j2commerce_clover_state WHERE environment = ? AND name = ?'
                . $this->sql->dialect()->lockRows(),
            [$this->links->environment, self::NUMBER],
        );
        $tick   = ($this->clock->now() - self::EPOCH) * self::PER_SECOND;
        $number = $tick > self::LAST ? $last + 1 : max($last + 1, $tick);
        $this->state->set(self::NUMBER, (string) $number);

        return $number;
    }

    /** @param list<scalar|null> $values */
    private function one(string $query, array $values): ?OrderPushRow
    {
        $row = $this->sql->fetchOne($query, $values);

        return $row === null ? null : OrderPushRow::fromRow($row);
    }

    private function wait(int $id, string $claim, int $seconds, Message $message, int $misses): void
    {
        $this->sql->execute('UPDATE '
        . self::TABLE
        . ' SET next_try = ?, message = ?, misses = ? WHERE id = ? AND claim = ?', [
            $this->clock->now() + min(self::LONGEST_WAIT, $seconds),
            $message->json(),
            $misses,
            $id,
            $claim,
        ]);
    }

    /** An order that is complete in Clover is not created a second time because its payment was not recorded. */
    private function payAgain(int $id): bool
    {
        return $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . " SET state = 'confirmed', reason = NULL, payment = 'due', attempts = 0, misses = 0, next_try = 0,
                    message = NULL
              WHERE environment = ? AND merchant_id = ? AND id = ? AND state = 'uncertain' AND reason = ?",
            [...$this->links->key(), $id, self::PAYMENT],
        ) === 1;
    }
}
