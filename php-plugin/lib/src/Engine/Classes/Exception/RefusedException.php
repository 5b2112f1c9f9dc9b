<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/**
 * Clover refused to refresh the tokens for the first time. No request is sent before the second attempt at the given
 * time. A second refusal ends the connection. The owner may connect again at once.
 */
final class RefusedException extends UnavailableException
{
    protected int $refusedAt = 0;

    protected int $nextTryAt = 0;

    /** Unix seconds. */
    public function getRefusedAt(): int
    {
        return $this->refusedAt;
    }

    /** Unix seconds. */
    public function getNextTryAt(): int
    {
        return $this->nextTryAt;
    }
}
