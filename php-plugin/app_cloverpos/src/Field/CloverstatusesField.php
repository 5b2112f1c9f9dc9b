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

/** Several order statuses. */
final class CloverstatusesField extends OrderstatusField
{
    use MultipleTrait;

    protected $type = 'Cloverstatuses';

    public function setup(\SimpleXMLElement $element, $value, $group = null)
    {
        return parent::setup($element, self::chosen($element, $value), $group);
    }
}
