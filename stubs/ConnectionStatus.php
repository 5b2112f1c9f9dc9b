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

    private function __construct()
    {
    }
}
