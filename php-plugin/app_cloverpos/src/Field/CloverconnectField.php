<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\Shop\Joomla\ErrorPresenter;
use CloverSync\Shop\Joomla\Requirements;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\Pages;
use Joomla\CMS\Form\FormField;
use Joomla\CMS\Language\Text;
use Joomla\CMS\Session\Session;

/** The button that opens Clover's authorization; it uses the saved settings, not those in the form. */
final class CloverconnectField extends FormField
{
    use ShopTrait;

    private const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';

    protected $type = 'Cloverconnect';

    protected function getInput()
    {
        [$ready, $note] = self::state();
        $url = Pages::url('oauth_start') . '&tmpl=component&' . Session::getFormToken() . '=1';

        return (
            '<button type="button" class="btn btn-primary" id="'
            . $this->id
            . '" data-clover-connect="'
            . self::escape($url)
            . '"'
            . ($ready ? '' : ' disabled')
            . ' aria-describedby="'
            . $this->id
            . '-note"><span class="fa-solid fa-plug" aria-hidden="true"></span> '
            . Text::_(self::PREFIX . 'FIELD_CONNECT_LABEL')
            . '</button>'
            . '<div class="form-text" id="'
            . $this->id
            . '-note">'
            . self::escape($note)
            . '</div>'
        );
    }

    /** @return array{bool, string} Whether it can be pressed, and the text next to it */
    private static function state(): array
    {
        if (!Requirements::isMet()) {
            return [false, (string) Requirements::problem()];
        }

        try {
            $shop   = self::factory()->shop();
            $status = $shop->connection->status();

            return match (true) {
                $status->connected && $status->credential === Credential::Merchant => [
                    $shop->hasCredentials(),
                    Text::sprintf(self::PREFIX . 'SETTINGS_CONNECTED_API_TOKEN', $status->merchantId),
                ],
                !$shop->hasCredentials() => [false, Text::_(self::PREFIX . 'SETTINGS_SAVE_FIRST')],
                $status->connected => [true, Text::sprintf(self::PREFIX . 'SETTINGS_CONNECTED', $status->merchantId)],
                default => [true, ''],
            };
        } catch (\Throwable $e) {
            return [false, ErrorPresenter::of($e)['message']];
        }
    }
}
