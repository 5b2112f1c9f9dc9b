<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die;

use CloverSync\Orders;
use CloverSync\Shop\Bulk;
use CloverSync\Shop\Clock;
use CloverSync\Shop\Mappings;
use CloverSync\Shop\Names;
use CloverSync\Shop\Sql;
use CloverSync\Shop\State;

/** Orders of the shop that are to appear in Clover, one row each. */
final readonly class PushedOrders
{
    public const TABLE = '#__j2commerce_clover_orders';

    private const SITE_TAG = 'site_tag';

    private const MAX_REFUSALS = 3;

    public function __construct(private Sql $sql, private Mappings $mappings, private State $state, private Clock $clock)
    {
    }

    public function has(string $orderId): bool
    {
        return $this->sql->fetchValue('SELECT id FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND order_id = ?', [...$this->key(), $orderId]) !== null;
    }

    /** @return ?array<string, mixed> */
    public function of(string $orderId): ?array
    {
        return $this->sql->fetchOne('SELECT * FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND order_id = ?', [...$this->key(), $orderId]);
    }

    /** The order is paid: it is to appear in Clover, once. While `$push` is off it is noted as skipped, so that it is not sent later. */
    public function intend(string $orderId, int $pk, bool $push): void
    {
        $now = $this->clock->now();
        (new Bulk($this->sql))->upsert(
            self::TABLE,
            ['environment', 'merchant_id', 'order_id', 'order_pk', 'reference', 'state', 'reason', 'settled', 'created'],
            [[...$this->key(), $orderId, $pk, Orders::reference($this->siteTag(), $pk), $push ? 'intended' : 'skipped', $push ? null : 'sync_sale_off', $push ? null : $now, $now]],
            ['environment', 'merchant_id', 'order_id'],
            [],
        );
        $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'intended', reason = NULL, settled = NULL, attempts = 0, next_try = 0
              WHERE environment = ? AND merchant_id = ? AND order_id = ? AND state = 'skipped' AND reason = 'cancelled'",
            [...$this->key(), $orderId],
        );
    }

    /** The order is released: it need not appear in Clover, unless it does already. */
    public function cancel(string $orderId): void
    {
        $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'skipped', reason = 'cancelled', settled = ? WHERE environment = ? AND merchant_id = ? AND order_id = ? AND state IN ('intended', 'dead')",
            [$this->clock->now(), ...$this->key(), $orderId],
        );
    }

    /** The owner wants an order in Clover that was left out while Sync Sale was off. */
    public function pushNow(string $orderId): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'intended', reason = NULL, message = NULL, settled = NULL, attempts = 0, next_try = 0
              WHERE environment = ? AND merchant_id = ? AND order_id = ? AND state = 'skipped' AND reason = 'sync_sale_off'",
            [...$this->key(), $orderId],
        ) === 1;
    }

    /** @return ?array<string, mixed> The next row to work on */
    public function due(): ?array
    {
        return $this->sql->fetchOne(
            'SELECT * FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND next_try <= ?
                AND (state IN ('intended', 'sent') OR (state = 'confirmed' AND payment = 'due')) ORDER BY id LIMIT 1",
            [...$this->key(), $this->clock->now()],
        );
    }

    /**
     * @param int $lease Seconds after which nothing can come of the call any more, should nobody hear of its end
     *
     * @return bool Whether the row was still to be sent
     */
    public function create(int $id, string $claim, string $plan, int $lease): bool
    {
        $now = $this->clock->now();

        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'sent', step = 'create', plan = ?, claim = ?, sent = ?, next_try = ?, reason = NULL, message = NULL WHERE id = ? AND state = 'intended'",
            [$plan, $claim, $now, $now + $lease, $id],
        ) === 1;
    }

    /** Clover has the order; its lines are next. Also the claim of a row that another process has left. */
    public function fill(int $id, string $claim, string $was, string $cloverOrderId, int $lease): bool
    {
        return $this->move($id, $was, "step = 'fill', clover_order_id = ?, claim = ?, next_try = ?", [$cloverOrderId, $claim, $this->clock->now() + $lease]);
    }

    public function complete(int $id, string $claim): bool
    {
        return $this->move($id, $claim, "state = 'confirmed', step = '', payment = 'due', attempts = 0, next_try = 0, settled = ?, message = NULL", [$this->clock->now()]);
    }

    /** @return bool Whether the payment was still to be recorded, and is this claim's to do */
    public function pay(int $id, string $was, string $claim, int $lease): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET claim = ?, attempts = attempts + 1, next_try = ? WHERE id = ? AND state = 'confirmed' AND payment = 'due' AND claim = ?",
            [$claim, $this->clock->now() + $lease, $id, $was],
        ) === 1;
    }

    /** What became of the payment; with that all is told. */
    public function paid(int $id, string $claim, string $payment, string $message): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET payment = ?, message = ?, plan = NULL WHERE id = ? AND state = 'confirmed' AND payment = 'due' AND claim = ?",
            [$payment, $message === '' ? null : Names::fit($message, 10_000), $id, $claim],
        ) === 1;
    }

    /** Comes back to an unanswered row later. */
    public function later(int $id, string $claim, int $seconds, string $message): void
    {
        $this->sql->execute(
            'UPDATE ' . self::TABLE . ' SET next_try = ?, message = ? WHERE id = ? AND claim = ?',
            [$this->clock->now() + $seconds, Names::fit($message, 10_000), $id, $claim],
        );
    }

    /** Puts a row back of which Clover has certainly carried nothing out. */
    public function again(int $id, string $claim, int $seconds, string $message): bool
    {
        return $this->move($id, $claim, "state = 'intended', step = '', claim = '', next_try = ?, message = ?", [$this->clock->now() + $seconds, Names::fit($message, 10_000)]);
    }

    public function uncertain(int $id, string $claim, string $reason, string $message): bool
    {
        return $this->move($id, $claim, "state = 'uncertain', reason = ?, message = ?", [$reason, Names::fit($message, 10_000)]);
    }

    /** @return bool Whether it is dead now */
    public function refuse(int $id, string $claim, int $attempts, string $message): bool
    {
        $dead = $attempts + 1 >= self::MAX_REFUSALS;
        $this->sql->execute(
            'UPDATE ' . self::TABLE . ' SET state = ?, reason = ?, attempts = ?, next_try = ?, message = ? WHERE id = ? AND state = \'sent\' AND claim = ?',
            [$dead ? 'dead' : 'intended', $dead ? 'refused' : null, $attempts + 1, $this->clock->now() + 60 * 2 ** $attempts, Names::fit($message, 10_000), $id, $claim],
        );

        return $dead;
    }

    public function kill(int $id, string $reason, string $message): bool
    {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'dead', reason = ?, message = ? WHERE id = ? AND state = 'intended'",
            [$reason, Names::fit($message, 10_000), $id],
        ) === 1;
    }

    public function skip(int $id, string $reason): void
    {
        $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = 'skipped', reason = ?, settled = ? WHERE id = ? AND state = 'intended'",
            [$reason, $this->clock->now(), $id],
        );
    }

    /**
     * Follows the owner's word on a row that is uncertain or dead.
     *
     * @param string $word "applied" (the order is in Clover), "not_applied" (it is not: send it) or "leave"
     *
     * @return bool False when the row waits for no word
     */
    public function resolve(int $id, string $word): bool
    {
        [$state, $reason] = match ($word) {
            'applied'     => ['confirmed', 'owner'],
            'not_applied' => ['intended', null],
            'leave'       => ['skipped', 'owner'],
        };

        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET state = ?, reason = ?, step = '', payment = '', claim = '', plan = NULL, attempts = 0, next_try = 0, message = NULL, settled = ?
              WHERE environment = ? AND merchant_id = ? AND id = ? AND state IN ('uncertain', 'dead')",
            [$state, $reason, $state === 'intended' ? null : $this->clock->now(), ...$this->key(), $id],
        ) === 1;
    }

    /** @return ?int Unix seconds at which the next row is to be sent; null when none is */
    public function nextTry(): ?int
    {
        $next = $this->sql->fetchValue('SELECT MIN(next_try) FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND state = 'intended'", $this->key());

        return $next === null ? null : (int) $next;
    }

    /** @return list<array<string, mixed>> Rows that wait for the owner's word, newest first */
    public function waiting(int $limit): array
    {
        return $this->sql->fetchAll(
            'SELECT * FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND state IN ('uncertain', 'dead') ORDER BY id DESC LIMIT $limit",
            $this->key(),
        );
    }

    /** @return array{intended: int, sent: int, uncertain: int, dead: int, unpaid: int} */
    public function counts(): array
    {
        $counts = ['intended' => 0, 'sent' => 0, 'uncertain' => 0, 'dead' => 0, 'unpaid' => 0];

        foreach ($this->sql->fetchAll(
            'SELECT state, COUNT(*) AS n FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND state IN ('intended', 'sent', 'uncertain', 'dead') GROUP BY state",
            $this->key(),
        ) as $row) {
            $counts[(string) $row['state']] = (int) $row['n'];
        }

        $counts['unpaid'] = (int) $this->sql->fetchValue('SELECT COUNT(*) FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND payment = 'due'", $this->key());

        return $counts;
    }

    /** Five characters that tell this shop's orders from those of another one at the same merchant; made once. */
    private function siteTag(): string
    {
        $tag = $this->state->get(self::SITE_TAG);

        if ($tag === null) {
            $this->state->add(self::SITE_TAG, Orders::siteTag(random_bytes(8)));
            $tag = (string) $this->state->get(self::SITE_TAG);
        }

        return $tag;
    }

    /** @param list<scalar|null> $values */
    private function move(int $id, string $claim, string $set, array $values): bool
    {
        return $this->sql->execute('UPDATE ' . self::TABLE . " SET $set WHERE id = ? AND state = 'sent' AND claim = ?", [...$values, $id, $claim]) === 1;
    }

    /** @return array{string, string} */
    private function key(): array
    {
        return [$this->mappings->environment, $this->mappings->merchant];
    }
}
