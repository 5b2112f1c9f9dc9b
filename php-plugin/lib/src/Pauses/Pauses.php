<?php

declare(strict_types=1);

namespace CloverSync\Shop\Pauses;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\Clock;

/** The pauses of all kinds of work of one environment. */
final readonly class Pauses
{
    public function __construct(
        private KeyValueStore $state,
        private SyncLog $log,
        private Clock $clock,
    ) {
    }

    public function of(WorkKind $kind): CircuitBreaker
    {
        return new CircuitBreaker($kind, $this->state, $this->log, $this->clock);
    }

    /** @return list<Pause> */
    public function all(): array
    {
        return self::stored($this->state);
    }

    /** @return list<Pause> In the order of {@see WorkKind} */
    public static function stored(KeyValueStore $state): array
    {
        $stored = $state->withPrefix(CircuitBreaker::PREFIX);

        return array_values(array_filter(array_map(static fn (WorkKind $kind): ?Pause => Pause::fromArray(
            $kind,
            $stored[CircuitBreaker::PREFIX . $kind->value] ?? [],
        ), WorkKind::cases())));
    }

    /** Lets all work go on: the shop has a new connection, or the owner asks for it. */
    public function end(): void
    {
        foreach (WorkKind::cases() as $kind) {
            $this->of($kind)->end();
        }
    }
}
