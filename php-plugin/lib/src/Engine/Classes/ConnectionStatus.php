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
        $self->credential = $row[3] === null ? null : Credential::from($row[3]);
        $self->accessExpiresAt = $row[4];
        $self->refreshExpiresAt = $row[5];
        $self->reconnectReason = $row[6] === null ? null : Problem::fromRow($row[6]);
        $self->refusedAt = $row[7];
        $self->nextTryAt = $row[8];

        return $self;
    }
}
