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
use J2Commerce\Plugin\J2Commerce\AppCloverpos\Template;
use Joomla\CMS\Form\FormField;

/**
 * The button that reads Clover's tax rates, and the place for the tax profiles that are proposed for them. Nothing is
 * stored under its name.
 */
final class ClovertaxesField extends FormField
{
    protected $type = 'Clovertaxes';

    protected function getInput()
    {
        return Template::render('taxes', ['id' => $this->id, 'isMet' => Requirements::isMet()]);
    }
}
