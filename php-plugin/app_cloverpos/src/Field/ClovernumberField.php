<?php

/**
 * @package     J2Commerce
 * @subpackage  plg_j2commerce_app_cloverpos
 * @license     GNU General Public License version 2 or later; see LICENSE
 */

declare(strict_types=1);

namespace J2Commerce\Plugin\J2Commerce\AppCloverpos\Field;

\defined('_JEXEC') or die();

use CloverSync\ProblemCode;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Joomla\SiteLocale;
use CloverSync\Shop\Messages\Message;
use Joomla\CMS\Form\Field\NumberField;
use Joomla\CMS\Language\Text;
use Joomla\Registry\Registry;

/** A number with a range, which is named when the number is wrong: in the browser, and by the server. */
final class ClovernumberField extends NumberField
{
    protected $type = 'Clovernumber';

    public function validate($value, $group = null, ?Registry $input = null)
    {
        $valid = parent::validate($value, $group, $input);

        return $valid !== true || $this->isRight(\is_scalar($value) ? trim((string) $value) : 'list')
            ? $valid
            : new \UnexpectedValueException($this->sentence());
    }

    protected function getInput()
    {
        $attributes = '';

        foreach (['validation-text' => $this->range(), 'clover-number' => $this->sentence()] as $name => $text) {
            $attributes .= " data-$name=\"" . htmlspecialchars($text, ENT_QUOTES, 'UTF-8') . '"';
        }

        return str_replace('<input', "<input$attributes", parent::getInput());
    }

    private function isRight(string $value): bool
    {
        $pattern = $this->digits() === 0 ? '/^-?\d+$/' : '/^-?\d*\.?\d{0,' . $this->digits() . '}$/';

        // An empty field has its default.
        return (
            $value === ''
            || is_numeric($value)
            && preg_match($pattern, $value) === 1
            && (float) $value >= (float) $this->min
            && (float) $value <= (float) $this->max
        );
    }

    private function sentence(): string
    {
        return Text::_((string) $this->element['label']) . ' ' . $this->range();
    }

    private function range(): string
    {
        Engine::register();

        return SiteLocale::formatter()->text(
            $this->digits() === 0
                ? new Message(ProblemCode::SettingRange, ['least' => (int) $this->min, 'most' => (int) $this->max])
                : new Message(ProblemCode::SettingMarkup, [
                    'most'   => (int) $this->max,
                    'digits' => $this->digits(),
                ]),
        );
    }

    /** Digits after the point. */
    private function digits(): int
    {
        $parts = explode('.', (string) $this->element['step']);

        return \strlen($parts[1] ?? '');
    }
}
