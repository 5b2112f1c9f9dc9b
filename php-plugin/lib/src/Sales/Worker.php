<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * Does what the shop's hooks have left to do: looks at the orders that something was told of, moves Clover's counts,
 * and makes paid orders appear in Clover.
 *
 * One worker of all processes and web nodes at a time. The pace belongs to the token, so a second one would gain
 * nothing; and writes for one item must not run side by side.
 */
final readonly class Worker
{
    private const ORDERS_AT_ONCE = 50;

    /** Seconds that are worth waiting for, so often at most. */
    private const SHORT = 5;
    private const WAITS = 30;

    public function __construct(
        private Connection $connection,
        private SiteGuard $guard,
        private OrderEventLog $outbox,
        private Planner $planner,
        private OrderReconciler $scan,
        private StockLedger $ledger,
        private OrderPushes $pushed,
        private StockSender $stock,
        private OrderPusher $orders,
        private CircuitBreaker $pause,
        private Lock $lock,
        private Clock $clock,
    ) {
    }

    /**
     * Works until nothing is due.
     *
     * @param bool  $once Only one batch of each kind
     * @param bool  $scan Whether to look through the recent orders as well
     * @param float $wait Seconds to wait for another worker to end
     *
     * @throws NotConnectedException
     * @throws \CloverSync\Shop\Exception\SiteMovedException
     * @throws AlreadyRunningException
     * @throws CloverException         when nothing can be sent at all; what was due stays due
     */
    public function run(TimeBudget $budget, bool $once = false, bool $scan = true, float $wait = 0.0): WorkReport
    {
        $status = $this->connection->status();

        if (!$status->connected) {
            throw new NotConnectedException(
                $status->reconnectReason === null
                    ? 'The shop is not connected to Clover: connect it first.'
                    : "The connection to Clover does not work any more ($status->reconnectReason): connect again.",
            );
        }

        $this->guard->check();

        if (!$this->lock->wait($wait)) {
            throw new AlreadyRunningException('Another process is sending sales to Clover: wait until it has ended.');
        }

        try {
            return $this->work($budget, $once, $scan);
        } finally {
            $this->lock->release();
        }
    }

    /** What waits, without doing anything about it. */
    public function waiting(): WorkReport
    {
        $result            = new WorkReport();
        $stock             = $this->ledger->counts();
        $orders            = $this->pushed->counts();
        $result->uncertain = $stock['uncertain'] + $orders['uncertain'];
        $result->dead      = $stock['dead'] + $orders['dead'] + $this->outbox->countDead();
        $result->later     = $stock['intended']
        + $stock['sent']
        + $orders['intended']
        + $orders['sent']
        + $orders['unpaid']
        + $this->outbox->countLater();
        $result->paused = $this->pause->read()['reason'] ?? null;

        return $result;
    }

    private function work(TimeBudget $budget, bool $once, bool $scan): WorkReport
    {
        $done = new WorkReport();
        $this->outbox->dropImpossibleTimes();
        $this->ledger->dropImpossibleTimes();
        $this->pushed->dropImpossibleTimes(OrderPusher::QUIET_FILLING);

        if ($scan) {
            $done->found = $this->scan->run();
            $this->outbox->purge();
        }

        $waits = 0;

        do {
            $taken = $this->plan();
            $taken += $this->unlessPaused('inventory_decrement', fn (): int => $this->stock->step($this->lock, $done));
            $taken += $this->unlessPaused('order_push', fn (): int => $this->orders->step($this->lock, $done));
        } while (
            !$once
            && !$budget->isSpent()
            && $this->lock->renew()
            && ($taken > 0 || $this->waitForTheNext($waits))
        );

        $left            = $this->waiting();
        $left->claimed   = $done->claimed;
        $left->confirmed = $done->confirmed;
        $left->skipped   = $done->skipped;
        $left->found     = $done->found;

        return $left;
    }

    /**
     * A row that Clover's pace has put off is due again within seconds; to leave it to the next run would cost minutes.
     */
    private function waitForTheNext(int &$waits): bool
    {
        $now  = $this->clock->now();
        $next = min($this->ledger->nextTry() ?? PHP_INT_MAX, $this->pushed->nextTry() ?? PHP_INT_MAX);

        if ($next > ($now + self::SHORT) || ++$waits > self::WAITS || $this->pause->read() !== null) {
            return false;
        }

        $this->clock->sleep(max(0.05, $next - $now));

        return true;
    }

    /** @param \Closure(): int $step */
    private function unlessPaused(string $action, \Closure $step): int
    {
        if ($this->pause->read() !== null) {
            return 0;
        }

        try {
            return $step();
        } catch (PermissionException $e) {
            $this->pause->begin($e->getMessage(), $action);

            return 0;
        }
    }

    /** @return int Orders looked at */
    private function plan(): int
    {
        $due = $this->outbox->due(self::ORDERS_AT_ONCE);

        foreach ($due as $orderId) {
            try {
                $this->planner->plan($orderId);
            } catch (ReconnectException|UnavailableException $e) {
                throw $e;
            } catch (\Throwable $e) {
                // One order that cannot be read must not hold up the others.
                $this->planner->failed($orderId, $e);
            }
        }

        return \count($due);
    }
}
