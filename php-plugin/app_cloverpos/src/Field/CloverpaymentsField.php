<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use J2Commerce\Component\J2commerce\Administrator\Field\PaymentmethodsField;

/** Several payment plugins. */
final class CloverpaymentsField extends PaymentmethodsField
{
    use MultipleTrait;

    protected $type = 'Cloverpayments';

    public function setup(\SimpleXMLElement $element, $value, $group = null)
    {
        return parent::setup($element, self::chosen($element, $value), $group);
    }

    public function getOptions(): array
    {
        $options = parent::getOptions();
        $listed  = array_map(static fn (object $option): string => (string) ($option->value ?? ''), $options);
        $chosen  = \is_array($this->value) ? $this->value : [];

        // J2Commerce lists enabled plugins only; one that is disabled for a while must not lose its choice.
        foreach (array_diff(array_map(strval(...), $chosen), $listed) as $name) {
            $options[] = (object) ['value' => $name, 'text' => $name];
        }

        return $options;
    }
}
