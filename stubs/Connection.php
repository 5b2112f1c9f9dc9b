<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CallbackException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\SettingsException;

/** One shop's connection to one Clover merchant: authorisation, token life and the merchant's own facts. */
final class Connection
{
    /**
     * @param ?callable(string $level, string $message): void $log Receives the extension's log records; a PSR-3
     *   logger's `log` fits
     * @param ?RateLimiter $rateLimiter Grants requests to all processes of a site; without it this process uses the
     *   limits alone, as far as pace_share goes
     */
    public function __construct(
        Settings $settings,
        Vault $vault,
        TokenStore $store,
        ?callable $log = null,
        ?RateLimiter $rateLimiter = null,
    ) {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Where to send the browser, and the state to keep in its session.
     *
     * @throws SettingsException when App ID or App Secret is missing
     */
    public function authorize(string $redirectUri): Authorization
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Takes the callback that Clover sent the browser to, buys tokens with its code and stores them.
     *
     * @param string $callback The whole callback URL, or its query
     * @param string $state    The state kept from {@see authorize()}
     *
     * @throws CallbackException  when the callback is not the answer to this authorisation, or the owner denied it
     * @throws CloverException    as every call to Clover
     */
    public function complete(
        #[\SensitiveParameter]
        string $callback,
        #[\SensitiveParameter]
        string $state,
    ): ConnectionStatus {
        throw new \LogicException('provided by the extension');
    }

    /** Reads the stored record; asks Clover nothing. */
    public function status(): ConnectionStatus
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Refreshes the access token when fewer than so many seconds are left of it.
     *
     * @return bool Whether a refresh took place here
     *
     * @throws ReconnectException when only the owner can mend the connection
     */
    public function refresh(int $whenUnder = 1200): bool
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * What Clover tells of the merchant with the permissions granted; what it does not tell is null.
     *
     * @throws CloverException
     */
    public function merchant(): Merchant
    {
        throw new \LogicException('provided by the extension');
    }

    /** Forgets the tokens. Clover has no call for it, so nothing is sent. */
    public function disconnect(): void
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Fields of items that Clover refused to show to this app, as far as this object has met them: `categories`,
     * `itemStock`, `options` or `tags`. Everything was read without them; a permission of the app may bring them.
     *
     * @return list<string>
     */
    public function withheld(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** Requests sent to Clover by this object so far, repeats included. */
    public function requests(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
