<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

/** A picture that a new product is to get. */
final readonly class WantedPicture
{
    public function __construct(
        public int $product,
        /** Clover's item or group. */
        public string $cloverId,
        public string $address,
        /** Number of times that it was not to be had. */
        public int $attempts,
    ) {
    }
}
