<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\Requirements;
use CloverSync\Shop\Joomla\ShopCache;
use CloverSync\Shop\Joomla\ShopFactory;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\TimeBudget;
use Joomla\CMS\Application\CMSApplicationInterface;

/**
 * Work that begins when the visitor has his answer, where the web server can send it before the script ends; elsewhere
 * the scheduled tasks do it.
 *
 * Joomla's own onAfterRespond does not come in the requests that matter: checkout and the administrator's order actions
 * end early.
 */
final class AfterResponse
{
    /** Seconds; a web server's worker is not free meanwhile. */
    private const SECONDS = 25.0;

    private static bool $planned = false;

    /** To be called any number of times a request. */
    public static function sendSales(ShopFactory $factory, CMSApplicationInterface $app): void
    {
        self::plan($app, static fn () => self::sales($factory->shop()));
    }

    public static function workInbox(ShopFactory $factory, CMSApplicationInterface $app): void
    {
        self::plan($app, static function () use ($factory, $app): void {
            $shop = $factory->shop();

            if (self::mayAsk($shop) && $shop->inboxWorker()->drain(new TimeBudget(self::SECONDS)) > 0) {
                ShopCache::clean($app);
            }
        });
    }

    private static function sales(Services $shop): void
    {
        if (self::mayAsk($shop)) {
            // The scan is for the scheduled tasks: here it is known what has happened.
            $shop->sales()->worker()->run(new TimeBudget(self::SECONDS), scan: false);
        }
    }

    /** A copy of the site must not even refresh the tokens. */
    private static function mayAsk(Services $shop): bool
    {
        return $shop->connection->status()->connected && !$shop->guard->isMoved();
    }

    private static function plan(CMSApplicationInterface $app, callable $work): void
    {
        if (self::$planned || ($finish = Platform::responseFinisher()) === null || !Requirements::isMet()) {
            return;
        }

        // Without a moment after the response the scheduled tasks do it.
        self::$planned = Platform::atShutdown(static function () use ($app, $work, $finish): void {
            try {
                // Where sessions are files the visitor's next request would wait for this one.
                $app->getSession()->close();
                $finish();
                Platform::ignoreAbort();
                Platform::allowSeconds(120);
                $work();
            } catch (AlreadyRunningException) {
                // Whoever is at it does this as well.
            } catch (\Throwable $e) {
                DebugLog::failed($e);
            }
        });
    }
}
