<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;

/** Counts that {@see Stock::prepare()} has just read. */
final readonly class StockBatch
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
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (StockState::from(...))($row['state']), 'problem' => (static fn ($v) => $v === null ? null : Problem::fromRow($v))($row['problem'])]), $list))(Handle::call($this, 'rows', []));
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
