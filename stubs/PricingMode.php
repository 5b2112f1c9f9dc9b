<?php

declare(strict_types=1);

namespace CloverSync;

/** How the shop's price is computed from Clover's price. */
enum PricingMode: string
{
    /** Clover's price. */
    case Direct = 'direct';

    /** Clover's price plus the markup. */
    case Markup = 'markup';
}
