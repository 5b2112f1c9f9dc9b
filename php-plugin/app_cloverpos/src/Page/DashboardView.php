<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Status\DashboardStatus;

/** What the dashboard's templates show. */
final readonly class DashboardView
{
    /**
     * @param list<Warning>                                   $warnings
     * @param list<array{id: int, title: string, level: int}> $categories
     */
    public function __construct(
        public DashboardStatus $status,
        /**
         * @var array{connected: bool, due: bool, products: int, errors: int, lastSync: string, details: string,
         *   run: ?array<string, scalar|list<array{name: string, sku: string, url: string}>|list<string>|null>,
         *   code: string, codeAt: string, webhookSeen: string, reached: bool,
         *   hasCurrency: bool}
         *   From {@see DashboardData::of()}
         */
        public array $figures,
        public array $warnings,
        public bool $mayAct,
        public bool $canWork,
        public string $environment,
        public string $until,
        public bool $hasCredentials,
        public bool $canConnect,
        public string $connectUrl,
        public string $redirectUri,
        public string $siteUrl,
        public string $syncLogUrl,
        public string $mappingsUrl,
        public string $settingsUrl,
        public string $webhookUrl,
        public bool $webhooks,
        public bool $hasAuthCode,
        public bool $isLocal,
        public array $categories,
        public ?int $uncategorised,
        public string $currency,
    ) {
    }
}
