<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Webhook;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use Joomla\CMS\Access\Access;

/**
 * Joomla loads a plugin only for users with its access level. Clover, the scheduler and most customers are guests:
 * without guest access the app would not run for them, and the webhook would respond to Clover with an empty 200.
 */
final class GuestAccess
{
    /** The access level that Joomla gives to everyone, whatever their groups. */
    private const PUBLIC = 1;

    public static function isGiven(Sql $sql): bool
    {
        return self::includes((int) $sql->fetchValue(
            "SELECT access FROM #__extensions
              WHERE type = 'plugin' AND folder = 'j2commerce' AND element = 'app_cloverpos'",
        ));
    }

    public static function includes(int $level): bool
    {
        return $level === self::PUBLIC || \in_array($level, Access::getAuthorisedViewLevels(0), true);
    }
}
