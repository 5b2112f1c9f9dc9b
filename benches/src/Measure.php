<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** What is made of several measurements. */
final class Measure
{
    /** @param array<int|float> $values */
    public static function median(array $values): float
    {
        sort($values);

        return ($values[intdiv(\count($values) - 1, 2)] + $values[intdiv(\count($values), 2)]) / 2;
    }

    /** @param array<int|float> $values */
    public static function range(array $values): string
    {
        sort($values);

        return \sprintf(' (%.2f to %.2f)', $values[0], $values[\count($values) - 1]);
    }

    /**
     * Seconds of each of two jobs. They alternate, each goes first equally often, and a warm-up is discarded.
     *
     * @param \Closure(): mixed $a
     * @param \Closure(): mixed $b
     *
     * @return array{list<float>, list<float>}
     */
    public static function pairs(\Closure $a, \Closure $b, int $rounds, int $warmUp = 3): array
    {
        $ofA = [];
        $ofB = [];

        for ($i = -$warmUp; $i < $rounds; $i++) {
            foreach (($i % 2) === 0 ? [$a, $b] : [1 => $b, 0 => $a] as $which => $job) {
                $began = hrtime(true);
                $job();
                $took = (hrtime(true) - $began) / 1e9;

                if ($i >= 0 && $which === 0) {
                    $ofA[] = $took;
                } elseif ($i >= 0) {
                    $ofB[] = $took;
                }
            }
        }

        return [$ofA, $ofB];
    }

    /**
     * @param list<float> $a
     * @param list<float> $b
     *
     * @return list<float> What each of the second costs over its counterpart
     */
    public static function differences(array $a, array $b): array
    {
        return array_map(static fn (float $without, float $with): float => $with - $without, $a, $b);
    }

    /**
     * @param list<float> $a
     * @param list<float> $b
     *
     * @return list<float> The second over the first, pair by pair
     */
    public static function ratios(array $a, array $b): array
    {
        return array_map(static fn (float $first, float $second): float => $second / $first, $a, $b);
    }
}
