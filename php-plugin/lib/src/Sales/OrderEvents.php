<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;

/**
 * Records the shop hooks' order events.
 *
 * Each call inserts one row in one statement of its own, waits for no lock of the worker's, sends no request and never
 * throws: it runs inside a customer's checkout. {@see OrderReconciler} finds the change behind an event that was lost.
 */
final readonly class OrderEvents
{
    /** J2Commerce's status of a checkout that has begun: the order has a temporary id and no lines yet. */
    private const BEGUN = 5;

    /** @param ?\Closure(\Throwable): void $failed Called when a row could not be written */
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

        $this->record($orderId, OrderEventType::Status, $old ?? 0, $new);
    }

    /** A gateway has refunded money; it names no lines. */
    public function refunded(string $orderId, bool $whole): void
    {
        $this->record($orderId, $whole ? OrderEventType::Refund : OrderEventType::PartRefund);
    }

    /**
     * A gateway has refunded an amount. The order's own sum of refunds may include it: some gateways add it themselves,
     * for others J2Commerce adds it afterwards. When the order is planned, the sum is complete, and the last of several
     * refunds is recognized.
     *
     * @param string $amount In the shop's currency, converted from cents of the customer's
     */
    public function paidBack(string $orderId, string $amount): void
    {
        try {
            $whole =
                (int) $this->sql->fetchValue('SELECT CASE WHEN CAST(? AS DECIMAL(15,5)) >= '
                . ShopOrders::TOTAL
                . ' OR '
                . ShopOrders::REFUNDED
                . ' >= '
                . ShopOrders::TOTAL
                . ' THEN 1 ELSE 0 END FROM #__j2commerce_orders WHERE order_id = ?', [$amount, $orderId]) === 1;
        } catch (\Throwable $e) {
            $this->fail($e);

            return;
        }

        $this->refunded($orderId, $whole);
    }

    /** The order's lines may have changed. */
    public function edited(string $orderId): void
    {
        $this->record($orderId, OrderEventType::Edit);
    }

    private function record(string $orderId, OrderEventType $event, ?int $old = null, ?int $new = null): void
    {
        try {
            $this->sql->execute('INSERT INTO '
            . OrderEventLog::TABLE
            . ' (environment, order_id, event, old_status, new_status, created) VALUES (?, ?, ?, ?, ?, ?)', [
                $this->environment,
                $orderId,
                $event->value,
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
            // The checkout must go on.
        }
    }
}
