<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerCause;
use CloverSync\SendState;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\Message;

/** One row of the stock ledger. Times are Unix seconds. */
final readonly class LedgerRow
{
    private function __construct(
        public int $id,
        public string $orderId,
        /** Primary key of the order: the shop can reuse order ids. */
        public int $orderPk,
        public int $lineId,
        public int $seq,
        public LedgerCause $cause,
        /** Number of the sale that a return gives back. */
        public ?int $reverses,
        /** Empty for a product that is not linked to an item. */
        public string $cloverId,
        public int $variantId,
        public string $name,
        /** Units to take out of Clover; a negative number gives units back. */
        public int $delta,
        public SendState $state,
        public ?string $reason,
        public ?Message $message,
        public string $claim,
        /** Clover's count before the write, decimal text. */
        public string $countBefore,
        /** Milliseconds: modifiedTime of that count. */
        public ?int $modifiedBefore,
        /** Clover's count after the write, decimal text. */
        public string $target,
        /** Milliseconds from the request for the old count to the response with the new one. */
        public int $windowMs,
        public int $attempts,
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
            Row::int($row, 'line_id'),
            Row::int($row, 'seq'),
            LedgerCause::from(Row::string($row, 'cause')),
            Row::nullableInt($row, 'reverses'),
            Row::string($row, 'clover_id'),
            Row::int($row, 'variant_id'),
            Row::string($row, 'name'),
            Row::int($row, 'delta'),
            SendState::from(Row::string($row, 'state')),
            Row::nullableString($row, 'reason'),
            Message::readNullable(Row::nullableString($row, 'message')),
            Row::string($row, 'claim'),
            Row::string($row, 'count_before'),
            Row::nullableInt($row, 'modified_before'),
            Row::string($row, 'target'),
            Row::int($row, 'window_ms'),
            Row::int($row, 'attempts'),
            Row::int($row, 'misses'),
            Row::int($row, 'sent'),
            Row::nullableInt($row, 'settled'),
            Row::int($row, 'created'),
        );
    }

    /** The action under which the log lists it. */
    public function action(): string
    {
        return self::actionOf($this->delta);
    }

    public function needsDecision(): bool
    {
        return self::isUndecided($this->state);
    }

    /** Whether the owner decides about a row or an order in this state. */
    public static function isUndecided(SendState $state): bool
    {
        return $state === SendState::Uncertain || $state === SendState::Dead;
    }

    public static function actionOf(int $delta): string
    {
        return $delta > 0 ? 'inventory_decrement' : 'inventory_restock';
    }

    /** @return array<string, int|string|SendState|LedgerCause|null> Input of \CloverSync\Ledger */
    public function forRules(): array
    {
        return [
            'seq'       => $this->seq,
            'cause'     => $this->cause,
            'reverses'  => $this->reverses,
            'clover_id' => $this->cloverId,
            'delta'     => $this->delta,
            'state'     => $this->state,
        ];
    }
}
