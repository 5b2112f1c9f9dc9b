<?php

declare(strict_types=1);

namespace CloverSync;

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
