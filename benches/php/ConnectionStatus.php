<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** As much of {@see \CloverSync\ConnectionStatus} as a sync asks for. */
final readonly class ConnectionStatus
{
    public function __construct(
        public bool $connected,
        public string $merchantId,
        public ?string $reconnectReason = null,
    ) {
    }
}
