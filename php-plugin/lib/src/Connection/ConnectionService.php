<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;

/** Connects and disconnects the shop, and resets what belonged to the connection before. */
final readonly class ConnectionService
{
    /** @param \Closure(string): void $connected Called with the merchant's id: what had stopped may work now */
    public function __construct(
        private Connection $connection,
        private SiteGuard $guard,
        private MerchantProfile $merchant,
        private \Closure $connected,
    ) {
    }

    /** The merchant of the connection, or of the last one: links outlast a disconnect. */
    public function merchantId(): ?string
    {
        return $this->connection->status()->merchantId ?? $this->merchant->remembered()->id ?? null;
    }

    /**
     * Takes the callback that Clover sent the browser to, and makes the connection this site's.
     *
     * @param string $callback The whole callback URL, or its query
     * @param string $state    Kept from {@see Connection::authorize()}
     *
     * @return ?string The merchant of before, when this is another one
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

    /** To be called when a connection was made. */
    public function connected(): void
    {
        $this->guard->move();
        ($this->connected)((string) $this->connection->status()->merchantId);
    }

    /** Forgets the tokens and whose site this is; links, log and ledger stay. */
    public function disconnect(): void
    {
        $this->connection->disconnect();
        $this->guard->forget();
    }
}
