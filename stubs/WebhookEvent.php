<?php

declare(strict_types=1);

namespace CloverSync;

/** What happened to an object, as Clover writes it. */
enum WebhookEvent: string
{
    case Create = 'CREATE';
    case Update = 'UPDATE';
    case Delete = 'DELETE';
}
