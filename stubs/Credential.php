<?php

declare(strict_types=1);

namespace CloverSync;

/** What a connection is made with. */
enum Credential: string
{
    /** The app's: tokens that it gets by OAuth and renews. */
    case App = 'oauth';

    /** The merchant's: an API token of his own, which does not expire. */
    case Merchant = 'api_token';
}
