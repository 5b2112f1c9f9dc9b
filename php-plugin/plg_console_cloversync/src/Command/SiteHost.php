<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_console_cloversync
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\Console\Cloversync\Command;

\defined('_JEXEC') or die();

use CloverSync\Shop\Console\Host;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\JoomlaSql;
use CloverSync\Shop\Joomla\QueryMonitor;
use CloverSync\Shop\Joomla\SearchIndex;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Joomla\SiteFacts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\Database\DatabaseInterface;

/** This Joomla site, with the app's settings. */
final class SiteHost implements Host
{
    private ?ShopFactory $factory = null;

    public function __construct(
        private readonly CMSApplicationInterface $app,
        private readonly DatabaseInterface $db,
    ) {
    }

    public function shop(): Services
    {
        // For the rest of this process.
        QueryMonitor::pause($this->db);
        $this->factory = ShopFactory::enabled($this->app, $this->db);

        if ($this->factory === null) {
            throw new ShopException(new Message(MessageCode::AppDisabled));
        }

        $this->factory->requirements()->remember();

        return $this->factory->shop();
    }

    /** The owner chooses it on the dashboard or in the settings; without one, a sync says so. */
    public function withDefaultCategory(Services $shop): Services
    {
        return $shop;
    }

    public function productsChanged(Services $shop): void
    {
        ShopCache::clean($this->app);

        try {
            // Without Smart Search this empties the queue; else the queue is left to web requests.
            SearchIndex::update($this->app, $shop, new TimeBudget(0));
        } catch (\Throwable $e) {
            DebugLog::failed($e);
        }
    }

    public function facts(): Facts
    {
        return SiteFacts::read(new JoomlaSql($this->db), $this->factory);
    }
}
