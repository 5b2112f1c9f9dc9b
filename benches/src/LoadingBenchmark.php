<?php

declare(strict_types=1);

namespace CloverSync\Bench;

/** What the extension costs those who do not use it: each start of PHP, each request of FPM. */
final class LoadingBenchmark implements Benchmark
{
    private const STARTS   = 101;
    private const REQUESTS = 2001;

    public function run(Measurements $measurements): iterable
    {
        $extension = (string) getenv('CLOVERSYNC_EXTENSION');
        [$without, $with] = Measure::pairs(
            static fn () => self::start([]),
            static fn () => self::start(['-d', "extension=$extension"]),
            self::STARTS,
            10,
        );
        $more = array_map(static fn (float $a, float $b): float => 1000 * ($b - $a), $without, $with);
        $measurements->add('starts_without', $without);
        $measurements->add('starts_with', $with);
        yield Row::atMost(
            'loading the extension, each start of PHP',
            Measure::median($more),
            1.0,
            'ms',
            2,
            \sprintf(' (%.1f without)', 1000 * Measure::median($without)),
        );
        [$plain, $loaded] = [new FpmPool([]), new FpmPool(['-d', "extension=$extension"])];
        [$without, $with] = Measure::pairs($plain->ask(...), $loaded->ask(...), self::REQUESTS, 50);
        $more = array_map(static fn (float $a, float $b): float => 1e6 * ($b - $a), $without, $with);
        $measurements->add('requests_without', $without);
        $measurements->add('requests_with', $with);
        yield new Row(
            '  each request of PHP-FPM',
            \sprintf('%.0f µs (%.0f without)', Measure::median($more), 1e6 * Measure::median($without)),
            value: Measure::median($more),
        );
        $stripped = self::stripped($extension);
        yield new Row('size of the extension', \sprintf(
            '%.1f MiB%s',
            (int) filesize($extension) / (1024 ** 2),
            $stripped === null ? '' : \sprintf(', stripped %.1f', $stripped / (1024 ** 2)),
        ));
    }

    /** @param list<string> $options Of PHP */
    private static function start(array $options): void
    {
        $pipes   = [];
        $process = proc_open(
            [PHP_BINARY, '-n', ...$options, '-r', ''],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], STDERR],
            $pipes,
        );

        if ($process === false || proc_close($process) !== 0) {
            throw new \RuntimeException('PHP did not start.');
        }
    }

    private static function stripped(string $file): ?int
    {
        $copy = tempnam(sys_get_temp_dir(), 'cloversync-bench-');
        $code = 1;
        exec(
            'strip -s -o ' . escapeshellarg((string) $copy) . ' ' . escapeshellarg($file) . ' 2>/dev/null',
            result_code: $code,
        );
        clearstatcache();
        $size = $code === 0 ? (int) filesize((string) $copy) : null;
        unlink((string) $copy);

        return $size;
    }
}
