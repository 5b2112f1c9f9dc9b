<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/** Asks which currency the merchant's prices are in, and whether it tracks stock. */
final readonly class PreparePhase implements SyncPhase
{
    public function __construct(
        private MerchantProfile $merchant,
        private ShopConfig $config,
        private KeyValueStore $state,
        private SyncLog $log,
        private FilterChange $filter,
    ) {
    }

    public function run(SyncSlice $slice, SyncRunRow $run): bool
    {
        $facts    = $this->merchant->askAgain();
        $currency = MerchantProfile::requireCurrency($facts->currency, $this->config->currency);
        $this->warnAboutTax($facts->vat);
        $this->filter->begin();
        $slice->write([
            'phase'       => RunPhase::Items->value,
            'currency'    => $currency,
            'track_stock' => (int) $facts->tracksStock(),
            'error'       => null,
        ]);

        return true;
    }

    /** Logs each kind of disagreement once. */
    private function warnAboutTax(?bool $vat): void
    {
        $warning = match (true) {
            $vat === null || $vat === $this->config->pricesIncludeTax => null,
            $vat    => new Message(MessageCode::TaxOnlyInClover),
            default => new Message(MessageCode::TaxOnlyInShop),
        };

        $before = $this->state->get('tax_warning') ?? '';

        if ($before !== ($warning?->json() ?? '')) {
            $this->state->set('tax_warning', $warning?->json() ?? '');

            if ($warning !== null) {
                $this->log->add('sync', 'item', '', 'skipped', $warning);
            }
        }
    }
}
