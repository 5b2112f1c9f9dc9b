<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Connection\ConnectionService;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\Pauses;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * Processes the events that the shop's hooks recorded: plans orders, writes Clover's counts, and makes paid orders
 * appear in Clover.
 *
 * One worker runs at a time among all processes and web nodes. Clover's rate limit belongs to the token, so a second
 * worker would gain nothing, and writes for one item must not run in parallel.
 */
final readonly class Worker
{
    private const ORDERS_AT_ONCE = 50;

    /** Seconds that a run waits for the next row, at most {@see WAITS} times. */
    private const SHORT = 5;
    private const WAITS = 30;

    public function __construct(
        private ConnectionService $connections,
        private OrderEventLog $events,
        private Planner $planner,
        private OrderReconciler $reconciler,
        private StockLedger $ledger,
        private OrderPushes $pushes,
        private StockSender $stock,
        private OrderPusher $orders,
        private OrderPrints $prints,
        private OrderPrinter $printer,
        private Pauses $pauses,
        /** The senders' own, which count their refusals. */
        private CircuitBreaker $stockBreaker,
        private CircuitBreaker $orderBreaker,
        private CircuitBreaker $paymentBreaker,
        private Lock $lock,
        private Clock $clock,
    ) {
    }

    /**
     * Works until nothing is due.
     *
     * @param bool  $once Only one batch of each kind
     * @param bool  $scan Whether to scan the recent orders as well
     * @param float $wait Seconds to wait for another worker to end
     *
     * @throws NotConnectedException
     * @throws \CloverSync\Shop\Exception\SiteMovedException
     * @throws AlreadySendingException
     * @throws CloverException         when nothing can be sent at all; what was due stays due
     */
    public function run(TimeBudget $budget, bool $once = false, bool $scan = true, float $wait = 0.0): WorkReport
    {
        $this->connections->require();

        if (!$this->lock->wait($wait)) {
            throw new AlreadySendingException(new Message(MessageCode::AlreadySending));
        }

        try {
            return $this->work($budget, $once, $scan);
        } finally {
            $this->lock->release();
        }
    }

    /** Counts of what waits; sends nothing. */
    public function waiting(): WorkReport
    {
        $result              = new WorkReport();
        $stock               = $this->ledger->counts();
        $orders              = $this->pushes->counts();
        $result->uncertain   = $stock['uncertain'] + $orders['uncertain'];
        $result->dead        = $stock['dead'] + $orders['dead'] + $this->events->countDead();
        $result->corrections = $orders['corrections'];
        $result->later       = $stock['intended']
        + $stock['sent']
        + $orders['intended']
        + $orders['sent']
        + $orders['unpaid']
        + $orders['unmarked']
        + $this->prints->countOpen()
        + $this->planner->countLater();
        $result->paused = array_values(array_filter(
            $this->pauses->all(),
            static fn (Pause $pause): bool => $pause->kind !== WorkKind::Catalog,
        ));

        return $result;
    }

    /** Whether something could be sent now, or a pause could end. Sends nothing. */
    public function hasDue(): bool
    {
        return (
            $this->events->due(1) !== []
            || self::isDue($this->stockBreaker, $this->stock->hasDue(...))
            || self::isDue(
                $this->orderBreaker,
                fn (): bool => (
                    $this->pushes->due() !== null
                    || $this->pushes->dueForMark() !== null
                    || $this->printer->hasDue()
                ),
            )
            || self::isDue($this->paymentBreaker, fn (): bool => $this->pushes->dueForPayment() !== null)
        );
    }

    /** @param \Closure(): bool $hasRows */
    private static function isDue(CircuitBreaker $breaker, \Closure $hasRows): bool
    {
        return $breaker->isTryable() && ($breaker->isOnTrial() || $hasRows());
    }

    private function work(TimeBudget $budget, bool $once, bool $scan): WorkReport
    {
        $done = new WorkReport();
        $this->events->dropImpossibleTimes();
        $this->ledger->dropImpossibleTimes();
        $this->pushes->dropImpossibleTimes(OrderPusher::QUIET_FILLING);

        if ($scan) {
            $done->found = $this->reconciler->run();
            $this->events->purge();
        }

        $waits = 0;

        do {
            $taken = $this->plan();
            $taken += $this->unlessPaused($this->stockBreaker, 'inventory_decrement', fn (): int => $this->stock->step(
                $this->lock,
                $done,
            ));
            $taken += $this->unlessPaused(
                $this->orderBreaker,
                'order_push',
                fn (): int => $this->orders->step($this->lock, $done) ?: $this->orders->markStep($this->lock),
            );
            $taken += $this->unlessPaused($this->paymentBreaker, 'order_push', fn (): int => $this->pay($done));
            // Behind the payment, which the print may show. Its refusals pause nothing.
            $taken += $this->orderBreaker->isTryable() ? $this->printer->step($this->lock) : 0;
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
     * A row that Clover's rate limit has put off is due again within seconds. The next run may be minutes away.
     */
    private function waitForTheNext(int &$waits): bool
    {
        $now  = $this->clock->now();
        $next = min(
            $this->stockBreaker->isTryable() ? $this->ledger->nextTry() ?? PHP_INT_MAX : PHP_INT_MAX,
            $this->orderBreaker->isTryable() ? $this->pushes->nextTry() ?? PHP_INT_MAX : PHP_INT_MAX,
            $this->orderBreaker->isTryable() ? $this->prints->nextTry() ?? PHP_INT_MAX : PHP_INT_MAX,
        );

        if ($next > ($now + self::SHORT) || ++$waits > self::WAITS) {
            return false;
        }

        $this->clock->sleep(max(0.05, $next - $now));

        return true;
    }

    /** @param \Closure(): int $step */
    private function unlessPaused(CircuitBreaker $breaker, string $action, \Closure $step): int
    {
        if (!$breaker->isTryable()) {
            return 0;
        }

        try {
            $taken = $step();
        } catch (PermissionException $e) {
            $breaker->lacks($e->getPermission(), Message::of($e), $action);

            return 0;
        }

        // Nothing is left that could show whether the cause is over: the row that did may have been the last one of a
        // process that was killed then.
        if ($taken === 0 && $breaker->isOnTrial()) {
            $breaker->end();
        }

        return $taken;
    }

    /** @return int Orders whose payment was processed */
    private function pay(WorkReport $done): int
    {
        $taken = $this->orders->payStep($this->lock, $done);

        if ($taken > 0) {
            $this->paymentBreaker->succeeded();
        }

        return $taken;
    }

    /** @return int Orders planned */
    private function plan(): int
    {
        $due = $this->events->due(self::ORDERS_AT_ONCE);

        foreach ($due as $orderId) {
            try {
                $this->planner->plan($orderId);
            } catch (ReconnectException|UnavailableException $e) {
                throw $e;
            } catch (\Throwable $e) {
                // An order that cannot be read must not hold up the others.
                $this->planner->failed($orderId, $e);
            }
        }

        return \count($due);
    }
}
