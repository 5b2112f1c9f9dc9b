<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Action;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Factory;

/** Prepares a request that waits for other servers, such as Clover. */
final class LongRequest
{
    /** Seconds; a single call to Clover may take its whole time-out, after a token refresh. */
    private const LIMIT = 120;

    /** Seconds: Clover's rate limit sets the time that a report about a catalog of many thousand items takes. */
    public const REPORT = 300;

    /** Call it after the last use of the session. */
    public static function begin(int $seconds = self::LIMIT): void
    {
        // With sessions in files, the administrator's other tabs would wait for this request.
        $app = Factory::getApplication();

        if ($app instanceof CMSWebApplicationInterface) {
            $app->getSession()->close();
        }

        Platform::allowSeconds($seconds);
    }
}
