<?php

declare(strict_types=1);

namespace CloverSync;

/** The merchant's profile, as far as the granted permissions show it. */
final readonly class Merchant
{
    public string $id;

    public ?string $name;

    /** ISO 4217. */
    public ?string $currency;

    /** The source of the currency; null when Clover did not return one. */
    public ?CurrencySource $currencySource;

    /** Whether Clover's prices include tax. */
    public ?bool $vat;

    public ?bool $trackStock;

    /** Whether Clover itself subtracts sold units from the count. */
    public ?bool $updateStock;

    private function __construct()
    {
    }
}
