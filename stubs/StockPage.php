<?php

declare(strict_types=1);

namespace CloverSync;

/** One page of items with their counts and nothing else. */
final class StockPage
{
    private function __construct()
    {
    }

    /** Give it to {@see Stock::counts()} to go on; null after the last page. */
    public function cursor(): ?string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Milliseconds since Clover was asked for this page, rounded up: what changed in Clover within them may not be in
     * it.
     */
    public function age(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * @return list<array{clover_id: string, count: ?string, whole: ?int}> count and whole (units that are there for
     *   sure, may be negative) are null for an item that is not counted
     */
    public function items(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Counts that must be written so that the shop has what this page says.
     *
     * @param list<array<string, scalar|null>> $known      See {@see Catalog}; items without a row are left alone
     * @param bool                       $trackStock False when the merchant keeps no counts
     *
     * @return list<array{clover_id: string, manage_stock: bool, quantity: ?int, availability: ?int}> availability is
     *   null where the owner's stays
     */
    public function changes(array $known, bool $trackStock): array
    {
        throw new \LogicException('provided by the extension');
    }
}
