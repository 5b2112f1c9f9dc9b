<?php

declare(strict_types=1);

namespace CloverSync;

/** The type of a webhook event, in Clover's spelling. */
enum WebhookEvent: string
{
    case Create = 'CREATE';
    case Update = 'UPDATE';
    case Delete = 'DELETE';
}
