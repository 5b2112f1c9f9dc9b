<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\LedgerCause;
use CloverSync\SendState;

/** A line of an order with its rows of the ledger. */
final readonly class LineBooks
{
    /** @param list<LedgerRow> $rows In the order of their numbers */
    private function __construct(
        public int $lineId,
        public int $variantId,
        public string $name,
        /** The item as which the line is sold; empty when the product is not linked to one. */
        public string $cloverId,
        /** 0 when the line is gone. */
        public int $quantity,
        public array $rows,
    ) {
    }

    /**
     * @param ?ShopOrderLine  $line Null when the line is gone
     * @param list<LedgerRow> $rows
     */
    public static function of(int $lineId, ?ShopOrderLine $line, array $rows): self
    {
        $sold = LineHistory::lastSale($rows);
        // The line is another sale only when its product is another.
        $item =
            $sold !== null && ($line === null || $sold->variantId === $line->variantId)
                ? $sold->cloverId
                : $line->cloverId ?? '';

        return new self(
            $lineId,
            $line->variantId ?? ($rows === [] ? 0 : $rows[0]->variantId),
            $line->name ?? ($rows === [] ? '' : $rows[0]->name),
            $item,
            $line->quantity ?? 0,
            $rows,
        );
    }

    /**
     * @return array{clover_id: string, quantity: int, rows: list<array<string, int|string|SendState|LedgerCause|null>>}
     */
    public function forRules(): array
    {
        return [
            'clover_id' => $this->cloverId,
            'quantity'  => $this->quantity,
            'rows'      => array_map(static fn (LedgerRow $row): array => $row->forRules(), $this->rows),
        ];
    }
}
