<?php

declare(strict_types=1);

namespace CloverSync;

/**
 * Where the tokens of one environment last. Implemented in PHP, over the shop's database.
 *
 * A record is opaque and already sealed. The store must not hold the Connection: PHP's cycle collector cannot see that
 * loop.
 */
interface TokenStore
{
    /** The record as last written by any process, read from the database each time; null when there is none. */
    public function read(): ?string;

    /** Stores the record durably before it returns: a refresh token works once. */
    public function write(string $record): void;

    public function delete(): void;

    /**
     * Takes the one lock of this environment's tokens across processes and nodes; waits for it, false when it stayed
     * taken. Called again every ten seconds or so while it is held here, to prolong it.
     */
    public function lock(): bool;

    public function unlock(): void;
}
