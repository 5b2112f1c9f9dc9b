<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\LocalTime;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\PauseCause;
use Joomla\CMS\Language\Text;

/** A pause as text for the owner: what is paused, since when, why, and what to do. */
final class PauseText
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_PAUSE_';

    public static function of(Pause $pause): string
    {
        $why = match (true) {
            $pause->cause === PauseCause::Refusals => Text::sprintf(
                self::PREFIX . 'REFUSALS',
                $pause->tries,
                SiteLocale::formatter()->text($pause->message),
            ),
            $pause->permission === '' => Text::_(self::PREFIX . 'SOME_PERMISSION'),
            default => Text::sprintf(self::PREFIX . 'PERMISSION', $pause->permission),
        };

        return (
            Text::sprintf(self::PREFIX . strtoupper($pause->kind->value), LocalTime::unix($pause->since)) . ' ' . $why
        );
    }

    /**
     * @param list<Pause> $pauses
     *
     * @return list<string>
     */
    public static function all(array $pauses): array
    {
        return array_map(self::of(...), $pauses);
    }
}
