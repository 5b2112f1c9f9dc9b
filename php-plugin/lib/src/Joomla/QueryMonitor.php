<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use Joomla\Database\DatabaseDriver;
use Joomla\Database\DatabaseInterface;

/**
 * In debug mode Joomla keeps every query with its call stack, which would use up the memory in a sync of thousands of
 * products.
 */
final class QueryMonitor
{
    /** @return \Closure(): void Lets Joomla keep them again */
    public static function pause(DatabaseInterface $db): \Closure
    {
        $monitor = $db instanceof DatabaseDriver ? $db->getMonitor() : null;

        if (!$db instanceof DatabaseDriver || $monitor === null) {
            return static function (): void {};
        }

        $db->setMonitor(null);

        return static function () use ($db, $monitor): void {
            $db->setMonitor($monitor);
        };
    }
}
