<?php

declare(strict_types=1);

namespace CloverSync;

/** What is known of the connection without asking Clover. */
final readonly class ConnectionStatus
{
    public bool $connected;

    public string $environment;

    public ?string $merchantId;

    /** Unix seconds. */
    public ?int $accessExpiresAt;

    /** Unix seconds. */
    public ?int $refreshExpiresAt;

    /** Why the owner must connect again; null while the connection is sound. */
    public ?string $reconnectReason;

    /** Unix seconds of Clover's first refusal to renew the connection, while a second one may end it; else null. */
    public ?int $refusedAt;

    /** Unix seconds from when Clover is asked again after the first refusal; else null. */
    public ?int $nextTryAt;

    private function __construct()
    {
    }
}
