<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** What a connection is made with. */
enum Credential: string
{
    /** Tokens that an app gets by OAuth and renews. */
    case OAuth = 'oauth';

    /** A merchant's own API token, which does not expire. */
    case ApiToken = 'api_token';
}
