<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\SearchIndex;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Application\CMSWebApplicationInterface;

/**
 * Does work after the response, where the web server can send it before the script ends; elsewhere the scheduled tasks
 * do the work.
 *
 * Joomla's own onAfterRespond is not triggered in the requests that matter: checkout and the administrator's order
 * actions end early.
 */
final class AfterResponse
{
    /** Seconds; the web server's worker is busy meanwhile. */
    private const SECONDS = 25.0;

    private static bool $planned = false;

    /** It may be called several times a request. */
    public static function sendSales(ShopFactory $factory, CMSApplicationInterface $app): void
    {
        self::plan($app, static fn () => self::sales($factory->shop()));
    }

    public static function workInbox(ShopFactory $factory, CMSApplicationInterface $app): void
    {
        SearchIndex::prepare();
        self::plan($app, static function () use ($factory, $app): void {
            $shop = $factory->shop();

            $budget = new TimeBudget(self::SECONDS);

            if (self::mayAsk($shop) && $shop->inboxWorker()->drain($budget) > 0) {
                ShopCache::clean($app);
            }

            SearchIndex::update($app, $shop, $budget);
        });
    }

    public static function indexProducts(ShopFactory $factory, CMSApplicationInterface $app): void
    {
        SearchIndex::prepare();
        self::plan($app, static fn () => SearchIndex::update($app, $factory->shop(), new TimeBudget(self::SECONDS)));
    }

    private static function sales(Services $shop): void
    {
        if (self::mayAsk($shop)) {
            // The scheduled tasks scan the orders; here the changed order is known.
            $shop->sales()->worker()->run(new TimeBudget(self::SECONDS), scan: false);
        }
    }

    /** Whether this site may act: a copy of it must not even refresh the tokens. */
    private static function mayAsk(Services $shop): bool
    {
        return $shop->connection->status()->connected && !$shop->guard->isMoved();
    }

    private static function plan(CMSApplicationInterface $app, callable $work): void
    {
        $finish = Platform::responseFinisher();

        if (self::$planned || $finish === null) {
            return;
        }

        // Without a way to work after the response, the scheduled tasks do the work.
        self::$planned = Platform::atShutdown(static function () use ($app, $work, $finish): void {
            try {
                // With sessions in files, the visitor's next request would wait for this one.
                if ($app instanceof CMSWebApplicationInterface) {
                    $app->getSession()->close();
                }

                $finish();
                Platform::ignoreAbort();
                Platform::allowSeconds(120);

                // Asked only now: a helper program must not be started while the visitor waits.
                if (Requirements::isMet()) {
                    $work();
                }
            } catch (AlreadySendingException) {
                // The process that holds the lock does this work too.
            } catch (\Throwable $e) {
                DebugLog::failed($e);
            }
        });
    }
}
