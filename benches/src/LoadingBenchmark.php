<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Tests\Support\FpmPool;

/** What the extension costs those who do not use it: each start of PHP, each request of FPM. */
final class LoadingBenchmark
{
    private const STARTS   = 101;
    private const REQUESTS = 2001;
    private const HELPERS  = 21;

    public static function run(Report $report): void
    {
        $extension = (string) getenv('CLOVERSYNC_EXTENSION');
        $options   = ['-d', "extension=$extension"];
        $starts    = Measure::pairs(self::start(...), static fn () => self::start($options), self::STARTS, 10);
        $report->measured('starts_without', $starts[0]);
        $report->measured('starts_with', $starts[1]);
        $report->atMost(
            'loading the extension, each start of PHP',
            1000 * Measure::median(Measure::differences(...$starts)),
            1.0,
            'ms',
            2,
            \sprintf(' (%.1f without)', 1000 * Measure::median($starts[0])),
        );

        self::helper($report);

        $script = "<?php\necho 'ok';\n";
        [$plain, $loaded] = [new FpmPool($script), new FpmPool($script, $options)];
        $requests = Measure::pairs($plain->ask(...), $loaded->ask(...), self::REQUESTS, 50);
        $more     = 1e6 * Measure::median(Measure::differences(...$requests));
        $report->measured('requests_without', $requests[0]);
        $report->measured('requests_with', $requests[1]);
        $report->row(
            '  each request of PHP-FPM',
            \sprintf('%.0f µs (%.0f without)', $more, 1e6 * Measure::median($requests[0])),
            value: $more,
        );

        $copy = (string) tempnam(sys_get_temp_dir(), 'cloversync-bench-');
        exec('strip -s -o ' . escapeshellarg($copy) . ' ' . escapeshellarg($extension) . ' 2>/dev/null');
        clearstatcache();
        $report->row('size of the extension', \sprintf(
            '%.1f MiB, stripped %.1f',
            (int) filesize($extension) / (1024 ** 2),
            (int) filesize($copy) / (1024 ** 2),
        ));
        unlink($copy);
    }

    private static function helper(Report $report): void
    {
        $starts = [];

        for ($i = 0; $i < self::HELPERS; $i++) {
            $pipes   = [];
            $process = proc_open(
                [PHP_BINARY, __DIR__ . '/../job.php', 'helperStart'],
                [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
                $pipes,
                env_vars: ['CLOVERSYNC_ENGINE' => Engine::Helper->value] + getenv(),
            );
            $text = isset($pipes[1]) ? (string) stream_get_contents($pipes[1]) : '';

            if ($process === false || proc_close($process) !== 0) {
                throw new \RuntimeException("The helper did not start: $text");
            }

            /** @var array{ms: float} $found */
            $found    = json_decode($text, true, flags: JSON_THROW_ON_ERROR);
            $starts[] = $found['ms'];
        }

        $report->measured('helper_starts_ms', $starts);
        $report->atMost(
            'starting the helper, first call included',
            Measure::median($starts),
            1.0,
            'ms',
            2,
            Measure::range($starts),
        );
    }

    /** @param list<string> $options Of PHP */
    private static function start(array $options = []): void
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
}
