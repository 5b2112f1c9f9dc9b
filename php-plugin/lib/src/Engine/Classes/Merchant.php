<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync;

\defined('_JEXEC') or die();

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

    /**
     * @internal
     *
     * @param list<mixed> $row The properties' values, in their order
     */
    public static function fromRow(#[\SensitiveParameter] array $row): self
    {
        $self = new self();
        $self->id = $row[0];
        $self->name = $row[1];
        $self->currency = $row[2];
        $self->currencySource = $row[3] === null ? null : CurrencySource::from($row[3]);
        $self->vat = $row[4];
        $self->trackStock = $row[5];
        $self->updateStock = $row[6];

        return $self;
    }
}
