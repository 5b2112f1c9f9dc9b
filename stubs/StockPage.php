<?php

declare(strict_types=1);

namespace CloverSync;

/** One page of items with only their counts. */
final class StockPage
{
    private function __construct()
    {
    }

    /** Pass it to {@see Stock::counts()} to continue; null after the last page. */
    public function cursor(): ?string
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Milliseconds since the request for this page, rounded up. The page may lack changes made in Clover since then.
     */
    public function age(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * @return list<array{clover_id: string, count: ?string, whole: ?int}> whole: the count rounded down, may be
     *   negative. Both are null for an untracked item
     */
    public function items(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Counts that the shop must write to match this page.
     *
     * @param list<array<string, scalar|null>> $known      See {@see Catalog}; items without a row are skipped
     * @param bool                             $trackStock False when the merchant does not track stock
     *
     * @return list<array{clover_id: string, manage_stock: bool, quantity: ?int, availability: ?int}> availability is
     *   null when the owner's value must not change
     */
    public function changes(array $known, bool $trackStock): array
    {
        throw new \LogicException('provided by the extension');
    }
}
