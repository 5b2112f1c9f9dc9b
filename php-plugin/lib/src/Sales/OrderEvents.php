<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;

/**
 * What the shop's hooks say of orders.
 *
 * Each call inserts one row in one statement of its own, waits for no lock of the worker's, calls nobody and never
 * throws: it runs inside somebody's checkout. An event that is lost all the same is found by {@see OrderReconciler}.
 */
final readonly class OrderEvents
{
    /** A checkout that has begun: the order has a temporary id and no lines yet. */
    private const BEGUN = 5;

    /** @param ?\Closure(\Throwable): void $failed Told when a row could not be written */
    public function __construct(
        private Sql $sql,
        private string $environment,
        private Clock $clock,
        private ?\Closure $failed = null,
    ) {
    }

    /** @param ?int $old Null for an order that is just being made */
    public function statusChanged(string $orderId, ?int $old, int $new): void
    {
        if ($old === null && $new === self::BEGUN) {
            return;
        }

        $this->tell($orderId, 'status', $old ?? 0, $new);
    }

    /** A gateway has paid money back; it names no lines. */
    public function refunded(string $orderId, bool $whole): void
    {
        $this->tell($orderId, $whole ? 'refund' : 'part');
    }

    /**
     * A gateway has paid so much back. To be called while the order's own sum of refunds does not hold it yet.
     *
     * @param string $amount In the shop's currency, reckoned back from cents of the customer's
     */
    public function paidBack(string $orderId, string $amount): void
    {
        try {
            $whole =
                (int) $this->sql->fetchValue(
                    'SELECT CASE WHEN COALESCE(order_refund, 0) + CAST(? AS DECIMAL(15,5)) >= order_total - 0.005 / CASE WHEN currency_value > 0 AND currency_value < 1 THEN currency_value ELSE 1 END
                             THEN 1 ELSE 0 END FROM #__j2commerce_orders WHERE order_id = ?',
                    [$amount, $orderId],
                ) === 1;
        } catch (\Throwable $e) {
            $this->fail($e);

            return;
        }

        $this->refunded($orderId, $whole);
    }

    /** The order's lines may have changed. */
    public function edited(string $orderId): void
    {
        $this->tell($orderId, 'edit');
    }

    private function tell(string $orderId, string $event, ?int $old = null, ?int $new = null): void
    {
        try {
            $this->sql->execute('INSERT INTO '
            . OrderEventLog::TABLE
            . ' (environment, order_id, event, old_status, new_status, created) VALUES (?, ?, ?, ?, ?, ?)', [
                $this->environment,
                $orderId,
                $event,
                $old,
                $new,
                $this->clock->now(),
            ]);
        } catch (\Throwable $e) {
            $this->fail($e);
        }
    }

    private function fail(\Throwable $e): void
    {
        try {
            if ($this->failed !== null) {
                ($this->failed)($e);
            }
        } catch (\Throwable) {
            // Nobody is left to tell, and the checkout must go on.
        }
    }
}
