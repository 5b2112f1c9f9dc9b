<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** Why a callback cannot be used. */
enum CallbackKind: string
{
    /** The owner did not consent. */
    case Denied = 'denied';

    /** The state is not the one that was sent. */
    case State = 'state';

    /** The callback is for another app. */
    case Client = 'client';

    /** Parts are missing or malformed. */
    case Incomplete = 'incomplete';

    /** Clover did not accept the code. */
    case Code = 'code';
}
