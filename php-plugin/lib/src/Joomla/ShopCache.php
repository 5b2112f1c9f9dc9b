<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\Cache\CacheControllerFactoryInterface;
use Joomla\CMS\Event\Model\AfterCleanCacheEvent;
use Joomla\CMS\Factory;

/**
 * Clears Joomla's caches after products were written by SQL, which Joomla does not notice.
 */
final class ShopCache
{
    /** Cache groups, including whole pages when Joomla's page cache is on. */
    private const GROUPS = ['com_content', 'com_j2commerce', 'page'];

    /** Where Joomla caches the parameters of plugins. */
    private const PARAMETERS = 'com_plugins';

    /** Never throws: cached pages expire by themselves. */
    public static function clean(CMSApplicationInterface $app): void
    {
        self::cleanGroups($app, self::GROUPS);
    }

    /** Call it after parameters were written by SQL. */
    public static function cleanParameters(): void
    {
        self::cleanGroups(Factory::getApplication(), [self::PARAMETERS]);
    }

    /** @param list<string> $groups */
    private static function cleanGroups(CMSApplicationInterface $app, array $groups): void
    {
        foreach ($groups as $group) {
            try {
                $options = [
                    'defaultgroup' => $group,
                    'cachebase'    => $app->get('cache_path', JPATH_CACHE),
                    'result'       => true,
                ];
                /** @var CacheControllerFactoryInterface $factory */
                $factory = Factory::getContainer()->get(CacheControllerFactoryInterface::class);
                $factory->createCacheController('callback', $options)->cache->clean();

                // Other caches listen to this event.
                Factory::getApplication()
                    ->getDispatcher()
                    ->dispatch('onContentCleanCache', new AfterCleanCacheEvent('onContentCleanCache', $options));
            } catch (\Throwable $e) {
                DebugLog::failed($e);
            }
        }
    }
}
