<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

/** How Clover taxes a product, as {@see \CloverSync\Page::taxes()} writes it. */
final readonly class CloverTax
{
    /** @param list<string> $rates */
    private function __construct(
        /** Names; more than one where the variants are taxed differently. */
        public array $rates,
        /** 100,000 is 1 percent; null where variants differ, or an amount is added for each unit. */
        public ?int $rate,
        /** The tax profile by the settings; null when they name none. */
        public ?int $profile,
    ) {
    }

    public static function read(string $json): self
    {
        /** @var array<string, scalar|array<array-key, scalar|null>|null>|scalar|null $tax */
        $tax   = json_decode($json, true);
        $tax   = \is_array($tax) ? $tax : [];
        $rates = $tax['rates'] ?? [];

        return new self(
            \is_array($rates) ? array_values(array_map(strval(...), $rates)) : [],
            \is_int($tax['rate'] ?? null) ? $tax['rate'] : null,
            \is_int($tax['profile'] ?? null) ? $tax['profile'] : null,
        );
    }
}
