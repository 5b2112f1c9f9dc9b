<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\TokenStore;

/** The tokens of one environment in the shop's database, sealed by the extension. */
final readonly class DatabaseTokenStore implements TokenStore
{
    private const NAME = 'tokens';

    /** A refresh may take its whole time-out and then a recovery; a waiting process must wait longer than both. */
    private const WAIT = 45.0;

    private Lock $lock;

    private KeyValueStore $state;

    public function __construct(
        private Sql $sql,
        string $environment,
        Clock $clock = new SystemClock(),
        ?ProcessIdentity $process = null,
    ) {
        $this->state = new KeyValueStore($sql, $environment, $clock);
        $this->lock  = new Lock($sql, "tokens:$environment", $clock, $process);
    }

    public function read(): ?string
    {
        return $this->state->get(self::NAME);
    }

    /** @throws \LogicException inside a transaction, because a rollback would lose the record */
    public function write(string $record): void
    {
        if ($this->sql->inTransaction()) {
            throw new \LogicException('Tokens cannot be stored inside a transaction.');
        }

        $this->state->set(self::NAME, $record);
    }

    public function delete(): void
    {
        $this->state->delete(self::NAME);
    }

    public function lock(): bool
    {
        return $this->lock->wait(self::WAIT);
    }

    public function unlock(): void
    {
        $this->lock->release();
    }
}
