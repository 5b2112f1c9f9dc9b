<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use Joomla\CMS\Form\Field\PasswordField;
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Settings\TypedSecrets;
use Joomla\CMS\Factory;
use Joomla\CMS\Language\Text;

/** A secret: the stored value is never sent to the page, and an empty field keeps it. */
final class CloversecretField extends PasswordField
{
    use ShopTrait;

    protected $type = 'Cloversecret';

    protected function getInput()
    {
        $this->value        = '';
        $this->autocomplete = 'new-password';

        if (isset(TypedSecrets::of(Factory::getApplication())->read()[$this->fieldname])) {
            $this->hint = Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_SETTINGS_TYPED');
        } elseif (self::isStored($this->fieldname)) {
            $this->hint = Text::_('PLG_J2COMMERCE_APP_CLOVERPOS_SETTINGS_STORED');
        }

        return parent::getInput();
    }
}
