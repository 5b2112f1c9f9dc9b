<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

/** A tax profile of the shop. */
final readonly class TaxProfile
{
    /** @param list<int> $rates */
    public function __construct(
        public int $id,
        public string $name,
        /** What it may tax at, depending on the customer's address; 100,000 is 1 percent. */
        public array $rates,
    ) {
    }

    public function taxesAt(int $rate): bool
    {
        return \in_array($rate, $this->rates, true);
    }
}
