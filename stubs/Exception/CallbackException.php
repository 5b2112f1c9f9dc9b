<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** The callback cannot be used: start the authorization again. */
final class CallbackException extends CloverException
{
    /** "denied", "state", "client", "incomplete" or "code". */
    public function getKind(): string
    {
        throw new \LogicException('provided by the extension');
    }
}
