<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Clover answered with what its documents do not foresee: report it with this request id. */
final class BugException extends CloverException
{
    /** Clover's X-Clover-Request-Id. */
    public function getRequestId(): ?string
    {
        throw new \LogicException('provided by the extension');
    }
}
