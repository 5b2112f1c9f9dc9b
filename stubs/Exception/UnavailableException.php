<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/**
 * Clover was unreachable, failed or rate-limited the request, or another server between the shop and Clover responded
 * in its place. Try again later.
 */
class UnavailableException extends CloverException
{
    /** The minimum wait in seconds. */
    public function getRetryAfter(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
