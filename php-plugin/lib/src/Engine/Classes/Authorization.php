<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The start of an authorization. */
final readonly class Authorization
{
    public string $url;

    /** A random value for one use. Store it in the session of the browser that goes to the URL. */
    public string $state;

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
        $self->url = $row[0];
        $self->state = $row[1];

        return $self;
    }
}
