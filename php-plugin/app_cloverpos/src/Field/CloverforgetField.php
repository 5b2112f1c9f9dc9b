<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use Joomla\CMS\Form\Field\CheckboxField;

/** Removes a stored secret; shown only while there is one. */
final class CloverforgetField extends CheckboxField
{
    use ShopTrait;

    protected $type = 'Cloverforget';

    public function renderField($options = [])
    {
        $this->checked = false;

        return self::isStored((string) $this->element['secret']) ? parent::renderField($options) : '';
    }
}
