<?php

declare(strict_types=1);

namespace CloverSync;

/** Counts that {@see Stock::prepare()} has just read. */
final class StockBatch
{
    private function __construct()
    {
    }

    /**
     * The counts that were read, in the order of the changes. Changes that did not fit into the batch are left out.
     *
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   message: string, retry_after: int, permission: ?string}> See {@see Stock}; "ready": store before, modified,
     *   target and window, then commit; "untracked": Clover does not track the item's stock, and a sale must not
     *   create a count
     */
    public function rows(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
