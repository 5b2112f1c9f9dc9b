<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Support\Clock;

/** The difference between this server's clock and Clover's, as the last responses have shown it. */
final readonly class CloverClock
{
    private const NAME = 'clover_clock';

    public function __construct(
        private KeyValueStore $state,
        private Clock $clock,
    ) {
    }

    /** Stores what the responses to this connection have shown. Call it after work that sends requests. */
    public function note(Connection $connection): void
    {
        $seconds = $connection->clockDifference();

        if ($seconds !== null) {
            $this->state->setArray(self::NAME, ['seconds' => $seconds, 'at' => $this->clock->now()]);
        }
    }

    /**
     * @return ?array{seconds: int, at: int} Seconds by which this server's clock is ahead, negative if it is behind;
     *   Unix seconds when that was seen. Null before the first response
     */
    public function seen(): ?array
    {
        $stored  = $this->state->getArray(self::NAME);
        $seconds = $stored['seconds'] ?? null;
        $at      = $stored['at'] ?? null;

        return \is_int($seconds) && \is_int($at) ? ['seconds' => $seconds, 'at' => $at] : null;
    }
}
