<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

/** A list with several choices. Joomla passes its default as one text, and would select nothing. */
trait MultipleTrait
{
    /**
     * @param mixed $value As Joomla passes it
     *
     * @return mixed As the field takes it
     */
    private static function chosen(\SimpleXMLElement $element, $value)
    {
        if ($value === null || $value === '' || $value === []) {
            $value = (string) $element['default'];
        }

        return \is_string($value) ? array_filter(explode(',', $value)) : $value;
    }
}
