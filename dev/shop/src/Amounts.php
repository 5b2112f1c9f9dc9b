<?php

declare(strict_types=1);

namespace CloverSync\Dev;

/**
 * Minor units of one currency, as the shop's decimal(15,5) columns store them. No floating-point number is involved.
 */
final readonly class Amounts
{
    /** Decimal places of those columns. */
    public const PLACES = 5;

    private const MAX_UNITS = 999_999_999_999_999;

    /** @param int $decimals Decimal places of the currency, 0 to 5 */
    public function __construct(
        private int $decimals,
    ) {
    }

    public function decimal(int $minor): string
    {
        return self::point(abs($minor), $this->decimals, $minor < 0);
    }

    /**
     * $amount × $of ÷ $whole, with a half rounded up, at most what the column can store; no argument may be negative.
     */
    public function share(int $amount, int $of, int $whole): string
    {
        $quotient = 0;
        $rest     = 0;

        // Digit by digit, because the product of two amounts does not fit into an integer.
        foreach (str_split($of . str_repeat('0', self::PLACES - $this->decimals)) as $digit) {
            $rest     = ($rest * 10) + ($amount * (int) $digit);
            $quotient = ($quotient * 10) + intdiv($rest, $whole);
            $rest     %= $whole;

            if ($quotient >= self::MAX_UNITS) {
                return self::point(self::MAX_UNITS, self::PLACES, false);
            }
        }

        return self::point($quotient + (($rest * 2) >= $whole ? 1 : 0), self::PLACES, false);
    }

    /** How many units of another currency one unit of this one is; 1 for nothing. */
    public function rate(int $theirs, int $theirDecimals, int $ours): string
    {
        $places = max($this->decimals, $theirDecimals);
        $own    = $ours * (10 ** ($places - $this->decimals));
        $other  = $theirs * (10 ** ($places - $theirDecimals));

        return $own === 0
            ? self::point(10 ** self::PLACES, self::PLACES, false)
            : (new self(0))->share($other, 1, $own);
    }

    private static function point(int $units, int $places, bool $negative): string
    {
        $digits = str_pad((string) $units, $places + 1, '0', STR_PAD_LEFT);

        return (
            ($negative ? '-' : '')
            . substr($digits, 0, \strlen($digits) - $places)
            . '.'
            . str_pad(substr($digits, \strlen($digits) - $places), self::PLACES, '0')
        );
    }
}
