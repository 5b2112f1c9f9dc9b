<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** Clover's response contradicts its documentation: report it with this request id. */
final class BugException extends CloverException
{
    protected ?string $requestId = null;

    /** Clover's X-Clover-Request-Id. */
    public function getRequestId(): ?string
    {
        return $this->requestId;
    }
}
