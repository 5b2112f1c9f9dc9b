<?php

declare(strict_types=1);

namespace CloverSync\Shop\Locking;

\defined('_JEXEC') or die();

use CloverSync\Shop\Support\Platform;

/** Identifies this process, and tells whether another process of the same node is still running. */
final readonly class ProcessIdentity
{
    private const POSIX_NO_SUCH_PROCESS = 3;

    public function __construct(
        /**
         * Same for all processes that can see each other: the boot of the machine and the namespace of process ids.
         * Unique to this process when the system does not provide them.
         */
        public string $node,
        public int $pid,
        /** Distinguishes a process from a later one with the same id; 0 when the system does not provide it. */
        public int $started,
    ) {
    }

    public static function current(): self
    {
        $pid  = Platform::processId();
        $boot = @file_get_contents('/proc/sys/kernel/random/boot_id');
        $ns   = Platform::linkTarget('/proc/self/ns/pid');
        $name = $boot === false || $ns === null ? self::hostName() : trim($boot) . '/' . $ns;

        return $pid === 0 || $name === null ? self::unknown() : new self($name, $pid, self::stat($pid)['started'] ?? 0);
    }

    /** An identity that matches no other process: its locks and leases end only by time. */
    private static function unknown(): self
    {
        return new self('unknown:' . bin2hex(random_bytes(8)), 0, 0);
    }

    /** On Linux two containers may share a host name and have separate processes, so the name proves nothing. */
    private static function hostName(): ?string
    {
        $name = PHP_OS_FAMILY === 'Linux' ? null : Platform::name();

        return $name === null ? null : "host:$name";
    }

    /** True only when that is certain. */
    public function isDead(string $node, int $pid, int $started): bool
    {
        if ($node !== $this->node || $pid <= 0 || $this->pid <= 0) {
            return false;
        }

        $stat = self::stat($pid);

        if ($stat !== null) {
            return $stat['zombie'] || $started !== 0 && $stat['started'] !== $started;
        }

        // A missing entry in /proc can also mean that /proc hides the processes of other users.
        if (Platform::has('posix_kill') && Platform::has('posix_get_last_error')) {
            return !posix_kill($pid, 0) && posix_get_last_error() === self::POSIX_NO_SUCH_PROCESS;
        }

        return is_dir('/proc/1') && !is_dir("/proc/$pid");
    }

    /** True only when that is certain. */
    public function isAlive(string $node, int $pid, int $started): bool
    {
        $stat = $node === $this->node && $started !== 0 ? self::stat($pid) : null;

        return $stat !== null && !$stat['zombie'] && $stat['started'] === $started;
    }

    /** @return ?array{started: int, zombie: bool} */
    private static function stat(int $pid): ?array
    {
        $text = @file_get_contents("/proc/$pid/stat");

        // The second field is the command in parentheses, and may contain spaces and parentheses itself.
        if ($text === false || ($end = strrpos($text, ')')) === false) {
            return null;
        }

        $fields = explode(' ', substr($text, $end + 2));

        return ['started' => (int) ($fields[19] ?? 0), 'zombie' => \in_array($fields[0], ['Z', 'X'], true)];
    }
}
