<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\PageAddress;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopFactory;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/** The app's pages by their name in the address. */
final readonly class Pages
{
    /** Pages with a button on the dashboard: its text and its icon. */
    public const BUTTONS = [
        'synclog'  => ['PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_SYNC_LOG', 'fa-list'],
        'health'   => ['PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_HEALTH', 'fa-heart-pulse'],
        'mappings' => ['PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_MAPPINGS', 'fa-link'],
        'outbox'   => ['PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_OUTBOX', 'fa-inbox'],
        'server'   => ['PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_SERVER', 'fa-server'],
    ];

    public function __construct(
        private ShopFactory $factory,
        private CMSWebApplicationInterface $app,
    ) {
    }

    public function open(string $name): Page
    {
        if ($name === 'guide') {
            return new GuidePage();
        }

        if (!Requirements::isMet()) {
            return new ServerPage($this->factory, $this->app);
        }

        return match ($name) {
            'synclog'        => new SyncLogPage($this->factory, $this->app),
            'health'         => new HealthPage($this->factory, $this->app),
            'mappings'       => new MappingsPage($this->factory, $this->app),
            'outbox'         => new OutboxPage($this->factory, $this->app),
            'server'         => new ServerPage($this->factory, $this->app),
            'synclog_csv'    => new CsvPage($this->app, new SyncLogCsv($this->factory, $this->app)),
            'mappings_csv'   => new CsvPage($this->app, new MappingsCsv($this->factory, $this->app)),
            'drift_csv'      => new CsvPage($this->app, new DriftCsv($this->factory)),
            'oauth_start'    => new OAuthStartPage($this->factory, $this->app),
            'oauth_callback' => new OAuthCallbackPage($this->factory, $this->app),
            default          => new DashboardPage($this->factory, $this->app),
        };
    }

    /** Address of a page, relative to the administrator. */
    public static function url(string $name = 'dashboard'): string
    {
        return PageAddress::of($name);
    }
}
