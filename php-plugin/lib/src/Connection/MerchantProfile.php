<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Exception\CurrencyException;

/** What is known of the connected merchant: from Clover where the permissions allow it, else from the owner. */
final readonly class MerchantProfile
{
    private const FACTS     = 'merchant';
    private const CONFIRMED = 'currency_confirmed';

    public function __construct(
        private KeyValueStore $state,
        private Connection $connection,
    ) {
    }

    /**
     * Asks Clover and remembers the answer.
     *
     * @return array{id: string, name: ?string, currency: ?string, currency_source: ?string, vat: ?bool, track_stock:
     *   ?bool, update_stock: ?bool}
     *
     * @throws CloverException
     */
    public function ask(): array
    {
        $merchant = $this->connection->merchant();
        $facts    = [
            'id'              => $merchant->id,
            'name'            => $merchant->name,
            'currency'        => $merchant->currency,
            'currency_source' => $merchant->currencySource,
            'vat'             => $merchant->vat,
            'track_stock'     => $merchant->trackStock,
            'update_stock'    => $merchant->updateStock,
        ];

        // A look-up that sees less than an earlier one must not lose the name.
        if (($this->remembered()['id'] ?? null) === $facts['id']) {
            $facts['name'] ??= $this->remembered()['name'] ?? null;
        }

        $this->state->setArray(self::FACTS, $facts);

        return $this->withConfirmed($facts);
    }

    /** @return array<string, mixed> What Clover last said; empty before the first time */
    public function remembered(): array
    {
        return $this->state->getArray(self::FACTS);
    }

    /** The merchant that Clover last told of; for those who have the database alone. */
    public static function merchantIn(KeyValueStore $state): ?string
    {
        return $state->getArray(self::FACTS)['id'] ?? null;
    }

    /**
     * The merchant's currency as far as it is known without asking.
     */
    public function currency(): ?string
    {
        return $this->remembered()['currency'] ?? $this->state->get(self::CONFIRMED);
    }

    /** Whether the merchant keeps counts, as far as Clover has told. */
    public function tracksStock(): bool
    {
        return ($this->remembered()['track_stock'] ?? null) !== false;
    }

    /** The owner's word, used while Clover does not tell. */
    public function confirmCurrency(string $currency): void
    {
        $this->state->set(self::CONFIRMED, strtoupper($currency));
    }

    public function forget(): void
    {
        $this->state->delete(self::FACTS, self::CONFIRMED);
    }

    /**
     * @param array{currency: ?string, ...} $facts
     *
     * @throws CurrencyException unless Clover and the shop count in the same money
     */
    public static function requireCurrency(array $facts, string $shop): string
    {
        if ($facts['currency'] === null) {
            throw new CurrencyException(
                'Clover does not tell the merchant\'s currency with the permissions granted: confirm it once (dashboard, or connect --currency), then sync again.',
            );
        }

        if ($facts['currency'] !== $shop) {
            throw new CurrencyException(\sprintf(
                'Clover counts in %s and the shop in %s: prices of another currency are not imported, set the shop\'s currency to %s first.',
                $facts['currency'],
                $shop,
                $facts['currency'],
            ));
        }

        return $shop;
    }

    /**
     * @param array{id: string, name: ?string, currency: ?string, currency_source: ?string, vat: ?bool, track_stock:
     *   ?bool, update_stock: ?bool} $facts
     *
     * @return array{id: string, name: ?string, currency: ?string, currency_source: ?string, vat: ?bool, track_stock:
     *   ?bool, update_stock: ?bool}
     */
    private function withConfirmed(array $facts): array
    {
        if ($facts['currency'] === null && ($confirmed = $this->state->get(self::CONFIRMED)) !== null) {
            $facts['currency']        = $confirmed;
            $facts['currency_source'] = 'owner';
        }

        return $facts;
    }
}
