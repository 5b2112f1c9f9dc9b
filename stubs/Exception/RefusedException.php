<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/**
 * Clover refused to renew the connection, for the first time. It is asked once more at the time given and nothing
 * before; a second refusal then ends the connection. The owner may connect again at once.
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
