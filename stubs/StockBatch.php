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
     * @return list<array{key: int, state: StockState, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   problem: ?Problem, retry_after: int, permission: ?string}> See {@see Stock}; of a ready row store before,
     *   modified, target and window, then commit
     */
    public function rows(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
