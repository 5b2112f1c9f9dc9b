<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;
use CloverSync\OrderOutcome;
use CloverSync\Orders;
use CloverSync\OrderState;
use CloverSync\SendState;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Support\Clock;

/**
 * Makes a paid order appear in Clover, once. The plan is frozen and stored with its reference before the first call. An
 * order whose call got no answer is searched for by that reference and never created a second time on a guess.
 */
final readonly class OrderPusher
{
    /** Seconds after which a write can no longer arrive: its request times out after 30. */
    private const QUIET = 35;

    /** Seconds after which a step whose end was not seen can no longer arrive: {@see Orders}. */
    private const QUIET_CREATING = 65;
    public const QUIET_FILLING = 240;
    private const QUIET_PAYING = 100;

    /** Seconds: Clover finds an order by its reference only some time after it was created. */
    private const SEARCHED = 150;

    private const SEARCH_EVERY = 20;

    public function __construct(
        private Sql $sql,
        /** Null until the merchant's currency is known to be the shop's. */
        private ?Orders $clover,
        private OrderReader $orders,
        private OrderPushes $pushes,
        private SyncLog $log,
        private CircuitBreaker $breaker,
        private Clock $clock,
        private string $currency,
    ) {
    }

    /**
     * Processes the next order until it is complete in Clover.
     *
     * @return int Orders processed; 0 when none is due
     *
     * @throws CloverException when nothing can be sent at all
     */
    public function step(Lock $lock, WorkReport $result): int
    {
        $row = $this->pushes->due();

        if ($row === null) {
            return 0;
        }

        $result->claimed++;

        return $this->process($row, $lock, $result);
    }

    /**
     * Records the payment of the next order that is complete in Clover.
     *
     * @return int Orders processed; 0 when none is due
     *
     * @throws CloverException when nothing can be sent at all
     */
    public function payStep(Lock $lock, WorkReport $result): int
    {
        $row = $this->pushes->dueForPayment();

        return $row === null ? 0 : $this->process($row, $lock, $result);
    }

    private function process(OrderPushRow $row, Lock $lock, WorkReport $result): int
    {
        if ($this->clover === null) {
            $this->postpone(
                $row,
                $row->claim,
                600,
                'waits until the merchant\'s currency is known to be the shop\'s',
                'currency',
            );

            return 1;
        }

        try {
            match (true) {
                $row->state === SendState::Intended => $this->create($this->clover, $row, $lock, $result),
                $row->state === SendState::Confirmed => $this->pay(
                    $this->clover,
                    $row,
                    $row->plan,
                    (string) $row->cloverOrderId,
                    $row->claim,
                    $lock,
                ),
                $row->step === 'create' => $this->search($this->clover, $row, $lock, $result),
                default => $this->fill(
                    $this->clover,
                    $row,
                    $row->plan,
                    $row->claim,
                    (string) $row->cloverOrderId,
                    $lock,
                    $result,
                ),
            };
        } catch (BugException|ItemException $e) {
            // Clover's answer about one order must not hold up the others.
            $this->postpone(
                $row,
                $this->pushes->row($row->id)->claim ?? '',
                self::QUIET_FILLING,
                $e->getMessage(),
                'unusable',
            );
        }

        return 1;
    }

    private function create(Orders $clover, OrderPushRow $row, Lock $lock, WorkReport $result): void
    {
        $id   = $row->id;
        $name = $row->orderId;

        try {
            $order = $this->orders->read($name, $row->orderPk, $this->currency);
            $plan  = $order === null ? null : $clover->plan($order);
        } catch (ItemException $e) {
            if ($this->pushes->kill($id, 'unusable', "{$e->getPath()}: {$e->getMessage()}")) {
                $this->log->add(
                    'order_push',
                    'order',
                    $name,
                    'error',
                    "The order cannot be sent to Clover. {$e->getPath()}: {$e->getMessage()}",
                );
            }

            return;
        }

        if ($plan === null) {
            $this->pushes->skip($id, 'deleted');
            $result->skipped++;

            return;
        }

        if (!$this->claims($lock, fn (): bool => $this->pushes->create(
            $id,
            $lock->holder(),
            $plan,
            self::QUIET_CREATING,
        ))) {
            return;
        }

        try {
            $outcome = $clover->create($plan, $row->reference);
        } catch (HelperLostException $e) {
            // The order may be in Clover: it is searched for later.
            throw $e;
        } catch (PermissionException|ReconnectException|UnavailableException $e) {
            // Refused before anything was carried out.
            $this->pushes->again($id, $lock->holder(), 0, $e->getMessage());

            throw $e;
        }

        if ($outcome->state === OrderState::Done) {
            $this->fill($clover, $row, $plan, $lock->holder(), (string) $outcome->orderId, $lock, $result);
        } elseif ($outcome->state === OrderState::Unknown) {
            $this->postpone($row, $lock->holder(), self::QUIET, $outcome->message);
        } else {
            $this->turnedDown($row, $lock->holder(), $outcome);
        }
    }

    private function search(Orders $clover, OrderPushRow $row, Lock $lock, WorkReport $result): void
    {
        $found = $clover->find($row->reference);
        $claim = $row->claim;

        if (\count($found) === 1) {
            $this->fill($clover, $row, $row->plan, $claim, $found[0], $lock, $result);
        } elseif (\count($found) > 1) {
            $this->unsettled(
                $row,
                $claim,
                'twice',
                'Clover has ' . \count($found) . " orders with the reference $row->reference",
            );
        } elseif (($this->clock->now() - $row->sent) >= self::SEARCHED) {
            $this->unsettled(
                $row,
                $claim,
                'not_found',
                "Clover did not respond, and does not find an order with the reference $row->reference",
            );
        } else {
            $this->pushes->later(
                $row->id,
                $claim,
                self::SEARCH_EVERY,
                'searched for by its reference, because Clover did not respond',
            );
        }
    }

    private function fill(
        Orders $clover,
        OrderPushRow $row,
        string $plan,
        string $was,
        string $cloverId,
        Lock $lock,
        WorkReport $result,
    ): void {
        $id = $row->id;

        if (!$this->claims($lock, fn (): bool => $this->pushes->fill(
            $id,
            $lock->holder(),
            $was,
            $cloverId,
            self::QUIET_FILLING,
        ))) {
            return;
        }

        $claim   = $lock->holder();
        $outcome = $clover->fill($plan, $cloverId);

        switch ($outcome->state) {
            case OrderState::Done:
                $this->sql->transaction(function () use ($id, $claim, $row, $cloverId, $result): void {
                    if ($this->pushes->complete($id, $claim)) {
                        $this->log->add(
                            'order_push',
                            'order',
                            $row->orderId,
                            'success',
                            "The order is in Clover as $cloverId, reference $row->reference",
                        );
                        $result->confirmed++;
                    }
                });
                $this->breaker->succeeded();

                break;

            case OrderState::Unknown:
                $this->postpone($row, $claim, self::QUIET, $outcome->message);

                break;

            case OrderState::Differs:
                $this->unsettled($row, $claim, 'changed', "the order was changed in Clover ({$outcome->message})");

                break;

            case OrderState::Missing:
                $this->unsettled($row, $claim, 'gone', "the order $cloverId is gone from Clover");

                break;

            case OrderState::Later:
                $this->postpone($row, $claim, max(1, $outcome->retryAfter), $outcome->message);

                break;

            default:
                $this->unsettled(
                    $row,
                    $claim,
                    'refused',
                    "Clover has the order $cloverId and refuses the rest of it ({$outcome->message})",
                );
        }
    }

    private function pay(
        Orders $clover,
        OrderPushRow $row,
        string $plan,
        string $cloverId,
        string $was,
        Lock $lock,
    ): void {
        $id    = $row->id;
        $claim = $lock->holder();

        if (!$this->claims($lock, fn (): bool => $this->pushes->pay($id, $was, $claim, self::QUIET_PAYING))) {
            return;
        }

        $outcome = $clover->pay($plan, $cloverId, $row->reference);

        match ($outcome->state) {
            OrderState::Unknown => $this->postpone($row, $claim, self::QUIET, $outcome->message),
            OrderState::Later   => $this->postpone($row, $claim, max(1, $outcome->retryAfter), $outcome->message),
            default             => $this->pushes->paid($id, $claim, $outcome->state->value, $outcome->message),
        };
    }

    /**
     * @param \Closure(): bool $claim
     *
     * @return bool Whether this process may send the row: only the holder of the worker lock may
     */
    private function claims(Lock $lock, \Closure $claim): bool
    {
        return $lock->renew() && $this->sql->transaction(static fn (): bool => $lock->isHeldForSure() && $claim());
    }

    private function turnedDown(OrderPushRow $row, string $claim, OrderOutcome $outcome): void
    {
        if ($outcome->state === OrderState::Later) {
            $this->pushes->again($row->id, $claim, 0, $outcome->message);
            $this->postpone($row, '', max(1, $outcome->retryAfter), $outcome->message);

            return;
        }

        if ($this->pushes->refuse($row->id, $claim, $row->attempts, $outcome->message)) {
            $this->log->add(
                'order_push',
                'order',
                $row->orderId,
                'error',
                "Clover refuses the order: {$outcome->message}",
            );
        }

        $this->breaker->refused($outcome->message);
    }

    /** Puts a row off, and says so in the log when that was the last time. */
    private function postpone(
        OrderPushRow $row,
        string $claim,
        int $seconds,
        string $message,
        string $reason = 'too_slow',
    ): void {
        if ($this->pushes->postpone($row->id, $claim, $seconds, $message, $reason)) {
            $this->log->add(
                'order_push',
                'order',
                $row->orderId,
                'error',
                "The order was tried repeatedly and is not complete in Clover: $message. Check it in Clover",
            );
        }
    }

    private function unsettled(OrderPushRow $row, string $claim, string $reason, string $why): void
    {
        if ($this->pushes->uncertain($row->id, $claim, $reason, $why)) {
            $this->log->add(
                'order_push',
                'order',
                $row->orderId,
                'error',
                "The order may or may not be complete in Clover: $why. Check it in Clover, then decide",
            );
        }
    }
}
