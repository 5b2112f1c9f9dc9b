<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Page;

\defined('_JEXEC') or die();

use Joomla\CMS\Uri\Uri;

/** Where Clover sends the merchant's browser back to: the administrator, for only its session knows of the start. */
final class RedirectUri
{
    /** Character by character what is registered with Clover. */
    public static function of(): string
    {
        return rtrim(Uri::root(), '/') . '/administrator/' . Pages::url('oauth_callback') . '&tmpl=component';
    }
}
