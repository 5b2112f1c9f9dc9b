<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** Writes numbers without a float, which would round prices, and without the PHP extension intl, which hosts lack. */
final class Digits
{
    /** @param string $digits As in "-1234.50". What is not a number stays as it is */
    public static function grouped(string $digits, string $point, string $comma): string
    {
        $m = [];

        if (preg_match('/^(-?)(\d+)(?:\.(\d+))?$/', $digits, $m) !== 1) {
            return $digits;
        }

        $whole = (string) preg_replace('/(?<=\d)(?=(?:\d{3})+$)/', $comma, $m[2]);

        return $m[1] . $whole . (isset($m[3]) ? $point . $m[3] : '');
    }
}
