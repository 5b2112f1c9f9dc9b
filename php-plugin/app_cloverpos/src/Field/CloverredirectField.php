<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Page\RedirectUri;
use Joomla\CMS\Form\FormField;
use Joomla\CMS\Language\Text;

/** The address to which Clover sends the merchant back, for copying. It has no name, so that it is not saved. */
final class CloverredirectField extends FormField
{
    use ShopTrait;

    protected $type = 'Cloverredirect';

    protected function getInput()
    {
        return (
            '<div class="input-group"><input type="text" readonly class="form-control" id="'
            . $this->id
            . '" value="'
            . self::escape(RedirectUri::of())
            . '">'
            . '<button type="button" class="btn btn-secondary" data-clover-copy="'
            . $this->id
            . '"><span class="fa-solid fa-copy" aria-hidden="true"></span> '
            . Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_COPY')
            . '</button></div>'
        );
    }
}
