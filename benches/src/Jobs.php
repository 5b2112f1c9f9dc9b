<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Catalog;
use CloverSync\Cli\Config;
use CloverSync\Shop\Support\TimeBudget;

/** What benches/job.php can do, each in a process of its own, for the shop that the environment describes. */
final class Jobs
{
    /** @return array<string, mixed> */
    public static function run(string $name): array
    {
        return match ($name) {
            'sync'           => self::sync(),
            'work'           => self::work(),
            'plainSync'      => self::plainSync(),
            'mapping'        => Mapping::measured(),
            'compareMapping' => Mapping::compared(),
            'helperStart'    => self::helperStart(),
            default          => throw new \LogicException("There is no job $name."),
        };
    }

    /** @return array<string, mixed> Of a complete sync */
    private static function sync(): array
    {
        self::compile();
        $shop = Config::read()->shop();
        // The memory of an idle process.
        $shop->connection->status();
        $runner = $shop->runner();

        return self::measured(static fn (): object => $runner->run(new TimeBudget()));
    }

    /** @return array<string, mixed> Of all sales work that is due */
    private static function work(): array
    {
        self::compile();
        $worker = Config::read()->shop()->sales()->worker();

        return self::measured(static fn (): object => $worker->run(new TimeBudget()));
    }

    /**
     * The same sync with plain PHP in place of the engine's catalog. The engine is the helper, whose classes are PHP
     * and can be replaced; connection, rules and settings stay its own.
     *
     * @return array<string, mixed>
     */
    private static function plainSync(): array
    {
        foreach (['Catalog', 'Page', 'ProductChange', 'GroupChanges'] as $class) {
            class_alias("CloverSync\\Bench\\Plain\\$class", "CloverSync\\$class");
        }

        Plain\Connection::open((string) getenv('CLOVERSYNC_BASE_URL'));

        return self::sync();
    }

    /** @return array{ms: float} Of the first call to the helper, which starts it, with its PHP classes compiled */
    private static function helperStart(): array
    {
        self::compile();
        $began = hrtime(true);
        Catalog::nameKey('A');

        return ['ms' => (hrtime(true) - $began) / 1e6];
    }

    /** Compiles the shop side, so that a run pays for itself alone. */
    private static function compile(): void
    {
        $folder = __DIR__ . '/../../php-plugin/lib/src/';
        /** @var iterable<\SplFileInfo> $files */
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(
            $folder,
            \FilesystemIterator::SKIP_DOTS,
        ));

        foreach ($files as $file) {
            $name = str_replace('/', '\\', substr($file->getPathname(), \strlen($folder), -4));

            if (!str_starts_with($name, 'Joomla\\')) {
                // The helper's classes have the names of the extension's.
                class_exists(
                    str_starts_with($name, 'Engine\\Classes\\')
                        ? 'CloverSync\\' . substr($name, \strlen('Engine\\Classes\\'))
                        : "CloverSync\\Shop\\$name",
                );
            }
        }
    }

    /**
     * @param \Closure(): object $work
     *
     * @return array{seconds: float, cpu_seconds: float, mib: float, result: array<array-key, mixed>} MiB over idle
     */
    private static function measured(\Closure $work): array
    {
        // From here on, the peak is that of the work.
        @file_put_contents('/proc/self/clear_refs', '5');
        $idle   = self::memory('VmRSS');
        $before = self::cpu();
        $began  = hrtime(true);
        $result = $work();

        return [
            'seconds'     => (hrtime(true) - $began) / 1e9,
            'cpu_seconds' => round(self::cpu() - $before, 3),
            'mib'         => (self::memory('VmHWM') - $idle) / 1024.0,
            'result'      => get_object_vars($result),
        ];
    }

    /** Kibibytes of a line of /proc/self/status, such as VmHWM. */
    private static function memory(string $line): int
    {
        $match = [];
        preg_match("/^$line:\s+(\d+) kB/m", (string) file_get_contents('/proc/self/status'), $match);

        return (int) ($match[1] ?? throw new \RuntimeException("/proc/self/status has no $line."));
    }

    private static function cpu(): float
    {
        /** @var array<string, int> $usage */
        $usage = getrusage();

        return (
            $usage['ru_utime.tv_sec']
            + $usage['ru_stime.tv_sec']
            + (($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6)
        );
    }
}
