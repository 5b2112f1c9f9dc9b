<?php

declare(strict_types=1);

namespace CloverSync;

/** Counts that {@see Stock::prepare()} read just now. */
final class StockBatch
{
    private function __construct()
    {
    }

    /**
     * What was read, in the order of the changes; those for which there was no room are not among it.
     *
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   message: string, retry_after: int, permission: ?string}> See {@see Stock}; "ready": before, modified, target
     *   and window are to be stored, then it may be committed; "untracked": Clover does not count the item, and a count
     *   must not be made by a sale
     */
    public function rows(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
