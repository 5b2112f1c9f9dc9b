<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\ConnectionStatus;
use CloverSync\Exception\CloverException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;

/** Connects and disconnects the shop, and resets the state of the previous connection. */
final readonly class ConnectionService
{
    /** @param \Closure(string): void $resume Called with the merchant's id, to resume what had stopped */
    public function __construct(
        private Connection $connection,
        private SiteGuard $guard,
        private MerchantProfile $merchant,
        private ConnectionMoments $moments,
        private \Closure $resume,
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
        return $this->connect(fn (): ConnectionStatus => $this->connection->complete($callback, $state));
    }

    /**
     * Connects with an API token that the merchant has made, once Clover has accepted it, and assigns the connection to
     * this site.
     *
     * @return ?string The previous merchant, when it was another one
     *
     * @throws CloverException and nothing has changed
     */
    public function connectWithApiToken(string $merchant, #[\SensitiveParameter] string $token): ?string
    {
        return $this->connect(fn (): ConnectionStatus => $this->connection->connectWithApiToken($merchant, $token));
    }

    /**
     * @param \Closure(): ConnectionStatus $connect Stores the tokens
     *
     * @throws CloverException
     */
    private function connect(#[\SensitiveParameter] \Closure $connect): ?string
    {
        $before = $this->merchantId();

        // An earlier connection may have been cut off, and its moment is still the noted one.
        if ($before !== null) {
            $this->moments->store($before);
        }

        $this->moments->begin();

        try {
            $now = $connect()->merchantId;
        } catch (\Throwable $e) {
            $this->moments->abandon();

            throw $e;
        }

        if ($before === null || $before === $now) {
            $this->connected();

            return null;
        }

        $this->merchant->forget();
        $this->connected();

        return $before;
    }

    /** Call it after connecting. */
    public function connected(): void
    {
        $merchant = (string) $this->connection->status()->merchantId;
        $this->guard->move();
        ($this->resume)($merchant);
        // Last, because it is what require() recognizes a complete connection by.
        $this->moments->store($merchant);
    }

    /**
     * Call it before work that sends requests: as {@see SiteGuard::requireConnection()}. It also completes a connection
     * whose process ended after the tokens were stored.
     *
     * @return string The merchant's id
     *
     * @throws NotConnectedException
     * @throws SiteMovedException
     */
    public function require(): string
    {
        $merchant = $this->guard->requireConnection($this->connection->status());

        if (!$this->moments->isKnown($merchant)) {
            if (($this->merchant->remembered()->id ?? $merchant) !== $merchant) {
                $this->merchant->forget();
            }

            $this->connected();
        }

        return $merchant;
    }

    /** Deletes the tokens and the site they belong to; links, log and ledger stay. */
    public function disconnect(): void
    {
        $this->connection->disconnect();
        $this->guard->forget();
    }
}
