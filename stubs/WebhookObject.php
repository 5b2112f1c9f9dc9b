<?php

declare(strict_types=1);

namespace CloverSync;

/** What a webhook event is about. */
enum WebhookObject: string
{
    /** An item, its stock and its availability. */
    case Item = 'item';

    case Category = 'category';

    case Order = 'order';

    /** A property of the merchant. */
    case Merchant = 'merchant';

    /** Installed, uninstalled, or another subscription. */
    case App = 'app';

    /** What Clover documents and a shop has no use for. */
    case Other = 'other';
}
