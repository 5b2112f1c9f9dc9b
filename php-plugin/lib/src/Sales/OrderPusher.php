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
use CloverSync\ProblemCode;
use CloverSync\SendState;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Support\Clock;

/**
 * Makes a sold order appear in Clover, once, and its title and note say what becomes of it. The plan is frozen and
 * stored with its reference before the first call. An order whose call got no answer is searched for by that reference
 * and never created a second time on a guess.
 */
final readonly class OrderPusher
{
    /** Seconds after which a write can no longer arrive: its request times out after 30. */
    private const QUIET = 35;

    /** Seconds after which a step whose end was not seen can no longer arrive: {@see Orders}. */
    private const QUIET_CREATING = 65;
    public const QUIET_FILLING = 240;
    private const QUIET_PAYING  = 100;
    private const QUIET_MARKING = 100;

    /** Seconds: Clover finds an order by its reference only some time after it was created. */
    private const SEARCHED = 150;

    private const SEARCH_EVERY = 20;

    public function __construct(
        private Sql $sql,
        /** Null until the merchant's currency is known to be the shop's. */
        private ?Orders $clover,
        private OrderReader $orders,
        private OrderPushes $pushes,
        private OrderTypeLookup $orderType,
        /** Null while orders are not printed. */
        private ?OrderPrints $prints,
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

    /**
     * Writes title and note of the next order in Clover that do not say what became of it.
     *
     * @return int Orders processed; 0 when none is due
     *
     * @throws CloverException when nothing can be sent at all
     */
    public function markStep(Lock $lock): int
    {
        $row = $this->pushes->dueForMark();

        if ($row === null) {
            return 0;
        }

        if ($this->clover === null) {
            $this->postponeMark($row, $row->claim, 600, new Message(MessageCode::OrderWaitsForCurrency));

            return 1;
        }

        try {
            $this->mark($this->clover, $row, $lock);
        } catch (BugException|ItemException $e) {
            // Clover's answer about one order must not hold up the others.
            $claim = $this->pushes->row($row->id)->claim ?? '';
            $this->postponeMark($row, $claim, self::QUIET_MARKING, Message::of($e));
        }

        return 1;
    }

    private function process(OrderPushRow $row, Lock $lock, WorkReport $result): int
    {
        if ($this->clover === null) {
            $this->postpone($row, $row->claim, 600, new Message(MessageCode::OrderWaitsForCurrency), 'currency');

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
                Message::of($e),
                'unusable',
            );
        }

        return 1;
    }

    private function create(Orders $clover, OrderPushRow $row, Lock $lock, WorkReport $result): void
    {
        $id     = $row->id;
        $name   = $row->orderId;
        $wanted = OrderMark::of($row->wanted->standing);

        // The owner may send an order again that was called off meanwhile.
        if (!$wanted->isSold()) {
            $this->pushes->skip($id, 'cancelled');
            $result->skipped++;

            return;
        }

        try {
            $order = $this->orders->read($name, $row->orderPk, $this->currency);
            $plan  = $order === null ? null : $clover->plan($order, $wanted->standing);
        } catch (ItemException $e) {
            if ($this->pushes->kill($id, 'unusable', Message::of($e))) {
                $this->log->add('order_push', 'order', $name, 'error', new Message(MessageCode::OrderCannotBeSent, [
                    'reason' => Message::of($e),
                ]));
            }

            return;
        }

        if ($order === null || $plan === null) {
            $this->pushes->skip($id, 'deleted');
            $result->skipped++;

            return;
        }

        $orderType = $this->orderType->id($clover);

        if (!$this->claims($lock, fn (): bool => $this->pushes->create(
            $id,
            $lock->holder(),
            $plan,
            $wanted,
            Orders::fingerprint($order),
            self::QUIET_CREATING,
        ))) {
            return;
        }

        try {
            $outcome = $clover->create($plan, $row->reference, $orderType);
        } catch (HelperLostException $e) {
            // The order may be in Clover: it is searched for later.
            throw $e;
        } catch (PermissionException|ReconnectException|UnavailableException $e) {
            // Refused before anything was carried out.
            $this->pushes->again($id, $lock->holder(), 0, Message::of($e));

            throw $e;
        }

        if ($outcome->state === OrderState::Done) {
            if ($outcome->problem !== null) {
                $this->orderType->refused(Message::ofProblem($outcome->problem));
            }

            $this->fill($clover, $row, $plan, $lock->holder(), (string) $outcome->orderId, $lock, $result);
        } elseif ($outcome->state === OrderState::Unknown) {
            $this->postpone($row, $lock->holder(), self::QUIET, self::reason($outcome));
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
            $this->unsettled($row, $claim, 'twice', new Message(MessageCode::OrderThereTwice, [
                'orders'    => \count($found),
                'reference' => $row->reference,
            ]));
        } elseif (($this->clock->now() - $row->sent) >= self::SEARCHED) {
            $this->unsettled($row, $claim, 'not_found', new Message(MessageCode::OrderNotFound, [
                'reference' => $row->reference,
            ]));
        } else {
            $this->pushes->later($row->id, $claim, self::SEARCH_EVERY, new Message(MessageCode::OrderSearched));
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
                        $this->prints?->want($id);
                        $this->log->add(
                            'order_push',
                            'order',
                            $row->orderId,
                            'success',
                            new Message(MessageCode::OrderInClover, [
                                'order'     => $cloverId,
                                'reference' => $row->reference,
                            ]),
                        );
                        $result->confirmed++;
                    }
                });
                $this->breaker->succeeded();

                break;

            case OrderState::Unknown:
                $this->postpone($row, $claim, self::QUIET, self::reason($outcome));

                break;

            case OrderState::Differs:
                $this->unsettled($row, $claim, 'changed', self::reason($outcome));

                break;

            case OrderState::Missing:
                $this->unsettled($row, $claim, 'gone', self::reason($outcome));

                break;

            case OrderState::Later:
                $this->postpone($row, $claim, max(1, $outcome->retryAfter), self::reason($outcome));

                break;

            default:
                $this->unsettled($row, $claim, 'refused', new Message(MessageCode::OrderRestRefused, [
                    'order'  => $cloverId,
                    'reason' => self::reason($outcome),
                ]));
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
            OrderState::Unknown => $this->postpone($row, $claim, self::QUIET, self::reason($outcome)),
            OrderState::Later   => $this->postpone($row, $claim, max(1, $outcome->retryAfter), self::reason($outcome)),
            default             => $this->pushes->paid(
                $id,
                $claim,
                $outcome->state->value,
                $outcome->problem === null ? null : Message::ofProblem($outcome->problem),
            ),
        };
    }

    private function mark(Orders $clover, OrderPushRow $row, Lock $lock): void
    {
        $id    = $row->id;
        $claim = $lock->holder();

        if (!$this->claims($lock, fn (): bool => $this->pushes->mark($id, $row->claim, $claim, self::QUIET_MARKING))) {
            return;
        }

        // The text shows the order as it is now, which may be another than the planner saw.
        $order = $row->wanted->isSold() ? $this->orders->read($row->orderId, $row->orderPk, $this->currency) : null;
        $now   = $order === null
            ? $row->wanted
            : OrderMark::of($row->wanted->standing, $row->fingerprint, Orders::fingerprint($order));
        $plan = null;

        try {
            $plan = $order === null ? null : $clover->plan($order, $now->standing);
        } catch (ItemException) {
            // It could not be sent in this form: the note names no amounts.
        }

        try {
            $cloverId = $row->cloverOrderId ?? self::only($clover->find($row->reference));

            if ($cloverId === null) {
                $this->pushes->stopMark(
                    $id,
                    $claim,
                    $row->wanted,
                    MarkState::Gone,
                    new Message(ProblemCode::OrderGone),
                );

                return;
            }

            $outcome = $clover->mark($cloverId, $row->reference, $now->standing, $now->isChanged(), $plan);
        } catch (HelperLostException $e) {
            // Title and note may be written: the next try reads them first.
            throw $e;
        } catch (PermissionException|ReconnectException|UnavailableException $e) {
            // Refused before anything was carried out.
            $this->pushes->later($id, $claim, 0, Message::of($e));

            throw $e;
        }

        $said = self::reason($outcome);

        match ($outcome->state) {
            OrderState::Done    => $this->marked($row, $claim, $now, $cloverId),
            OrderState::Locked  => $this->stopMark($row, $claim, MarkState::Locked, $said),
            OrderState::Missing => $this->pushes->stopMark($id, $claim, $row->wanted, MarkState::Gone, $said),
            OrderState::Unknown => $this->postponeMark($row, $claim, self::QUIET, $said),
            OrderState::Later   => $this->postponeMark($row, $claim, max(1, $outcome->retryAfter), $said),
            default             => $this->stopMark($row, $claim, MarkState::Refused, $said),
        };
    }

    /** @param list<string> $found */
    private static function only(array $found): ?string
    {
        return \count($found) === 1 ? $found[0] : null;
    }

    private function marked(OrderPushRow $row, string $claim, OrderMark $now, string $cloverId): void
    {
        $this->sql->transaction(function () use ($row, $claim, $now, $cloverId): void {
            if ($this->pushes->marked($row->id, $claim, $row->wanted, $now, $cloverId)) {
                $this->log->add('order_push', 'order', $row->orderId, 'success', new Message(MessageCode::MarkShown, [
                    'id'    => $cloverId,
                    'title' => $now->words(),
                ]));
            }
        });
        $this->breaker->succeeded();
    }

    private function stopMark(OrderPushRow $row, string $claim, MarkState $state, Message $message): void
    {
        if ($this->pushes->stopMark($row->id, $claim, $row->wanted, $state, $message)) {
            $this->logStopped($row, $state, $message);
        }

        if ($state === MarkState::Refused) {
            $this->breaker->refused($message);
        }
    }

    private function postponeMark(OrderPushRow $row, string $claim, int $seconds, Message $message): void
    {
        if ($this->pushes->postponeMark($row->id, $claim, $seconds, $message)) {
            $this->logStopped($row, MarkState::Refused, $message);
        }
    }

    private function logStopped(OrderPushRow $row, MarkState $state, Message $reason): void
    {
        $title = $row->wanted->words();
        $this->log->add(
            'order_push',
            'order',
            $row->orderId,
            'error',
            $state === MarkState::Locked
                ? new Message(MessageCode::MarkLocked, ['title' => $title])
                : new Message(MessageCode::MarkRefused, ['title' => $title, 'reason' => $reason]),
        );
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
        $reason = self::reason($outcome);

        if ($outcome->state === OrderState::Later) {
            $this->pushes->again($row->id, $claim, 0, $reason);
            $this->postpone($row, '', max(1, $outcome->retryAfter), $reason);

            return;
        }

        if ($this->pushes->refuse($row->id, $claim, $row->attempts, $reason)) {
            $this->log->add('order_push', 'order', $row->orderId, 'error', new Message(MessageCode::OrderRefused, [
                'reason' => $reason,
            ]));
        }

        $this->breaker->refused($reason);
    }

    /** Puts a row off, and says so in the log when that was the last time. */
    private function postpone(
        OrderPushRow $row,
        string $claim,
        int $seconds,
        Message $message,
        string $reason = 'too_slow',
    ): void {
        if ($this->pushes->postpone($row->id, $claim, $seconds, $message, $reason)) {
            $this->log->add('order_push', 'order', $row->orderId, 'error', new Message(MessageCode::OrderIncomplete, [
                'reason' => $message,
            ]));
        }
    }

    private function unsettled(OrderPushRow $row, string $claim, string $reason, Message $why): void
    {
        if ($this->pushes->uncertain($row->id, $claim, $reason, $why)) {
            $this->log->add('order_push', 'order', $row->orderId, 'error', new Message(MessageCode::OrderUncertain, [
                'reason' => $why,
            ]));
        }
    }

    private static function reason(OrderOutcome $outcome): Message
    {
        return $outcome->problem === null ? new Message(ProblemCode::Fault) : Message::ofProblem($outcome->problem);
    }
}
