<?php

declare(strict_types=1);

namespace CloverSync;

/**
 * The counts of Clover's items.
 *
 * Clover knows only "set to N", with no delta and no precondition, so every change is a read and a write close together:
 * prepare() reads, the shop stores what is about to be written, commit() writes. What another till sells in between is
 * lost, so counts are read only as many at a time as can be written within a second.
 *
 * Counts are decimal text with at most three places, such as "12" or "0.5"; they may be negative. An outcome has the keys
 * key (int, as given), state, before and target (counts or null), modified (Clover's modifiedTime of the count in
 * milliseconds, or null), window (milliseconds between the question for the old count and the answer to the new one, or
 * null), message (for people), retry_after (seconds) and permission (as the Clover Developer Dashboard names it, or null).
 * States that any call may give a row: "later" (nothing was changed: try again after retry_after), "gone" (Clover has no such
 * item), "permission" (refused for want of it), "refused" (Clover does not take it).
 */
final class Stock
{
    /** Asks Clover nothing. */
    public function __construct(Connection $connection)
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Reads the first of these counts, as many as the pace lets be read and written within a second, at least one.
     *
     * @param list<array{key: int, clover_id: string, delta: int}> $changes Units to take, negative ones to give back; each item once
     *
     * @throws Exception\ReconnectException   when the shop is not connected
     * @throws Exception\PermissionException  without Inventory Read
     * @throws Exception\UnavailableException when no token can be had now
     * @throws Exception\ItemException        when a row is malformed, with its field as path
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
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int, message: string, retry_after: int, permission: ?string}>
     *         "confirmed": Clover holds the target; "unknown": no answer, so {@see settle()} it when 35 seconds have passed, since
     *         a write has 30 of its own; "later" with retry_after 0: too much time had passed since the reading
     *
     * @throws Exception\CloverException when the wait was ended from outside: what became of the rows must be settled
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
     * @return list<array{key: int, state: string, before: ?string, modified: ?int, target: ?string, window: ?int, message: string, retry_after: int, permission: ?string}>
     *         "confirmed": it was carried out; "again": it was not, so it may be prepared anew; "uncertain": the count was
     *         changed by somebody else as well; before is the count now
     *
     * @throws Exception\CloverException
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
     * @throws Exception\CloverException
     */
    public function counts(?string $after = null): CountPage
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What the till sold of items while their counts were being overwritten. Web orders are not among it.
     *
     * @param list<array{key: int, clover_id: string, from: int, to: int}> $stretches Milliseconds of Clover's clock, the ends included
     *
     * @return list<array{key: int, units: string}> Only those with sales
     *
     * @throws Exception\CloverException
     */
    public function soldWithin(array $stretches): array
    {
        throw new \LogicException('provided by the extension');
    }
}
