<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Exception\ItemException;
use CloverSync\Ledger;
use CloverSync\LedgerReason;
use CloverSync\Resolution;
use CloverSync\SaleState;
use CloverSync\SendState;
use CloverSync\Shop\Messages\Message;

/** What Clover has of one order and what the owner can do about it, as shown on the order's page. */
final readonly class OrderStatus
{
    /** Reasons with which a return does not reach Clover, or not before the owner has decided about its sale. */
    private const SILENT = [LedgerReason::NeverTaken, LedgerReason::PushOff, LedgerReason::AfterUncertain];

    /** @param list<OrderStatusLine> $lines */
    private function __construct(
        /** False for an order from before the connection. */
        public bool $concerns,
        public SaleState $state,
        /** Null while the order is not planned to appear in Clover. */
        public ?OrderPushRow $push,
        public array $lines,
        /** The order has unprocessed events. */
        public bool $waits,
        /** The order could not be read again and again: the owner decides. */
        public bool $isDead,
        /** Why it could not be read. */
        public ?Message $error,
        /** A gateway has refunded part of it without naming lines. */
        public bool $hasPartRefund,
    ) {
    }

    public static function of(Sales $sales, string $orderId): self
    {
        $view   = $sales->planner->view($orderId);
        $events = $sales->events->of($orderId);
        $states = array_column($events, 'state');

        return new self(
            $view['concerns'],
            $view['state'],
            $sales->pushes->of($orderId),
            array_map(
                static fn (LineBooks $line): OrderStatusLine => new OrderStatusLine(
                    $line,
                    self::returnable($sales->rules, $line),
                    self::open($sales->rules, $line),
                ),
                $view['lines'],
            ),
            \in_array(OrderEventState::Pending, $states, true),
            \in_array(OrderEventState::Dead, $states, true),
            $sales->events->errorOf($orderId),
            \in_array(OrderEventType::PartRefund, array_column($events, 'event'), true),
        );
    }

    /** Whether it was left out by a setting and can be sent to Clover by hand. */
    public function mayPush(): bool
    {
        return (
            $this->concerns
            && $this->state === SaleState::Paid
            && $this->push !== null
            && $this->push->state === SendState::Skipped
            && \in_array($this->push->reason, ['sync_sale_off', 'foreign'], true)
        );
    }

    /** Whether something of it is on its way and can continue now. */
    public function isUnderWay(): bool
    {
        return (
            $this->waits
            || $this->push?->state === SendState::Intended
            || $this->push?->state === SendState::Sent
            || $this->push?->isPaymentDue()
            || $this->push?->isMarkDue()
            || $this->push?->print === OrderPrintState::Wanted
            || $this->rowsIn(SendState::Intended, SendState::Sent) !== []
        );
    }

    /** Whether something of it was given up and can be tried again. */
    public function mayRetry(): bool
    {
        return $this->isDead || $this->push?->state === SendState::Dead || $this->retryable() !== [];
    }

    /** @return list<LedgerRow> Rows of all lines that were given up and need the owner's decision now */
    public function retryable(): array
    {
        $rows = [];

        foreach ($this->lines as $line) {
            foreach ($line->books->rows as $row) {
                if ($row->state === SendState::Dead && $line->isOpen($row)) {
                    $rows[] = $row;
                }
            }
        }

        return $rows;
    }

    /** @return list<LedgerRow> Rows of all lines in these states */
    private function rowsIn(SendState ...$states): array
    {
        return array_values(array_filter(
            array_merge([], ...array_map(static fn (OrderStatusLine $line): array => $line->books->rows, $this->lines)),
            static fn (LedgerRow $row): bool => \in_array($row->state, $states, true),
        ));
    }

    /** The most units that the rules let the owner give back; 0 where a return would not reach Clover. */
    private static function returnable(Ledger $rules, LineBooks $line): int
    {
        $books = $line->forRules();
        $most  = 0;
        $over  = 1 + array_sum(array_map(static fn (LedgerRow $row): int => max(0, $row->delta), $line->rows));

        while (($over - $most) > 1) {
            $units = intdiv($most + $over, 2);
            self::isAllowed(static fn (): LedgerPlan => LedgerPlan::fromRules($rules->restock($books, $units)))
                ? ($most = $units)
                : ($over = $units);
        }

        $sent = $most === 0
            ? []
            : array_filter(
                LedgerPlan::fromRules($rules->restock($books, $most))->entries,
                static fn (array $entry): bool => !\in_array($entry['reason'], self::SILENT, true),
            );

        return $sent === [] ? 0 : $most;
    }

    /** @return list<int> Numbers of the rows that need the owner's decision now */
    private static function open(Ledger $rules, LineBooks $line): array
    {
        $books = $line->forRules();
        $open  = [];

        foreach ($line->rows as $row) {
            if (
                $row->needsDecision()
                && self::isAllowed(static fn (): LedgerPlan => LedgerPlan::fromRules($rules->resolve(
                    $books,
                    $row->seq,
                    Resolution::Leave,
                )))
            ) {
                $open[] = $row->seq;
            }
        }

        return $open;
    }

    /** @param \Closure(): LedgerPlan $question Asks the rules, which decide and store nothing */
    private static function isAllowed(\Closure $question): bool
    {
        try {
            $question();

            return true;
        } catch (ItemException) {
            return false;
        }
    }
}
