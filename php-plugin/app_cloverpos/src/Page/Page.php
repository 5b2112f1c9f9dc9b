<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use Joomla\CMS\Toolbar\Toolbar;
use Joomla\Input\Input;

/** A page of the app in the administrator. */
interface Page
{
    /** Language key. */
    public function title(): string;

    /** @return string HTML; a page with its own response sends it and closes the application */
    public function render(Toolbar $toolbar, Input $input): string;
}
