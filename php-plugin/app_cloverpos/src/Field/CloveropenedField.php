<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\OpenedForm;
use Joomla\CMS\Form\Field\HiddenField;

/** The settings that were stored when the form was opened; a form that was refused keeps those. */
final class CloveropenedField extends HiddenField
{
    use ShopTrait;

    protected $type = 'Cloveropened';

    protected function getInput()
    {
        $value = $this->value;

        // While the app is disabled, Joomla stores this field with the settings.
        if (!\is_string($value) || $value === '' || $value === self::factory()->parameter($this->fieldname)) {
            $this->value = OpenedForm::write(self::factory()->storedParameters());
        }

        return parent::getInput();
    }
}
