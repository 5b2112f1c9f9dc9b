<?php

declare(strict_types=1);

namespace CloverSync;

/** Clover's environments. A connection, its links and its tokens belong to exactly one. */
enum Environment: string
{
    case Sandbox      = 'sandbox';
    case NorthAmerica = 'na';
    case Europe       = 'eu';
    case LatinAmerica = 'la';
}
