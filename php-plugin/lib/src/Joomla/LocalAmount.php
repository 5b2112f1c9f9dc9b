<?php

declare(strict_types=1);

namespace CloverSync\Shop\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Decimal;
use Joomla\CMS\Language\Text;

/** Amounts in the reader's language. */
final class LocalAmount
{
    /** @param string $amount Decimal text, as a column has it */
    public static function of(string $amount): string
    {
        return str_replace('.', Text::_('DECIMALS_SEPARATOR'), Decimal::shown($amount));
    }
}
