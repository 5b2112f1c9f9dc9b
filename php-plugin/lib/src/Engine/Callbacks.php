<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\RateLimiter;
use CloverSync\TokenStore;

/** What a connection calls back: the token store, the rate limiter of all processes, and the log. */
final readonly class Callbacks
{
    /** @param ?\Closure(string, string): void $log */
    public function __construct(
        private TokenStore $store,
        private ?\Closure $log,
        private ?RateLimiter $rateLimiter,
    ) {
    }

    /** @return array{bool, bool} Whether there are a log and a rate limiter */
    public function optional(): array
    {
        return [$this->log !== null, $this->rateLimiter !== null];
    }

    /** @param list<scalar|object|array|null> $arguments As the helper sent them */
    // mixed: each callback has its own type.
    public function call(string $name, #[\SensitiveParameter] array $arguments): mixed
    {
        return match ($name) {
            'read'     => Wire::text($this->store->read()),
            'write'    => $this->store->write(...$arguments),
            'delete'   => $this->store->delete(),
            'lock'     => $this->store->lock(),
            'unlock'   => $this->store->unlock(),
            'exchange' => $this->rateLimiter?->exchange(...$arguments),
            'log'      => $this->log !== null ? ($this->log)(...$arguments) : null,
            default    => throw new \LogicException("The helper calls $name, which PHP does not have."),
        };
    }
}
