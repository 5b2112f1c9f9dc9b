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

/** Where Clover sends the merchant's browser: to the administrator, because only its session knows the approval. */
final class RedirectUri
{
    /** It must equal the address registered in Clover, character by character. */
    public static function of(): string
    {
        return rtrim(Uri::root(), '/') . '/administrator/' . Pages::url('oauth_callback') . '&tmpl=component';
    }
}
