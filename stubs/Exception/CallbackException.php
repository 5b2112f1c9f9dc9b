<?php

declare(strict_types=1);

namespace CloverSync\Exception;

use CloverSync\CallbackKind;

/** The callback cannot be used: start the authorization again. */
final class CallbackException extends CloverException
{
    public function getKind(): CallbackKind
    {
        throw new \LogicException('provided by the extension');
    }
}
