<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/**
 * Stores the tokens of one environment. Implemented in PHP, over the shop's database.
 *
 * A record is opaque and already encrypted. The store must not hold the Connection: PHP's cycle collector cannot see
 * that cycle.
 */
interface TokenStore
{
    /** The record that any process wrote last, read from the database in each call; null when there is none. */
    public function read(): ?string;

    /** Stores the record durably before it returns, because a refresh token works only once. */
    public function write(string $record): void;

    public function delete(): void;

    /**
     * Takes the lock of this environment's tokens, which is shared by all processes and nodes. Waits for it; false when
     * it stays taken. While this process holds the lock, a call about every ten seconds extends its lease.
     */
    public function lock(): bool;

    public function unlock(): void;
}
