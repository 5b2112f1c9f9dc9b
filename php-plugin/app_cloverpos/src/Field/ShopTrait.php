<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Shop\Joomla\ShopFactory;
use Joomla\CMS\Factory;
use Joomla\Database\DatabaseInterface;

/** The app's stored settings, for fields that depend on them. */
trait ShopTrait
{
    private static ?ShopFactory $factory = null;

    private static function factory(): ShopFactory
    {
        /** @var DatabaseInterface $database */
        $database = Factory::getContainer()->get(DatabaseInterface::class);

        return self::$factory ??= ShopFactory::stored(Factory::getApplication(), $database);
    }

    /** The page must open whatever is wrong with the app, because the owner disables it there. */
    private static function isStored(string $name): bool
    {
        try {
            return self::factory()->secrets()->has($name);
        } catch (\Throwable $e) {
            DebugLog::failed($e);

            return false;
        }
    }

    private static function escape(string $text): string
    {
        return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
    }
}
