<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\UtcTime;
use Joomla\CMS\Application\CMSApplicationInterface;
use Joomla\CMS\HTML\HTMLHelper;
use Joomla\CMS\Language\Text;

/** Times in the reader's time zone and language. */
final class LocalTime
{
    /** @param string $utc Column text */
    public static function sql(string $utc): string
    {
        $text = HTMLHelper::_('date', $utc, Text::_('DATE_FORMAT_LC6'));

        return \is_string($text) ? $text : '';
    }

    public static function unix(int $seconds): string
    {
        return self::sql(UtcTime::sql($seconds));
    }

    /** The time zone in which the site's days begin. */
    public static function siteZone(CMSApplicationInterface $app): \DateTimeZone
    {
        return self::zone((string) $app->get('offset')) ?? new \DateTimeZone('UTC');
    }

    /** Null for a name that PHP does not know. */
    public static function zone(string $name): ?\DateTimeZone
    {
        try {
            return $name === '' ? null : new \DateTimeZone($name);
        } catch (\Exception) {
            return null;
        }
    }
}
