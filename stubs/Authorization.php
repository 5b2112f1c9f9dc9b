<?php

declare(strict_types=1);

namespace CloverSync;

/** The start of an authorization. */
final readonly class Authorization
{
    public string $url;

    /** A random value for one use. Store it in the session of the browser that goes to the URL. */
    public string $state;

    private function __construct()
    {
    }
}
