<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** What is made of several measurements. */
final class Measure
{
    /** @param array<int|float> $values */
    public static function median(array $values): float
    {
        return self::percentile($values, 0.5);
    }

    /** @param array<int|float> $values */
    public static function percentile(array $values, float $part): float
    {
        sort($values);

        if ($values === []) {
            throw new \LogicException('Nothing was measured.');
        }

        $at   = $part * (\count($values) - 1);
        $low  = (int) floor($at);
        $high = min($low + 1, \count($values) - 1);

        return $values[$low] + (($at - $low) * ($values[$high] - $values[$low]));
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

    /** Kibibytes of a line of /proc/self/status, such as VmHWM. */
    public static function memory(string $line): int
    {
        $match = [];
        preg_match("/^$line:\s+(\d+) kB/m", (string) file_get_contents('/proc/self/status'), $match);

        return (int) ($match[1] ?? throw new \RuntimeException("/proc/self/status has no $line."));
    }
}
