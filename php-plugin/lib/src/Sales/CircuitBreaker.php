<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\Clock;

/**
 * Stops sending to Clover after repeated refusals, or when a permission is missing: each further attempt would fail
 * too. The owner or a new connection resumes it.
 */
final class CircuitBreaker
{
    private const NAME = 'pushes_paused';

    /** Refusals in a row, without a success between them. */
    private const LIMIT = 5;

    private int $failures = 0;

    public function __construct(
        private readonly KeyValueStore $state,
        private readonly SyncLog $log,
        private readonly Clock $clock,
    ) {
    }

    /** @return ?array{since: int, reason: string} */
    public function read(): ?array
    {
        $paused = $this->state->getArray(self::NAME);

        return (
            \is_int($paused['since'] ?? null) && \is_string($paused['reason'] ?? null)
                ? ['since' => $paused['since'], 'reason' => $paused['reason']]
                : null
        );
    }

    public function begin(string $reason, string $action = 'sync'): void
    {
        if ($this->read() === null) {
            $this->state->setArray(self::NAME, ['since' => $this->clock->now(), 'reason' => $reason]);
            $this->log->add($action, 'order', '', 'error', "Sending sales and orders to Clover is paused: $reason");
        }
    }

    public function end(): void
    {
        $this->failures = 0;
        $this->state->delete(self::NAME);
    }

    public function succeeded(): void
    {
        $this->failures = 0;
    }

    public function failed(string $why): void
    {
        if (++$this->failures >= self::LIMIT) {
            $this->begin(\sprintf('Clover refused %d times in a row, the last time so: %s', $this->failures, $why));
        }
    }
}
