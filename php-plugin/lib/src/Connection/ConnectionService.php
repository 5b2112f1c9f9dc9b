<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;

/** Connects and disconnects the shop, and resets the state of the previous connection. */
final readonly class ConnectionService
{
    /** @param \Closure(string): void $connected Called with the merchant's id, to resume what had stopped */
    public function __construct(
        private Connection $connection,
        private SiteGuard $guard,
        private MerchantProfile $merchant,
        private \Closure $connected,
    ) {
    }

    /** The merchant of the connection, or of the last one: links remain after a disconnect. */
    public function merchantId(): ?string
    {
        return $this->connection->status()->merchantId ?? $this->merchant->remembered()->id ?? null;
    }

    /**
     * Completes the connection with the callback that Clover sent the browser to, and assigns it to this site.
     *
     * @param string $callback The whole callback URL, or its query
     * @param string $state    From {@see Connection::authorize()}
     *
     * @return ?string The previous merchant, when it was another one
     *
     * @throws CloverException
     */
    public function complete(#[\SensitiveParameter] string $callback, #[\SensitiveParameter] string $state): ?string
    {
        $before = $this->merchantId();
        $now    = $this->connection->complete($callback, $state)->merchantId;
        $this->connected();

        if ($before === null || $before === $now) {
            return null;
        }

        $this->merchant->forget();

        return $before;
    }

    /** Call it after connecting. */
    public function connected(): void
    {
        $this->guard->move();
        ($this->connected)((string) $this->connection->status()->merchantId);
    }

    /** Deletes the tokens and the site they belong to; links, log and ledger stay. */
    public function disconnect(): void
    {
        $this->connection->disconnect();
        $this->guard->forget();
    }
}
