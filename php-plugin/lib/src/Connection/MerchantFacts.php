<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

/** Facts about the merchant from Clover. A fact is null when the permissions did not show it. */
final readonly class MerchantFacts
{
    private const OWNER = 'owner';

    public function __construct(
        public string $id,
        public ?string $name,
        /** ISO 4217. */
        public ?string $currency,
        /** Source of the currency: "properties", "order" or "owner". */
        public ?string $currencySource,
        public ?bool $vat,
        public ?bool $trackStock,
        public ?bool $updateStock,
    ) {
    }

    /**
     * @param array<string, scalar|array<array-key, scalar|null>|null> $stored As {@see toArray()} of this or an earlier
     *   version returned it
     *
     * @return ?self Null when nothing was stored
     */
    public static function fromArray(array $stored): ?self
    {
        $text = static fn (string $name): ?string => \is_string($stored[$name] ?? null) ? $stored[$name] : null;
        $flag = static fn (string $name): ?bool => \is_bool($stored[$name] ?? null) ? $stored[$name] : null;
        $id   = $text('id');

        return $id === null
            ? null
            : new self(
                $id,
                $text('name'),
                $text('currency'),
                $text('currency_source'),
                $flag('vat'),
                $flag('track_stock'),
                $flag('update_stock'),
            );
    }

    /** @return array<string, string|bool|null> */
    public function toArray(): array
    {
        return [
            'id'              => $this->id,
            'name'            => $this->name,
            'currency'        => $this->currency,
            'currency_source' => $this->currencySource,
            'vat'             => $this->vat,
            'track_stock'     => $this->trackStock,
            'update_stock'    => $this->updateStock,
        ];
    }

    public function withName(?string $name): self
    {
        return new self(
            $this->id,
            $name,
            $this->currency,
            $this->currencySource,
            $this->vat,
            $this->trackStock,
            $this->updateStock,
        );
    }

    /** The same facts with a currency that the owner has confirmed. */
    public function withConfirmedCurrency(string $currency): self
    {
        return new self(
            $this->id,
            $this->name,
            $currency,
            self::OWNER,
            $this->vat,
            $this->trackStock,
            $this->updateStock,
        );
    }

    /** Whether the merchant tracks stock, as far as is known. */
    public function tracksStock(): bool
    {
        return $this->trackStock !== false;
    }
}
