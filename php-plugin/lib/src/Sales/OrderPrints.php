<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;

/**
 * The prints of orders at the till's order printer: columns of the rows of {@see OrderPushes} with a state of their
 * own, which changes nothing of the order.
 *
 * A row is changed only while state and time are those that were read. Each step moves the time, so a process that has
 * lost the row to another one changes nothing.
 */
final readonly class OrderPrints
{
    private const TABLE = OrderPushes::TABLE;

    /** Seconds. A longer wait comes from a clock that was ahead, and counts as over. */
    private const LONGEST_WAIT = 900;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private Clock $clock,
    ) {
    }

    /** The order is whole in Clover, and is to be printed. Call it in the transaction that completes the order. */
    public function want(int $id): void
    {
        $this->sql->execute('UPDATE ' . self::TABLE . " SET print_state = 'wanted', print_event = NULL, print_tries = 0,
                    print_next = 0, print_message = NULL
              WHERE id = ? AND print_state = ''", [$id]);
    }

    /** The next order to print, or whose print is to be looked at. */
    public function due(): ?OrderPushRow
    {
        $now = $this->clock->now();
        $row = $this->sql->fetchOne(
            'SELECT * FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND print_state IN ('wanted', 'sent')
                AND (print_next <= ? OR print_next > ?) ORDER BY print_next, id LIMIT 1",
            [...$this->links->key(), $now, $now + self::LONGEST_WAIT],
        );

        return $row === null ? null : OrderPushRow::fromRow($row);
    }

    /** @return ?int Unix seconds at which the next order is to be printed; null when none is */
    public function nextTry(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(print_next) FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND print_state = 'wanted'",
            $this->links->key(),
        );

        return $next === null ? null : (int) $next;
    }

    /** @return int Orders that are to be printed, or for which a call may still arrive */
    public function countOpen(): int
    {
        return (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM ' . self::TABLE . " WHERE environment = ? AND merchant_id = ? AND print_event IS NULL
                AND print_state IN ('wanted', 'sent')",
            $this->links->key(),
        );
    }

    /**
     * Counts a call before it is made.
     *
     * @param int $lease Seconds after which the call can no longer arrive, if its end was not seen
     *
     * @return ?int The claim for the methods below; null when the row is another process's by now
     */
    public function claim(OrderPushRow $row, int $lease): ?int
    {
        $claim = $this->clock->now() + $lease;
        $set   = "print_state = 'sent', print_tries = print_tries + 1, print_next = ?";

        return $this->change($row, $row->printNext, $set, [$claim]) ? $claim : null;
    }

    /** Clover has certainly not printed it: it is asked again. */
    public function again(OrderPushRow $row, int $claim, int $seconds, Message $message): void
    {
        $this->change(
            $row,
            $claim,
            "print_state = 'wanted', print_next = ?, print_message = ?",
            [
                $this->in($seconds),
                $message->json(),
            ],
            OrderPrintState::Sent,
        );
    }

    /** Clover has accepted it. */
    public function accepted(OrderPushRow $row, int $claim, string $event, int $seconds): void
    {
        $this->change(
            $row,
            $claim,
            'print_event = ?, print_tries = 0, print_next = ?, print_message = NULL',
            [
                $event,
                $this->in($seconds),
            ],
            OrderPrintState::Sent,
        );
    }

    /** The print that Clover has accepted is looked at again. */
    public function lookLater(OrderPushRow $row, int $claim, int $seconds): void
    {
        $this->change($row, $claim, 'print_next = ?', [$this->in($seconds)], OrderPrintState::Sent);
    }

    /** Nothing can be asked now; no call is counted. */
    public function putOff(OrderPushRow $row, int $seconds): void
    {
        $this->change($row, $row->printNext, 'print_next = ?', [$this->in($seconds)]);
    }

    /**
     * @param ?int $claim Null before {@see claim()}
     *
     * @return bool Whether the row was still this process's
     */
    public function end(OrderPushRow $row, ?int $claim, OrderPrintState $state, ?Message $message): bool
    {
        return $this->change(
            $row,
            $claim ?? $row->printNext,
            'print_state = ?, print_message = ?',
            [$state->value, $message?->json()],
            $claim === null ? $row->print : OrderPrintState::Sent,
        );
    }

    private function in(int $seconds): int
    {
        return $this->clock->now() + min(self::LONGEST_WAIT, $seconds);
    }

    /**
     * @param list<scalar|null> $values
     * @param ?OrderPrintState  $from   State that the row must have; null: the one that was read
     */
    private function change(
        OrderPushRow $row,
        int $next,
        string $set,
        array $values,
        ?OrderPrintState $from = null,
    ): bool {
        return $this->sql->execute(
            'UPDATE ' . self::TABLE . " SET $set WHERE id = ? AND print_state = ? AND print_next = ?",
            [...$values, $row->id, ($from ?? $row->print)->value, $next],
        ) === 1;
    }
}
