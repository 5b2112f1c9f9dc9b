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
use CloverSync\Orders;
use CloverSync\PrintOutcome;
use CloverSync\PrintState;
use CloverSync\ProblemCode;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;

/**
 * Prints orders that are whole in Clover at the till's order printer, each at most once. What becomes of a print
 * changes nothing of the order.
 */
final readonly class OrderPrinter
{
    /** Seconds after which a call whose end was not seen can no longer arrive: {@see Orders::printOrder()}. */
    private const QUIET = 65;

    /** Seconds after which an order in Clover is not printed any more: it is being handed over, or was asked for. */
    private const LATEST = 3_600;

    /** Attempts that Clover certainly did not carry out, such as at its rate limit. */
    private const MAX_TRIES = 6;

    /** Seconds until a print that Clover has accepted is looked at. */
    private const LOOKS = [10, 30, 120, 600];

    /** Seconds until the merchant's currency may be known. */
    private const WITHOUT_CURRENCY = 600;

    public function __construct(
        private Sql $sql,
        /** Null until the merchant's currency is known to be the shop's. */
        private ?Orders $clover,
        private OrderPrints $prints,
        private OrderNotices $notices,
        private SyncLog $log,
        private Clock $clock,
        /** Whether the owner wants orders to be printed. Prints that Clover has accepted are looked at in any case. */
        private bool $isOn,
    ) {
    }

    public function hasDue(): bool
    {
        return $this->prints->due() !== null;
    }

    /**
     * Processes the next print.
     *
     * @return int Prints processed; 0 when none is due
     *
     * @throws CloverException when nothing can be sent at all
     */
    public function step(Lock $lock): int
    {
        $row = $this->prints->due();

        if ($row === null) {
            return 0;
        }

        $event = $row->printEvent;

        match (true) {
            $row->print === OrderPrintState::Sent && $event === null => $this->unknown(
                $row,
                null,
                new Message(ProblemCode::PrintMaybeSent),
            ),
            $row->print === OrderPrintState::Wanted && (!$this->isOn || !$row->wanted->isSold()) => $this->prints->end(
                $row,
                null,
                OrderPrintState::None,
                null,
            ),
            $row->print === OrderPrintState::Wanted && $this->isTooLate($row) => $this->notPrinted(
                $row,
                null,
                new Message(MessageCode::PrintTooLate),
            ),
            $this->clover === null => $this->prints->putOff($row, self::WITHOUT_CURRENCY),
            $event === null => $this->send($this->clover, $row, $lock),
            default => $this->look($this->clover, $row, $event, $lock),
        };

        return 1;
    }

    private function isTooLate(OrderPushRow $row): bool
    {
        return ($this->clock->now() - (int) $row->settled) > self::LATEST;
    }

    private function send(Orders $clover, OrderPushRow $row, Lock $lock): void
    {
        $claim = $this->claim($row, $lock);

        if ($claim === null) {
            return;
        }

        try {
            $outcome = $clover->printOrder((string) $row->cloverOrderId);
        } catch (HelperLostException $e) {
            // It may be printed: later the row shows that its end was not seen.
            throw $e;
        } catch (ReconnectException|UnavailableException $e) {
            // Refused before anything was carried out.
            $this->again($row, $claim, 0, Message::of($e));

            throw $e;
        } catch (PermissionException|BugException|ItemException $e) {
            $this->refused($row, $claim, Message::of($e));

            return;
        }

        match ($outcome->state) {
            PrintState::Accepted => $this->accepted($row, $claim, (string) $outcome->eventId),
            PrintState::Printed  => $this->printed($row, $claim),
            PrintState::Unknown  => $this->unknown($row, $claim, self::reason($outcome)),
            PrintState::Later    => $this->again($row, $claim, $outcome->retryAfter, self::reason($outcome)),
            PrintState::Refused  => $this->refused($row, $claim, self::reason($outcome)),
        };
    }

    private function accepted(OrderPushRow $row, int $claim, string $event): void
    {
        $this->prints->accepted($row, $claim, $event, self::LOOKS[0]);
        $this->notices->printAccepted();
    }

    private function again(OrderPushRow $row, int $claim, int $seconds, Message $reason): void
    {
        // The claim has counted this one.
        $tries = $row->printTries + 1;

        if ($tries >= self::MAX_TRIES) {
            $this->notPrinted($row, $claim, $reason);

            return;
        }

        $this->prints->again($row, $claim, max($seconds, 2 ** $tries), $reason);
    }

    private function look(Orders $clover, OrderPushRow $row, string $event, Lock $lock): void
    {
        $claim = $this->claim($row, $lock);

        if ($claim === null) {
            return;
        }

        try {
            $outcome = $clover->lookAtPrint($event);
        } catch (PermissionException|BugException|ItemException $e) {
            $this->unknown($row, $claim, Message::of($e));

            return;
        } catch (ReconnectException|UnavailableException $e) {
            $this->lookLater($row, $claim, 0, Message::of($e));

            throw $e;
        }

        match ($outcome->state) {
            PrintState::Printed  => $this->printed($row, $claim),
            PrintState::Refused  => $this->refused($row, $claim, self::reason($outcome)),
            PrintState::Accepted => $this->lookLater($row, $claim, 0, new Message(MessageCode::PrintWaits)),
            default              => $this->lookLater($row, $claim, $outcome->retryAfter, self::reason($outcome)),
        };
    }

    private function lookLater(OrderPushRow $row, int $claim, int $seconds, Message $reason): void
    {
        $wait = self::LOOKS[$row->printTries + 1] ?? null;

        $wait === null
            ? $this->unknown($row, $claim, $reason)
            : $this->prints->lookLater($row, $claim, max($seconds, $wait));
    }

    private function claim(OrderPushRow $row, Lock $lock): ?int
    {
        $claim = fn (): ?int => $lock->isHeldForSure() ? $this->prints->claim($row, self::QUIET) : null;

        return $lock->renew() ? $this->sql->transaction($claim) : null;
    }

    private function printed(OrderPushRow $row, int $claim): void
    {
        $this->end($row, $claim, OrderPrintState::Done, null, new Message(MessageCode::Printed));
    }

    private function unknown(OrderPushRow $row, ?int $claim, Message $reason): void
    {
        $this->end($row, $claim, OrderPrintState::Unknown, $reason, new Message(MessageCode::PrintUnknown, [
            'reason' => $reason,
        ]));
    }

    /** Clover, or the printer, refuses: the next order would be refused too. */
    private function refused(OrderPushRow $row, int $claim, Message $reason): void
    {
        $this->notPrinted($row, $claim, $reason);
        $this->notices->printRefused($reason);
    }

    private function notPrinted(OrderPushRow $row, ?int $claim, Message $reason): void
    {
        $this->end($row, $claim, OrderPrintState::Refused, $reason, new Message(MessageCode::NotPrinted, [
            'reason' => $reason,
        ]));
    }

    private function end(
        OrderPushRow $row,
        ?int $claim,
        OrderPrintState $state,
        ?Message $reason,
        Message $entry,
    ): void {
        $this->sql->transaction(function () use ($row, $claim, $state, $reason, $entry): void {
            if ($this->prints->end($row, $claim, $state, $reason)) {
                $status = $state === OrderPrintState::Done ? 'success' : 'error';
                $this->log->add('order_push', 'order', $row->orderId, $status, $entry);
            }
        });
    }

    private static function reason(PrintOutcome $outcome): Message
    {
        return $outcome->problem === null ? new Message(ProblemCode::Fault) : Message::ofProblem($outcome->problem);
    }
}
