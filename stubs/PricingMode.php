<?php

declare(strict_types=1);

namespace CloverSync;

/** How the shop's price comes from Clover's. */
enum PricingMode: string
{
    /** Clover's price as it is. */
    case Direct = 'direct';

    /** With the markup on top. */
    case Markup = 'markup';
}
