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
 * Joomla loads a plugin for those only who may see it by its access level. Clover, the scheduler and most who buy are
 * guests: for them the app would not be there, and the webhook's address would answer Clover with an empty 200.
 */
final class GuestAccess
{
    /** Joomla gives it to everybody, whatever its groups are. */
    private const PUBLIC = 1;

    public static function isGiven(Sql $sql): bool
    {
        return self::includes((int) $sql->fetchValue(
            "SELECT access FROM #__extensions WHERE type = 'plugin' AND folder = 'j2commerce' AND element = 'app_cloverpos'",
        ));
    }

    public static function includes(int $level): bool
    {
        return $level === self::PUBLIC || \in_array($level, Access::getAuthorisedViewLevels(0), true);
    }
}
