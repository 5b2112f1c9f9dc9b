<?php

declare(strict_types=1);

namespace CloverSync;

/** The merchant as far as the granted permissions show it. */
final readonly class Merchant
{
    public string $id;

    public ?string $name;

    /** ISO 4217. */
    public ?string $currency;

    /** "properties" or "order": where the currency was read; null when Clover did not tell. */
    public ?string $currencySource;

    /** Whether Clover's prices include tax. */
    public ?bool $vat;

    public ?bool $trackStock;

    /** Whether Clover itself takes sold units out of the count. */
    public ?bool $updateStock;

    private function __construct()
    {
    }
}
