<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/**
 * Clover could not be reached, answered with a fault of its own or asked for patience, or something between the shop
 * and Clover answered in its place: try again later.
 */
class UnavailableException extends CloverException
{
    /** Seconds to wait at least. */
    public function getRetryAfter(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
