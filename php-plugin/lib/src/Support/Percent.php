<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Tax rates as Clover counts them: 100,000 is 1 percent. */
final class Percent
{
    private const ONE    = 100_000;
    private const PLACES = 5;

    /** @param string $text Decimal text, as a column has it: "8.250" is 825,000 */
    public static function parse(string $text): int
    {
        [$whole, $fraction] = [...explode('.', trim($text)), ''];
        $rate = (abs((int) $whole) * self::ONE) + (int) str_pad(substr($fraction, 0, self::PLACES), self::PLACES, '0');

        return str_starts_with($whole, '-') ? -$rate : $rate;
    }

    /** Decimal text without needless zeros: 825,000 is "8.25". */
    public static function text(int $rate): string
    {
        $digits = \sprintf('%d.%05d', intdiv(abs($rate), self::ONE), abs($rate) % self::ONE);

        return ($rate < 0 ? '-' : '') . rtrim(rtrim($digits, '0'), '.');
    }
}
