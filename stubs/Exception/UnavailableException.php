<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Clover could not be reached, answered with a fault of its own, or asked for patience: try again later. */
final class UnavailableException extends CloverException
{
    /** Seconds to wait at least. */
    public function getRetryAfter(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
