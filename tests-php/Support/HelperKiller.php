<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use Random\Randomizer;

/** Kills helper programs at random moments. */
final readonly class HelperKiller
{
    /** Milliseconds between two kills. */
    private const SHORTEST = 20;
    private const LONGEST  = 180;

    /** @param string $program The path by which they were started */
    public function __construct(
        private string $program,
        private Randomizer $random,
    ) {
    }

    /** @return array<string, int> How many it has killed, by the command whose helper each was */
    public function run(float $seconds): array
    {
        $killed = [];

        for ($end = microtime(true) + $seconds; microtime(true) < $end;) {
            usleep(max(0, 1_000 * $this->random->getInt(self::SHORTEST, self::LONGEST)));
            $found = self::find($this->program);

            if ($found === []) {
                continue;
            }

            // A command that has several helpers is not killed more often.
            $commands = array_values(array_unique($found));
            $command  = $commands[$this->random->getInt(0, \count($commands) - 1)];
            $pids     = array_keys($found, $command, true);

            if (posix_kill($pids[$this->random->getInt(0, \count($pids) - 1)], SIGKILL)) {
                $killed[$command] = ($killed[$command] ?? 0) + 1;
            }
        }

        return $killed;
    }

    /** @return array<int, string> The command of each, by process id */
    public static function find(string $program): array
    {
        $found = [];

        foreach (scandir('/proc') ?: [] as $pid) {
            // A process that has ended has no command line.
            if (ctype_digit($pid) && self::words($pid)[0] === $program) {
                $found[(int) $pid] = self::command($pid);
            }
        }

        return $found;
    }

    /** @return list<int> The helpers of a process */
    public static function of(int $pid): array
    {
        $found = [];

        foreach (explode(' ', trim((string) @file_get_contents("/proc/$pid/task/$pid/children"))) as $child) {
            if (str_contains((string) @file_get_contents("/proc/$child/comm"), 'clover-helper')) {
                $found[] = (int) $child;
            }
        }

        return $found;
    }

    private static function command(string $pid): string
    {
        preg_match('/^PPid:\s+(\d+)/m', (string) @file_get_contents("/proc/$pid/status"), $match);
        $words = self::words($match[1] ?? '0');
        $place = array_search('-S', $words, true);

        return match (true) {
            $place !== false => 'serve',
            default => $words[(int) array_key_first(preg_grep('/cloversync\.php$/', $words) ?: []) + 1] ?? 'none',
        };
    }

    /** @return non-empty-list<string> */
    private static function words(string $pid): array
    {
        return explode("\0", (string) @file_get_contents("/proc/$pid/cmdline"));
    }
}
