<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use J2Commerce\Component\J2commerce\Administrator\Field\OrderstatusField;

/** Several order statuses. Joomla passes the default of a multiple list as one text, and would select nothing. */
final class CloverstatusesField extends OrderstatusField
{
    protected $type = 'Cloverstatuses';

    public function setup(\SimpleXMLElement $element, $value, $group = null)
    {
        if ($value === null || $value === '' || $value === []) {
            $value = (string) $element['default'];
        }

        return parent::setup($element, \is_string($value) ? array_filter(explode(',', $value)) : $value, $group);
    }
}
