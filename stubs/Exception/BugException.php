<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Clover's response contradicts its documentation: report it with this request id. */
final class BugException extends CloverException
{
    /** Clover's X-Clover-Request-Id. */
    public function getRequestId(): ?string
    {
        throw new \LogicException('provided by the extension');
    }
}
