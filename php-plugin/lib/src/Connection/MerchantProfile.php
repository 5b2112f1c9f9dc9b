<?php

declare(strict_types=1);

namespace CloverSync\Shop\Connection;

\defined('_JEXEC') or die();

use CloverSync\Connection;
use CloverSync\CurrencySource;
use CloverSync\Exception\CloverException;
use CloverSync\Merchant;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Facts about the connected merchant: from Clover where the permissions allow it, else from the owner. */
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
     * Reads all facts from Clover and stores them.
     *
     * @throws CloverException
     */
    public function ask(): MerchantFacts
    {
        return $this->store($this->connection->merchant());
    }

    /**
     * The same with one request, from where the currency was found before. Permissions that the owner grants take
     * effect when he connects again, and {@see ask()} reads everything then.
     *
     * @throws CloverException
     */
    public function askAgain(): MerchantFacts
    {
        $before = CurrencySource::tryFrom($this->remembered()->currencySource ?? '');

        return $this->store($this->connection->merchant($before));
    }

    private function store(Merchant $merchant): MerchantFacts
    {
        $facts = new MerchantFacts(
            $merchant->id,
            $merchant->name,
            $merchant->currency,
            $merchant->currencySource?->value,
            $merchant->vat,
            $merchant->trackStock,
            $merchant->updateStock,
        );
        $before = $this->remembered();

        // A later look-up with fewer permissions must not lose the name.
        if ($facts->name === null && $before !== null && $before->id === $facts->id) {
            $facts = $facts->withName($before->name);
        }

        $this->state->setArray(self::FACTS, $facts->toArray());
        $confirmed = $facts->currency === null ? $this->state->get(self::CONFIRMED) : null;

        return $confirmed === null ? $facts : $facts->withConfirmedCurrency($confirmed);
    }

    /** The facts last read from Clover; null before the first time. */
    public function remembered(): ?MerchantFacts
    {
        return MerchantFacts::fromArray($this->state->getArray(self::FACTS));
    }

    /** The merchant that Clover last named, for callers without a connection. */
    public static function merchantIn(KeyValueStore $state): ?string
    {
        return MerchantFacts::fromArray($state->getArray(self::FACTS))?->id;
    }

    /** The merchant's currency, as far as it is known without a request. */
    public function currency(): ?string
    {
        return $this->remembered()->currency ?? $this->state->get(self::CONFIRMED);
    }

    /** Whether the merchant tracks stock, as far as is known. */
    public function tracksStock(): bool
    {
        return $this->remembered()?->tracksStock() ?? true;
    }

    /** Stores the currency that the owner confirmed; it applies while Clover does not show one. */
    public function confirmCurrency(string $currency): void
    {
        $this->state->set(self::CONFIRMED, strtoupper($currency));
    }

    public function forget(): void
    {
        $this->state->delete(self::FACTS, self::CONFIRMED);
    }

    /**
     * @param ?string $clover The merchant's currency; null when it is not known
     * @param string  $shop   The shop's currency
     *
     * @throws CurrencyException unless the two are the same
     */
    public static function requireCurrency(?string $clover, string $shop): string
    {
        if ($clover === null) {
            throw new CurrencyException(new Message(MessageCode::CurrencyUnknown));
        }

        if ($clover !== $shop) {
            throw new CurrencyException(new Message(MessageCode::CurrencyDiffers, [
                'clover' => $clover,
                'shop'   => $shop,
            ]));
        }

        return $shop;
    }
}
