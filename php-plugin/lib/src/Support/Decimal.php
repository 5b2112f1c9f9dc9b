<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Amounts as decimal text, as a column has them. */
final class Decimal
{
    /** Places that an amount keeps when it is shown. */
    private const PLACES = 2;

    /** Without needless zeros at the end: 9.90000 is "9.90", and 1.23450 is "1.2345". */
    public static function shown(string $amount): string
    {
        [$whole, $fraction] = self::parts($amount);

        return $whole . '.' . str_pad($fraction, self::PLACES, '0');
    }

    public static function equals(string $a, string $b): bool
    {
        return self::parts($a) === self::parts($b);
    }

    /** Negative when the first is lower. */
    public static function compare(string $a, string $b): int
    {
        [$whole, $fraction] = self::parts($a);
        [$otherWhole, $otherFraction] = self::parts($b);

        return (int) $whole <=> (int) $otherWhole ?: strcmp($fraction, $otherFraction) * ($whole[0] === '-' ? -1 : 1);
    }

    /** @return array{string, string} Whole units without leading zeros, and the fraction without trailing ones */
    private static function parts(string $amount): array
    {
        [$whole, $fraction] = [...explode('.', $amount), ''];
        $sign  = str_starts_with($whole, '-') ? '-' : '';
        $whole = ltrim($whole, '-0');

        return [$sign . ($whole === '' ? '0' : $whole), rtrim($fraction, '0')];
    }
}
