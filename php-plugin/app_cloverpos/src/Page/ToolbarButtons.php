<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Markdown;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\SettingsForm;
use Joomla\CMS\Toolbar\Toolbar;

/** Toolbar buttons of several pages. */
final class ToolbarButtons
{
    public static function dashboard(Toolbar $toolbar): void
    {
        $toolbar
            ->linkButton('clover-dashboard')
            ->text('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_DASHBOARD')
            ->url(Pages::url())
            ->icon('fa-solid fa-gauge');
    }

    /** Buttons of the app's other pages: the log, and a menu, because all of them do not fit into one row. */
    public static function pages(Toolbar $toolbar): void
    {
        $more = null;

        foreach (Pages::BUTTONS as $page => [$text, $icon]) {
            ($more ?? $toolbar)
                ->linkButton("clover-$page")
                ->text($text)
                ->url(Pages::url($page))
                ->icon("fa-solid $icon");
            $more ??= $toolbar
                ->dropdownButton('clover-more')
                ->text('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_MORE')
                ->toggleSplit(false)
                ->icon('fa-solid fa-ellipsis')
                ->buttonClass('btn btn-primary')
                ->getChildToolbar();
        }

        self::help($more);
    }

    /** @param string $chapter Heading of the guide; empty = its beginning */
    public static function help(Toolbar $toolbar, string $chapter = ''): void
    {
        $toolbar
            ->linkButton('clover-help')
            ->text('JTOOLBAR_HELP')
            ->url(Pages::url('guide') . ($chapter === '' ? '' : '#' . Markdown::ANCHOR . Markdown::anchor($chapter)))
            ->icon('fa-solid fa-circle-question')
            ->attributes(['target' => '_blank', 'rel' => 'noopener']);
    }

    public static function settings(Toolbar $toolbar, Sql $sql): void
    {
        $toolbar
            ->linkButton('clover-settings')
            ->text('PLG_J2COMMERCE_APP_CLOVERPOS_BUTTON_SETTINGS')
            ->url(SettingsForm::url($sql))
            ->icon('fa-solid fa-gear');
    }
}
