<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

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

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->connected = $row[0];
        $self->environment = Environment::from($row[1]);
        $self->merchantId = $row[2];
        $self->accessExpiresAt = $row[3];
        $self->refreshExpiresAt = $row[4];
        $self->reconnectReason = $row[5] === null ? null : Problem::fromRow($row[5]);
        $self->refusedAt = $row[6];
        $self->nextTryAt = $row[7];

        return $self;
    }
}
