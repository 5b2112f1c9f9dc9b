<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerCause;
use CloverSync\SendState;
use CloverSync\Shop\Database\Row;

/** The fields of a row of the stock ledger that determine what is still missing from a count in Clover. */
final readonly class CountedRow
{
    private function __construct(
        public int $id,
        public string $orderId,
        public int $orderPk,
        public int $lineId,
        public LedgerCause $cause,
        public ?int $reverses,
        public string $cloverId,
        public int $variantId,
        public int $delta,
        private SendState $state,
        /** Milliseconds of the database's clock. */
        private ?int $settled,
        /** Whether the shop's stock includes its order. */
        private bool $counted,
        private ?SendState $reversedState,
        private ?int $reversedSettled,
    ) {
    }

    /** @param array<string, int|float|string|null> $row */
    public static function fromRow(array $row): self
    {
        $reversed = Row::nullableString($row, 'reversed_state');

        return new self(
            Row::int($row, 'id'),
            Row::string($row, 'order_id'),
            Row::int($row, 'order_pk'),
            Row::int($row, 'line_id'),
            LedgerCause::from(Row::string($row, 'cause')),
            Row::nullableInt($row, 'reverses'),
            Row::string($row, 'clover_id'),
            Row::int($row, 'variant_id'),
            Row::int($row, 'delta'),
            SendState::from(Row::string($row, 'state')),
            Row::nullableInt($row, 'settled'),
            Row::bool($row, 'counted'),
            $reversed === null ? null : SendState::from($reversed),
            Row::nullableInt($row, 'reversed_settled'),
        );
    }

    /** @return array<string, int|string|SendState|null> As {@see \CloverSync\Ledger::committed()} takes it */
    public function forRules(): array
    {
        return [
            'clover_id'        => $this->cloverId,
            'delta'            => $this->delta,
            'state'            => $this->state,
            'settled'          => $this->settled,
            'counted'          => (int) $this->counted,
            'reversed_state'   => $this->reversedState,
            'reversed_settled' => $this->reversedSettled,
        ];
    }
}
