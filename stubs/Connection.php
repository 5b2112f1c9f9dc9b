<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\CallbackException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\SettingsException;

/** One shop's connection to one Clover merchant: authorization, token lifecycle and the merchant's profile. */
final class Connection
{
    /**
     * @param ?callable(string $level, string $message): void $log Receives the extension's log records; a PSR-3
     *   logger's `log` fits
     * @param ?RateLimiter $rateLimiter Grants requests to all processes of a site. Without it, this process may use
     *   the whole rate limit that pace_share allows
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
     * The URL for the browser, and the state to store in its session.
     *
     * @throws SettingsException when App ID or App Secret is missing
     */
    public function authorize(string $redirectUri): Authorization
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Checks the callback from Clover, exchanges its code for tokens and stores them.
     *
     * @param string $callback The whole callback URL, or its query
     * @param string $state    The state from {@see authorize()}
     *
     * @throws CallbackException when the callback does not belong to this authorization, or the owner denied it
     * @throws CloverException   as in every call to Clover
     */
    public function complete(
        #[\SensitiveParameter]
        string $callback,
        #[\SensitiveParameter]
        string $state,
    ): ConnectionStatus {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Stores the API token that a merchant has made on his Clover dashboard, in place of an app's tokens. It neither
     * expires nor needs App ID and App Secret.
     *
     * @param bool $test Whether Clover must first accept it, for one item and one order
     *
     * @throws ItemException   for what cannot be a merchant ID or a token, and when Clover refuses the token for items
     *   or orders; nothing is stored then
     * @throws CloverException as in every call to Clover
     */
    public function connectWithApiToken(
        string $merchantId,
        #[\SensitiveParameter]
        string $token,
        bool $test = true,
    ): ConnectionStatus {
        throw new \LogicException('provided by the extension');
    }

    /** Whether the stored tokens are this API token of this merchant, connected or not. Sends no request. */
    public function hasApiToken(string $merchantId, #[\SensitiveParameter] string $token): bool
    {
        throw new \LogicException('provided by the extension');
    }

    /** Reads the stored token record. Sends no request. */
    public function status(): ConnectionStatus
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Refreshes the access token if it expires in fewer seconds than given. An API token is never refreshed.
     *
     * @return bool Whether this call refreshed the token
     *
     * @throws ReconnectException when only the owner can restore the connection
     */
    public function refresh(int $whenUnder = 1200): bool
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * The merchant's profile, as far as the granted permissions show it. Other fields are null.
     *
     * @param ?CurrencySource $before Where the currency was found before. If it is still there, one request reads it,
     *   and no other source is asked: the name is null then.
     *
     * @throws CloverException
     */
    public function merchant(?CurrencySource $before = null): Merchant
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * The merchant's tax rates, by name. `rate` is 100,000 for 1 percent, and null for an amount for each unit.
     *
     * @return list<array{id: string, name: ?string, rate: ?int, is_default: bool}>
     *
     * @throws CloverException
     */
    public function taxRates(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /** Deletes the stored tokens. Sends no request, because Clover has no endpoint to revoke them. */
    public function disconnect(): void
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Item fields that Clover refused to return to this app in a request of this object: `categories`, `itemStock`,
     * `options`, `tags` or `taxRates`. Items were read without these fields; a permission of the app may make them
     * available.
     *
     * @return list<string>
     */
    public function withheld(): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * The picture at an address that Clover has given ({@see ProductChange::$picture}). Only hosts of Clover are asked,
     * without a token, for 20 seconds at most.
     *
     * @return array{extension: ?string, content: string, later: bool} The extension (jpg, png, gif or webp) is that of
     *   the content, which is base64; at most 4 MiB. Without a picture it is null, and `later` says whether one may be
     *   there later
     *
     * @throws CloverException
     */
    public function picture(string $address): array
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * Seconds by which this server's clock is ahead of Clover's, by the date of the last response to this object;
     * negative if it is behind. The smallest difference that the time of the response allows. Null before the first
     * response.
     */
    public function clockDifference(): ?int
    {
        throw new \LogicException('provided by the extension');
    }

    /** Number of requests that this object has sent to Clover, retries included. */
    public function requests(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
