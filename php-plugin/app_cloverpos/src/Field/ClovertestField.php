<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use CloverSync\Shop\Joomla\Requirements;
use Joomla\CMS\Form\FormField;
use Joomla\CMS\Language\Text;

/** The button that asks Clover for the merchant's name. */
final class ClovertestField extends FormField
{
    protected $type = 'Clovertest';

    protected function getInput()
    {
        return (
            '<button type="button" class="btn btn-secondary" id="'
            . $this->id
            . '" data-clover-test'
            . (Requirements::isMet() ? '' : ' disabled')
            . '>'
            . '<span class="fa-solid fa-vial" aria-hidden="true"></span> '
            . Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_FIELD_TEST_LABEL')
            . '</button>'
        );
    }
}
