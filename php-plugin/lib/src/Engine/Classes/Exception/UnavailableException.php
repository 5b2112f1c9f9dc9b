<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/**
 * Clover was unreachable, failed or rate-limited the request, or another server between the shop and Clover responded
 * in its place. Try again later.
 */
class UnavailableException extends CloverException
{
    protected int $retryAfter = 0;

    /** The minimum wait in seconds. */
    public function getRetryAfter(): int
    {
        return $this->retryAfter;
    }
}
