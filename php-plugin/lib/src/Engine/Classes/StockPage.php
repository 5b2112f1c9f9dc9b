<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;

/** One page of items with only their counts. */
final readonly class StockPage
{
    private function __construct()
    {
    }

    /** Pass it to {@see Stock::counts()} to continue; null after the last page. */
    public function cursor(): ?string
    {
        $answer = Handle::call($this, 'cursor', []);

        return $answer;
    }

    /**
     * Milliseconds since the request for this page, rounded up. The page may lack changes made in Clover since then.
     */
    public function age(): int
    {
        return Handle::call($this, 'age', []);
    }

    /**
     * @return list<array{clover_id: string, count: ?string, whole: ?int}> whole: the count rounded down, may be
     *   negative. Both are null for an untracked item
     */
    public function items(): array
    {
        return Handle::call($this, 'items', []);
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
        return Handle::call($this, 'changes', [$known, $trackStock]);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
