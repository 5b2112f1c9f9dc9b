<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** The settings that affect a mapped product. */
final readonly class Rules
{
    /** The limit of the shop's price column, decimal(15,5). */
    private const PLACES = 5;

    /** Ten-thousandths, the unit of a markup. */
    private const SCALE = 10_000;

    /** Price column units of one minor unit of the currency. */
    public int $unit;

    /** @param "direct"|"percentage"|"fixed" $pricing */
    public function __construct(
        private int $exponent = 2,
        public bool $categoryMode = false,
        public bool $publish = true,
        public bool $trackStock = true,
        private string $pricing = 'direct',
        private int $markup = 0,
    ) {
        $this->unit = 10 ** (self::PLACES - $exponent);
    }

    /**
     * The shop's price of an amount in Clover, in hundred-thousandths of a currency unit.
     *
     * @throws ItemFault when it does not fit the column
     */
    public function price(int $amount): int
    {
        // A till-priced item must not get a price by a markup on 0.
        $price = $amount === 0
            ? 0
            : match ($this->pricing) {
                'direct'     => $amount,
                'percentage' => self::halfUp($amount * ((100 * self::SCALE) + $this->markup), 100 * self::SCALE),
                'fixed'      => $amount + self::halfUp($this->markup * (10 ** $this->exponent), self::SCALE),
            };

        if ($price >= intdiv(10 ** 15, $this->unit)) {
            throw new ItemFault('price', 'does not fit the shop\'s price column');
        }

        return $price * $this->unit;
    }

    public static function text(int $price): string
    {
        return \sprintf('%d.%05d', intdiv($price, 100_000), $price % 100_000);
    }

    /** Reads a column back; null for any other text. */
    public static function parse(?string $text): ?int
    {
        // The form that MariaDB and MySQL always return.
        if (
            $text !== null
            && ($text[-6] ?? '') === '.'
            && ctype_digit($digits = substr($text, 0, -6) . substr($text, -5))
        ) {
            return (int) $digits;
        }

        if (
            preg_match('/^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/', (string) $text, $m) !== 1
            || $m[2] . ($m[3] ?? '') === ''
        ) {
            return null;
        }

        $fraction = rtrim($m[3] ?? '', '0');

        return \strlen($fraction) > self::PLACES ? null : (int) ($m[1] . $m[2] . str_pad($fraction, self::PLACES, '0'));
    }

    private static function halfUp(int|float $dividend, int $divisor): int
    {
        if (\is_float($dividend)) {
            throw new ItemFault('price', 'does not fit the shop\'s price column');
        }

        return intdiv((2 * $dividend) + $divisor, 2 * $divisor);
    }
}
