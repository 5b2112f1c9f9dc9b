<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\OrderStanding;
use CloverSync\SendState;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\Message;

/** An order of the shop on its way to Clover. Times are Unix seconds. */
final readonly class OrderPushRow
{
    private function __construct(
        public int $id,
        public string $orderId,
        /** Primary key of the order: the shop can reuse order ids. */
        public int $orderPk,
        public string $reference,
        public ?string $cloverOrderId,
        public SendState $state,
        /** "create" or "fill" while the order is sent, else empty. */
        public string $step,
        /** "due", or the result of {@see \CloverSync\Orders::pay()}; empty before. */
        public string $payment,
        public ?string $reason,
        public ?Message $message,
        /** The plan sent to Clover, frozen before the first call; empty once the payment is recorded. */
        public string $plan,
        /** Of the order as it was sent; null before that, and of orders that 0.1.0 sent. */
        public ?string $fingerprint,
        public OrderMark $wanted,
        public OrderMark $shown,
        public MarkState $mark,
        /** `modified_on` of the shop's order when it was last compared. */
        public ?string $seen,
        public OrderPrintState $print,
        /** Clover's id of the print; null while it is not known. */
        public ?string $printEvent,
        /** Calls for the print, or looks at it once its id is known. */
        public int $printTries,
        /** Until then a call for the print may arrive, or it waits. */
        public int $printNext,
        /** Why it is not printed, or may not be. */
        public ?Message $printMessage,
        public string $claim,
        public int $attempts,
        /** How often it was postponed without a refusal. */
        public int $misses,
        public int $sent,
        public ?int $settled,
        public int $created,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        return new self(
            Row::int($row, 'id'),
            Row::string($row, 'order_id'),
            Row::int($row, 'order_pk'),
            Row::string($row, 'reference'),
            Row::nullableString($row, 'clover_order_id'),
            SendState::from(Row::string($row, 'state')),
            Row::string($row, 'step'),
            Row::string($row, 'payment'),
            Row::nullableString($row, 'reason'),
            Message::readNullable(Row::nullableString($row, 'message')),
            Row::string($row, 'plan'),
            Row::nullableString($row, 'fingerprint'),
            OrderMark::fromText(Row::string($row, 'wanted')),
            OrderMark::fromText(Row::string($row, 'shown')),
            MarkState::from(Row::string($row, 'mark')),
            Row::nullableString($row, 'seen'),
            OrderPrintState::from(Row::string($row, 'print_state')),
            Row::nullableString($row, 'print_event'),
            Row::int($row, 'print_tries'),
            Row::int($row, 'print_next'),
            Message::readNullable(Row::nullableString($row, 'print_message')),
            Row::string($row, 'claim'),
            Row::int($row, 'attempts'),
            Row::int($row, 'misses'),
            Row::int($row, 'sent'),
            Row::nullableInt($row, 'settled'),
            Row::int($row, 'created'),
        );
    }

    public function needsDecision(): bool
    {
        return LedgerRow::isUndecided($this->state);
    }

    /** Whether title and note in Clover are to be written. */
    public function isMarkDue(): bool
    {
        return $this->state === SendState::Confirmed && $this->mark === MarkState::Due;
    }

    /** Whether the owner has to correct the order in Clover. */
    public function needsCorrection(): bool
    {
        return $this->state === SendState::Confirmed && $this->mark->needsOwner();
    }

    /** Whether its payment is to be recorded now: money that comes later, or is paid back, is not. */
    public function isPaymentDue(): bool
    {
        return (
            $this->payment === 'due'
            && $this->mark === MarkState::Shown
            && $this->shown->standing === OrderStanding::Paid
            && !$this->shown->isChanged()
        );
    }
}
