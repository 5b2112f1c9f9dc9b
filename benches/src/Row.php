<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** One line of the table. */
final readonly class Row
{
    /** @param ?bool $met Null where there is no target, or where it was not run */
    public function __construct(
        public string $what,
        public string $figure,
        public string $target = '',
        public ?bool $met = null,
        public ?float $value = null,
    ) {
    }

    public static function atMost(
        string $what,
        float $value,
        float $limit,
        string $unit,
        int $places = 1,
        string $more = '',
    ): self {
        return new self(
            $what,
            self::number($value, $places, $unit) . $more,
            '≤ ' . self::number($limit, 0, $unit),
            $value <= $limit,
            $value,
        );
    }

    public static function exactly(string $what, int $value, int $wanted): self
    {
        return new self($what, number_format($value), number_format($wanted), $value === $wanted, $value);
    }

    private static function number(float $value, int $places, string $unit): string
    {
        return rtrim(number_format($value, $places) . " $unit");
    }
}
