<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

/** The object type of a webhook event. */
enum WebhookObject: string
{
    /** An item, its stock and its availability. */
    case Item = 'item';

    case Category = 'category';

    case Order = 'order';

    /** A property of the merchant. */
    case Merchant = 'merchant';

    /** The app was installed or uninstalled, or its subscription changed. */
    case App = 'app';

    /** A type that Clover documents and a shop does not use. */
    case Other = 'other';
}
