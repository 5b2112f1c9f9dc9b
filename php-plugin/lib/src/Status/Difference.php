<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

/** A value in the shop that is not Clover's last known one. The next sync replaces it. */
final readonly class Difference
{
    public function __construct(
        public DifferingField $field,
        /** Clover's name of the variant; null in a product without variants, and for the product itself. */
        public ?string $variant,
        /** A price is decimal text; null for a stock that is not counted. */
        public ?string $shop,
        public ?string $clover,
    ) {
    }
}
