<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

use CloverSync\CallbackKind;

/** The callback cannot be used: start the authorization again. */
final class CallbackException extends CloverException
{
    protected ?string $kind = null;

    public function getKind(): CallbackKind
    {
        return CallbackKind::from($this->kind ?? throw new \Error('$kind is not set'));
    }
}
