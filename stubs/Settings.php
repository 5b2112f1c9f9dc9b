<?php

declare(strict_types=1);

namespace CloverSync;

use CloverSync\Exception\SettingsException;

/**
 * The owner's settings, checked as a whole.
 *
 * Secrets cannot be read back, printed or exported.
 */
final class Settings
{
    private function __construct()
    {
    }

    /**
     * @param array<string, mixed> $parameters Keys: environment, app_id, app_secret, base_url (loopback only),
     *   webhook_secret, import_status (published|unpublished), default_category, default_tax_profile, mapping_mode
     *   (tag|category), delete_action (unpublish|trash|ignore), pricing_mode (direct|markup), markup_type
     *   (percentage|fixed), markup_value, webhooks, sync_interval (minutes, at least 5), push_stock, sync_sale,
     *   log_retention (days), debug, paid_statuses, refunded_statuses, pace_share (percent of 16 requests a second that
     *   this node may use, 7 to 100; more only with a base_url). An absent or empty value means the default.
     *
     * @throws SettingsException with all invalid fields
     */
    public static function fromArray(#[\SensitiveParameter] array $parameters): self
    {
        throw new \LogicException('provided by the extension');
    }

    /** The Clover environment. */
    public function environment(): Environment
    {
        throw new \LogicException('provided by the extension');
    }

    /** Whether App ID and App Secret are both set. Connecting needs both. */
    public function hasCredentials(): bool
    {
        throw new \LogicException('provided by the extension');
    }

    /**
     * All settings except the secrets, with defaults filled in and values converted to their types.
     *
     * @return array{environment: string, app_id: string, base_url: ?string, import_status: string, default_category:
     *   int, default_tax_profile: int, mapping_mode: string, delete_action: string, pricing_mode: string, markup_type:
     *   string, markup_value: string, webhooks: bool, sync_interval: int, push_stock: bool, sync_sale: bool,
     *   log_retention: int, debug: bool, paid_statuses: list<int>, refunded_statuses: list<int>, pace_share: int}
     */
    public function toArray(): array
    {
        throw new \LogicException('provided by the extension');
    }
}
