<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\UnavailableException;

/**
 * The counts of Clover's items.
 *
 * Clover knows only "set to N", with no delta and no precondition, so every change is a read and a write close
 * together: prepare() reads, the shop stores what is about to be written, commit() writes. What another till sells in
 * between is lost, so counts are read in one request, only as many at a time as can be written within a second. That
 * second is a goal: where Clover's limits or its latency do not allow it, fewer are taken, down to one, and that one is
 * written all the same.
 *
 * Counts are decimal text with at most three places, such as "12" or "0.5"; they may be negative. An outcome has the
 * keys key (int, as given), state, before and target (counts or null), modified (Clover's modifiedTime of the count in
 * milliseconds, or null), window (milliseconds between the question for the old count and the answer to the new one, of
 * a "ready" row the most that it can take; or null), message (for people), retry_after (seconds) and permission (as the
 * Clover Developer Dashboard names it, or null). States that any call may give a row: "later" (nothing was changed: try
 * again after retry_after), "gone" (Clover has no such item), "permission" (refused for want of it), "refused" (Clover
 * does not take it).
 */
final class Stock
{
    /** Asks Clover nothing. */
    public function __construct(Connection $connection)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Reads the first of these counts, as many as the limits and the latency let be written within a second, at least
     * one.
     *
     * @param list<array{key: int, clover_id: string, delta: int, misses?: int}> $changes Units to take, negative ones
     *   to give back; each item once. A single count has the more time for its write the more often that was "late"
     *   before (misses)
     *
     * @throws ReconnectException   when the shop is not connected
     * @throws PermissionException  without Inventory Read
     * @throws UnavailableException when no token can be had now
     * @throws ItemException        when a row is malformed, with its field as path
     */
    public function prepare(array $changes): StockBatch
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Writes counts of a batch, each once. A batch is good for one commit, right after its rows were stored.
     *
     * @param list<int> $keys Those of the batch's ready rows that the shop has stored as sent
     *
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   message: string, retry_after: int, permission: ?string}> "confirmed": Clover holds the target; "unknown": no
     *   answer, so {@see settle()} it when 35 seconds and the ready row's window have passed; "late": the write did not
     *   get its turn in time and was not sent, so prepare it anew
     *
     * @throws CloverException when the wait was ended from outside: what became of the rows must be settled
     */
    public function commit(StockBatch $batch, array $keys): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Finds out by reading what became of writes without an answer.
     *
     * @param list<array{key: int, clover_id: string, before: string, modified: ?int, target: string}> $sent
     *
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int,
     *   message: string, retry_after: int, permission: ?string}> "confirmed": it was carried out; "again": it was not,
     *   so it may be prepared anew; "uncertain": the count was changed elsewhere as well; before is the count
     *   now
     *
     * @throws CloverException
     */
    public function settle(array $sent): array
    {
        throw new \LogicException('provided by the extension');
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
        throw new \LogicException('provided by the extension');
    }

    /**
     * What the till sold of items while their counts were being overwritten. Web orders are not among it.
     *
     * @param list<array{clover_id: string, modified_before: ?int, modified_after: int, window: int}> $writes
     *        modifiedTime of the counts that were read before and found after a write, and the most milliseconds that
     *        may lie between the reading and modified_after
     *
     * @return list<array{clover_id: string, units: string}> Only items with sales, each once
     *
     * @throws CloverException
     */
    public function soldWithin(array $writes): array
    {
        throw new \LogicException('provided by the extension');
    }
}
