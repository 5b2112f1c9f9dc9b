<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Health\Facts;
use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Status\ShopVersion;
use Joomla\CMS\Factory;

/** What the checks need to know of this Joomla site. */
final class SiteFacts
{
    /** @param ?ShopFactory $factory Null while the app is disabled */
    public static function read(Sql $sql, ?ShopFactory $factory): Facts
    {
        $versions = ['Joomla' => JVERSION];
        $secret   = null;
        $schedule = null;

        try {
            $j2commerce = ShopVersion::find($sql);
            $versions   += $j2commerce === null ? [] : ['J2Commerce' => $j2commerce];
            $secret     = $factory?->secrets()->has('webhook_secret');
            $schedule   = $factory === null ? null : Schedule::read($factory->sql(), $factory->siteState());
        } catch (\Throwable $e) {
            // The shop has the same problem, and its check reports it.
            DebugLog::failed($e);
        }

        return new Facts(
            Engine::report(),
            Requirements::problem(),
            $versions,
            $secret,
            $schedule,
            (int) Factory::getApplication()->get('mailonline', 1) === 1,
        );
    }
}
