<?php

declare(strict_types=1);

namespace CloverSync;

/** Where a merchant's currency was read. */
enum CurrencySource: string
{
    /** In the merchant's properties. */
    case Properties = 'properties';

    /** In an order, because the app may not read the properties. */
    case Order = 'order';
}
