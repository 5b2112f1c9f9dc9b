<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Connect;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Services;
use Joomla\CMS\Language\Text;

/** What the owner reads once the shop is connected. */
final class Connected
{
    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    /** @param ?string $before The previous merchant, when it was another one */
    public static function message(Services $shop, ?string $before): string
    {
        $id = (string) $shop->merchantId();

        try {
            $name = $shop->merchant->ask()->name;
        } catch (CloverException) {
            // The connection is made; “Test Connection” shows what Clover does not permit.
            $name = null;
        }

        $message = $name === null
            ? Text::sprintf(self::PREFIX . 'CONNECT_DONE', $id)
            : Text::sprintf(self::PREFIX . 'CONNECT_DONE_NAME', $id, $name);

        return $before === null
            ? $message
            : $message . ' ' . Text::sprintf(self::PREFIX . 'CONNECT_ANOTHER_MERCHANT', $before);
    }
}
