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

/** A button that runs an action of the app with the saved settings. Attributes: action, icon. */
final class ClovertestField extends FormField
{
    protected $type = 'Clovertest';

    protected function getInput()
    {
        return (
            '<button type="button" class="btn btn-secondary" id="'
            . $this->id
            . '" data-clover-test="'
            . htmlspecialchars((string) $this->element['action'], ENT_QUOTES, 'UTF-8')
            . '"'
            . (Requirements::isMet() ? '' : ' disabled')
            . '>'
            . '<span class="fa-solid '
            . htmlspecialchars((string) $this->element['icon'], ENT_QUOTES, 'UTF-8')
            . '" aria-hidden="true"></span> '
            . Text::_((string) $this->element['label'])
            . '</button>'
        );
    }
}
