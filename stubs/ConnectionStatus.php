<?php

declare(strict_types=1);

namespace CloverSync;

/** The connection's state by the stored token record. Creating it sends no request. */
final readonly class ConnectionStatus
{
    public bool $connected;

    public Environment $environment;

    public ?string $merchantId;

    /** What the connection is made with; null without one. */
    public ?Credential $credential;

    /** Unix seconds; null for an API token, which does not expire. */
    public ?int $accessExpiresAt;

    /** Unix seconds. */
    public ?int $refreshExpiresAt;

    /** Why the owner must connect again; null while the connection works. */
    public ?Problem $reconnectReason;

    /** Unix seconds of Clover's first refusal of the tokens, while a second refusal may end the connection. */
    public ?int $refusedAt;

    /** Unix seconds of the earliest second attempt after a first refusal; otherwise null. */
    public ?int $nextTryAt;

    private function __construct()
    {
    }
}
