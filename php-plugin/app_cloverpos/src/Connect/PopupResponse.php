<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect;

\defined('_JEXEC') or die();

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Application\CMSWebApplicationInterface;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Uri\Uri;

/**
 * The last page of the approval's window. It is a complete document of its own: inside J2Commerce's page it would not
 * know that it is done.
 */
final class PopupResponse
{
    /** Sends it and ends the application. */
    public static function send(CMSWebApplicationInterface $app, bool $ok, string $message): never
    {
        // The address contains the approval's code, which no other site may see.
        foreach ([
            'Content-Type: text/html; charset=utf-8',
            'Cache-Control: no-store',
            'Referrer-Policy: no-referrer',
            'X-Frame-Options: DENY',
            'X-Content-Type-Options: nosniff',
        ] as $header) {
            header($header);
        }

        echo
            Template::render('oauth', [
                'ok'        => $ok,
                'title'     => Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_CONNECT_' . ($ok ? 'TITLE_DONE' : 'TITLE_FAILED')),
                'message'   => $message,
                'language'  => $app->getLanguage()->getTag(),
                'direction' => $app->getLanguage()->isRtl() ? 'rtl' : 'ltr',
                'style'     => Uri::root(true)
                    . '/media/templates/administrator/atum/css/template'
                    . ($app->getLanguage()->isRtl() ? '-rtl' : '')
                    . '.min.css',
                'script'    => Uri::root(true) . '/media/' . Template::MEDIA . '/js/oauth.js',
                'dashboard' => Uri::base(true) . '/' . Pages::url(),
            ])
        ;
        $app->close();
        exit();
    }
}
