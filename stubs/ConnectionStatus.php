<?php

declare(strict_types=1);

namespace CloverSync;

/** The connection's state by the stored token record. Creating it sends no request. */
final readonly class ConnectionStatus
{
    public bool $connected;

    public Environment $environment;

    public ?string $merchantId;

    /** Unix seconds. */
    public ?int $accessExpiresAt;

    /** Unix seconds. */
    public ?int $refreshExpiresAt;

    /** Why the owner must connect again; null while the connection works. */
    public ?Problem $reconnectReason;

    /** Unix seconds of Clover's first refusal to refresh the tokens, while a second refusal may end the connection. */
    public ?int $refusedAt;

    /** Unix seconds of the earliest second attempt after a first refusal; otherwise null. */
    public ?int $nextTryAt;

    private function __construct()
    {
    }
}
