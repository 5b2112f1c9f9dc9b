<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

use CloverSync\RateLimiter;
use CloverSync\TokenStore;

/** What a connection calls back: the token store, the rate limiter of all processes, and the log. */
final class Callbacks
{
    /** Whether the helper holds the store's lock. */
    private bool $isLocked = false;

    /** @param ?\Closure(string, string): void $log */
    public function __construct(
        private readonly TokenStore $store,
        private readonly ?\Closure $log,
        private readonly ?RateLimiter $rateLimiter,
    ) {
    }

    /** @return array{bool, bool} Whether there are a log and a rate limiter */
    public function optional(): array
    {
        return [$this->log !== null, $this->rateLimiter !== null];
    }

    /** @return array<string, scalar|array|null>|bool|string|null What the helper gets */
    public function call(#[\SensitiveParameter] Callback $callback): array|bool|string|null
    {
        return match ($callback->name) {
            'read'     => Wire::text($this->store->read()),
            'lock'     => $this->isLocked = $this->store->lock(),
            'exchange' => $this->exchange($callback),
            default    => $this->tell($callback),
        };
    }

    /** The helper has ended: it releases nothing any more, and this PHP may live on for hours. */
    public function release(): void
    {
        if (!$this->isLocked) {
            return;
        }

        $this->isLocked = false;

        try {
            $this->store->unlock();
        } catch (\Throwable) {
            // The lock ends with its lease.
        }
    }

    /** @return ?array<string, scalar|array|null> */
    private function exchange(#[\SensitiveParameter] Callback $callback): ?array
    {
        return $this->rateLimiter?->exchange(
            $callback->int(0),
            $callback->int(1),
            $callback->int(2),
            $callback->ints(3),
            $callback->isTrue(4),
            $callback->int(5),
            $callback->limits(6),
        );
    }

    /** Those without an answer. */
    private function tell(#[\SensitiveParameter] Callback $callback): null
    {
        switch ($callback->name) {
            case 'write':
                $this->store->write($callback->text(0));

                break;

            case 'delete':
                $this->store->delete();

                break;

            case 'unlock':
                $this->isLocked = false;
                $this->store->unlock();

                break;

            case 'log':
                if ($this->log !== null) {
                    ($this->log)($callback->text(0), $callback->text(1));
                }

                break;

            default:
                throw new \LogicException("The helper calls $callback->name, which PHP does not have.");
        }

        return null;
    }
}
