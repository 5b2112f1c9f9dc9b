<?php

declare(strict_types=1);

namespace CloverSync;

/** The start of an authorisation. */
final readonly class Authorization
{
    public string $url;

    /** Random, to be used once; keep it in the session of the browser that is sent to the URL. */
    public string $state;

    private function __construct()
    {
    }
}
