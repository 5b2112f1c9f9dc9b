<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/**
 * Clover refused to refresh the tokens for the first time. No request is sent before the second attempt at the given
 * time. A second refusal ends the connection. The owner may connect again at once.
 */
final class RefusedException extends UnavailableException
{
    /** Unix seconds. */
    public function getRefusedAt(): int
    {
        throw new \LogicException('provided by the extension');
    }

    /** Unix seconds. */
    public function getNextTryAt(): int
    {
        throw new \LogicException('provided by the extension');
    }
}
