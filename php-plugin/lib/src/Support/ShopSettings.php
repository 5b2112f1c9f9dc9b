<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

use CloverSync\Settings;

/** Typed settings of the shop library. The secrets stay in {@see Settings}. */
final readonly class ShopSettings
{
    /**
     * @param list<int> $paidStatuses     Order statuses of J2Commerce
     * @param list<int> $refundedStatuses
     */
    public function __construct(
        public string $environment,
        public string $appId,
        public ?string $baseUrl,
        /** Category id; 0 when none is chosen. */
        public int $defaultCategory,
        /** Tax profile id; 0 when none is chosen. */
        public int $defaultTaxProfile,
        public DeleteAction $deleteAction,
        public bool $webhooks,
        /** Minutes. */
        public int $syncInterval,
        public bool $pushStock,
        public bool $syncSale,
        /** Days. */
        public int $logRetention,
        public bool $debug,
        public array $paidStatuses,
        public array $refundedStatuses,
        /** Percent of the rate limit that this node may use. */
        public int $paceShare,
    ) {
    }

    public static function from(Settings $settings): self
    {
        $values = $settings->toArray();

        return new self(
            $values['environment'],
            $values['app_id'],
            $values['base_url'],
            $values['default_category'],
            $values['default_tax_profile'],
            DeleteAction::from($values['delete_action']),
            $values['webhooks'],
            $values['sync_interval'],
            $values['push_stock'],
            $values['sync_sale'],
            $values['log_retention'],
            $values['debug'],
            $values['paid_statuses'],
            $values['refunded_statuses'],
            $values['pace_share'],
        );
    }

    public function withDefaultCategory(int $category): self
    {
        return new self(
            $this->environment,
            $this->appId,
            $this->baseUrl,
            $category,
            $this->defaultTaxProfile,
            $this->deleteAction,
            $this->webhooks,
            $this->syncInterval,
            $this->pushStock,
            $this->syncSale,
            $this->logRetention,
            $this->debug,
            $this->paidStatuses,
            $this->refundedStatuses,
            $this->paceShare,
        );
    }
}
