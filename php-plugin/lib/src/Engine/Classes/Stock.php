<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

use CloverSync\Shop\Engine\Handle;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;

/**
 * Reads and writes the stock counts of Clover's items.
 *
 * Clover's API can only set a count to N, without a delta or a precondition. So every change is a read and a write
 * close together: prepare() reads, the shop stores what will be written, commit() writes. Sales of another till between
 * the two are lost. So counts are read in one request, and only as many as can be written within a second. The second
 * is a goal: if Clover's limits or latency do not allow it, fewer counts are taken. The last one is written in any
 * case.
 *
 * Counts are decimal text with at most three places, such as "12" or "0.5"; they may be negative. An outcome has the
 * keys key (int, as given), state, before and target (counts or null), modified (Clover's modifiedTime of the count in
 * milliseconds, or null), window (milliseconds from the request for the old count to the response for the new one; for
 * a ready row the maximum; or null), problem (why it is not as wished, or null), retry_after (seconds) and permission
 * (its name in the Clover Developer Dashboard, or null).
 *
 * Any call may return the states Later, Gone, Permission and Refused of {@see StockState} for a row.
 */
final readonly class Stock
{
    /** Sends no request. */
    public function __construct(Connection $connection)
    {
        Handle::bind($this, 'Stock', [$connection]);
    }

    /**
     * Reads the first of these counts: as many as can be written within a second by the limits and the latency, at
     * least one.
     *
     * @param list<array{key: int, clover_id: string, delta: int, misses?: int}> $changes Units to take, negative to
     *   return; each item once. misses: how often the write was Late before; a single count then gets more time
     *
     * @throws ReconnectException   when the shop is not connected
     * @throws PermissionException  without Inventory Read
     * @throws UnavailableException when no token can be had now
     * @throws ItemException        when a row is malformed, with its field as path
     */
    public function prepare(array $changes): StockBatch
    {
        return Handle::wrap(StockBatch::class, Handle::call($this, 'prepare', [$changes]), $this);
    }

    /**
     * Writes counts of a batch, each once. A batch allows one commit, right after its rows were stored.
     *
     * @param list<int> $keys Keys of the batch's ready rows that the shop has stored as sent
     *
     * @return list<array{key: int, state: StockState, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   problem: ?Problem, retry_after: int, permission: ?string}> Confirmed, Unknown or Late
     *
     * @throws CloverException when the wait was interrupted: settle the rows to learn whether they were written
     */
    public function commit(StockBatch $batch, array $keys): array
    {
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (StockState::from(...))($row['state']), 'problem' => (static fn ($v) => $v === null ? null : Problem::fromRow($v))($row['problem'])]), $list))(Handle::call($this, 'commit', [$batch, $keys]));
    }

    /**
     * Reads the counts to find out whether writes without a response were carried out.
     *
     * @param list<array{key: int, clover_id: string, before: string, modified: ?int, target: string}> $sent
     *
     * @return list<array{key: int, state: StockState, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   problem: ?Problem, retry_after: int, permission: ?string}> Confirmed, Again or Uncertain
     *
     * @throws CloverException
     */
    public function settle(array $sent): array
    {
        return (static fn (array $list): array => array_map(static fn (array $row): array => array_replace($row, ['state' => (StockState::from(...))($row['state']), 'problem' => (static fn ($v) => $v === null ? null : Problem::fromRow($v))($row['problem'])]), $list))(Handle::call($this, 'settle', [$sent]));
    }

    /**
     * One page of all items with their counts, at most 1,000, by id: one request.
     *
     * @param ?string $after The last page's cursor
     *
     * @throws CloverException
     */
    public function counts(?string $after = null): StockPage
    {
        return Handle::wrap(StockPage::class, Handle::call($this, 'counts', [$after]), $this);
    }

    /**
     * Units that the till sold while their counts were being overwritten. Web orders are not included.
     *
     * @param list<array{clover_id: string, modified_before: ?int, modified_after: int, window: int}> $writes
     *        modifiedTime of the count before and after a write, and the maximum time in milliseconds between the
     *        read and modified_after
     *
     * @return list<array{clover_id: string, units: string}> Only items with sales, each once
     *
     * @throws CloverException
     */
    public function soldWithin(array $writes): array
    {
        return Handle::call($this, 'soldWithin', [$writes]);
    }

    private function __clone()
    {
    }

    public function __serialize(): array
    {
        throw new \Exception('Serialization of \'' . self::class . '\' is not allowed');
    }
}
