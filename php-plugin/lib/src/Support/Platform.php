<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/**
 * Functions that the server's owner may disable with disable_functions, and their substitutes.
 *
 * {@see has()} and {@see lacks()} call no function: any function can be disabled, classes cannot.
 */
final class Platform
{
    /** Functions that the code can do without: each call is in this class, or {@see has()} is asked first. */
    public const OPTIONAL = [
        'chmod',
        'error_get_last',
        'error_log',
        'fastcgi_finish_request',
        'fileperms',
        'get_loaded_extensions',
        'getenv',
        'gethostname',
        'getmypid',
        'getrusage',
        'hrtime',
        'ignore_user_abort',
        'link',
        'litespeed_finish_request',
        'memory_get_peak_usage',
        'pcntl_async_signals',
        'pcntl_exec',
        'pcntl_signal',
        'pcntl_signal_dispatch',
        'pcntl_sigprocmask',
        'php_ini_loaded_file',
        'php_uname',
        'posix_get_last_error',
        'posix_getpid',
        'posix_kill',
        'proc_close',
        'proc_open',
        'proc_terminate',
        'register_shutdown_function',
        'set_time_limit',
        'sleep',
        'stream_isatty',
        'stream_select',
        'stream_set_blocking',
        'stream_socket_accept',
        'stream_socket_server',
        'time_nanosleep',
        'umask',
        'usleep',
    ];

    /** Errors that end PHP at once and cannot be caught. */
    private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

    /** SIGHUP, SIGINT and SIGTERM, which terminals and service managers send to all processes of a group. */
    private const GROUP_SIGNALS = [1, 2, 15];

    /** @var array<string, bool> */
    private static array $known = [];

    private static float $latest = 0.0;

    public static function has(string $function): bool
    {
        if (isset(self::$known[$function])) {
            return self::$known[$function];
        }

        try {
            new \ReflectionFunction($function);

            return self::$known[$function] = true;
        } catch (\ReflectionException) {
            return self::$known[$function] = false;
        }
    }

    /**
     * @param array<string, list<string>> $needed Functions by their PHP extension, as in {@see NeededFunctions}
     *
     * @return array{functions: list<string>, extensions: list<string>} What this PHP lacks, by name
     */
    public static function lacks(array $needed): array
    {
        $lacks = ['functions' => [], 'extensions' => []];

        foreach ($needed as $extension => $functions) {
            foreach ($functions as $function) {
                if (self::has($function)) {
                    continue;
                }

                if (!self::hasExtension($extension)) {
                    $lacks['extensions'][] = $extension;

                    break;
                }

                $lacks['functions'][] = $function;
            }
        }

        return $lacks;
    }

    /**
     * One sentence for the command line; null when nothing is missing. In Joomla the app has the sentence in the site's
     * language.
     *
     * @param array<string, list<string>> $needed
     */
    public static function problem(array $needed): ?string
    {
        ['functions' => $functions, 'extensions' => $extensions] = self::lacks($needed);

        return match (true) {
            $extensions !== [] => "PHP's extension "
                . self::join($extensions)
                . ' is not loaded on this server: ask the host to enable it.',
            $functions === [] => null,
            isset($functions[1]) => "PHP's functions "
                . self::join($functions)
                . ' are disabled on this server (disable_functions): ask the host to allow them.',
            default => "PHP's function $functions[0]"
                . ' is disabled on this server (disable_functions): ask the host to allow it.',
        };
    }

    /** @param list<string> $names */
    public static function join(array $names): string
    {
        $text = '';

        foreach ($names as $name) {
            $text .= ($text === '' ? '' : ', ') . $name;
        }

        return $text;
    }

    public static function hasExtension(string $name): bool
    {
        try {
            new \ReflectionExtension($name);

            return true;
        } catch (\ReflectionException) {
            return false;
        }
    }

    /** Version of a loaded PHP extension; null when it is not loaded. */
    public static function extensionVersion(string $name): ?string
    {
        return self::hasExtension($name) ? (new \ReflectionExtension($name))->getVersion() : null;
    }

    /** @return int Id of this process; 0 when it cannot be found out */
    public static function processId(): int
    {
        return match (true) {
            self::has('getmypid') => (int) \getmypid(),
            self::has('posix_getpid') => \posix_getpid(),
            default => (int) self::linkTarget('/proc/self'),
        };
    }

    /** Target of a symbolic link; readlink() is disabled on many hosts. */
    public static function linkTarget(string $path): ?string
    {
        try {
            return (new \SplFileInfo($path))->getLinkTarget() ?: null;
        } catch (\RuntimeException) {
            return null;
        }
    }

    public static function name(): ?string
    {
        return self::has('gethostname') ? (\gethostname() ?: null) : null;
    }

    /** Seconds of a clock that never goes back in this process. */
    public static function monotonic(): float
    {
        if (self::has('hrtime')) {
            return \hrtime(true) / 1e9;
        }

        // The system clock can be set back.
        $now = new \DateTimeImmutable();

        return self::$latest = max(self::$latest, $now->getTimestamp() + ((int) $now->format('u') / 1e6));
    }

    public static function sleep(float $seconds): void
    {
        if ($seconds <= 0) {
            return;
        }

        if (self::has('usleep')) {
            \usleep(max(0, (int) round($seconds * 1e6)));

            return;
        }

        if (self::has('time_nanosleep')) {
            $whole = max(0, (int) $seconds);
            // @mago-expect analysis:possibly-invalid-argument(2) - Mago thinks that zero is refused.
            \time_nanosleep($whole, max(0, (int) round(($seconds - $whole) * 1e9) % 1_000_000_000));

            return;
        }

        if (self::has('sleep')) {
            \sleep(max(0, (int) ceil($seconds)));

            return;
        }

        for ($end = self::monotonic() + $seconds; self::monotonic() < $end;);
    }

    public static function random(int $lowest, int $highest): int
    {
        return (new \Random\Randomizer())->getInt($lowest, $highest);
    }

    /** @return bool False when PHP has no such function */
    public static function atShutdown(\Closure $work): bool
    {
        if (!self::has('register_shutdown_function')) {
            return false;
        }

        \register_shutdown_function($work);

        return true;
    }

    /**
     * The error that ends this script, in a shutdown function or later; null when there is none or PHP does not say.
     *
     * @return ?array{type: int, message: string, file: string, line: int}
     */
    public static function fatalError(): ?array
    {
        $last = self::has('error_get_last') ? \error_get_last() : null;

        return $last !== null && ($last['type'] & self::FATAL) !== 0 ? $last : null;
    }

    /** Extends the script's time limit; without set_time_limit() the server's own limit stays. */
    public static function allowSeconds(int $seconds): void
    {
        if (self::has('set_time_limit')) {
            @\set_time_limit($seconds);
        }
    }

    /** Lets the script continue when the visitor has left. */
    public static function ignoreAbort(): void
    {
        if (self::has('ignore_user_abort')) {
            \ignore_user_abort(true);
        }
    }

    /** @return ?\Closure(): bool Sends the response while the script continues; null where the web server cannot */
    public static function responseFinisher(): ?\Closure
    {
        return match (true) {
            self::has('fastcgi_finish_request') => \fastcgi_finish_request(...),
            // Only LiteSpeed has the function.
            // @mago-expect analysis:non-existent-function,less-specific-nested-return-statement
            self::has('litespeed_finish_request') => \litespeed_finish_request(...),
            default => null,
        };
    }

    /** An environment variable; null when it is not set or empty. */
    public static function variable(string $name): ?string
    {
        $value = self::has('getenv')
            ? \getenv($name)
            : $_SERVER[$name] ?? $_ENV[$name] ?? self::variables()[$name] ?? false;

        return \is_string($value) && $value !== '' ? $value : null;
    }

    /**
     * Settings with which this process was started. PHP's built-in web server shows them only there without getenv().
     *
     * @return array<string, string>
     */
    private static function variables(): array
    {
        $found = [];

        foreach (explode("\0", (string) @file_get_contents('/proc/self/environ')) as $line) {
            [$name, $value] = [...explode('=', $line, 2), ''];
            $found[$name] = $value;
        }

        return $found;
    }

    /** Writes to PHP's error log. */
    public static function log(string $message): void
    {
        if (self::has('error_log')) {
            \error_log($message);
        }
    }

    /** Gives a file's owner the permission to execute it, where PHP may. */
    public static function makeExecutable(string $path): void
    {
        if (self::has('chmod')) {
            @\chmod($path, 0o755);
        }
    }

    /**
     * Waits for the end of a program that proc_open() started. Without proc_close() it may stay as a zombie until PHP
     * ends.
     *
     * @param resource $process
     * @param bool     $kill    When it cannot be relied on to end by itself
     *
     * @return int Its exit code; -1 when it is not known
     */
    public static function closeProcess($process, bool $kill): int
    {
        if ($kill && !self::has('proc_terminate')) {
            return -1;
        }

        if ($kill) {
            \proc_terminate($process, 9);
        }

        return self::has('proc_close') ? \proc_close($process) : -1;
    }

    /** @return ?string The processor, such as x86_64 or aarch64; null where nothing tells it */
    public static function machine(): ?string
    {
        return self::has('php_uname') ? \php_uname('m') : null;
    }

    /** @return ?string The operating system's name and version */
    public static function system(): ?string
    {
        return self::has('php_uname') ? \php_uname('s') . ' ' . \php_uname('r') : null;
    }

    /** @return ?string Path of the php.ini that this PHP has read; null when it read none, or does not say so */
    public static function iniFile(): ?string
    {
        return self::has('php_ini_loaded_file') ? (\php_ini_loaded_file() ?: null) : null;
    }

    /** @return string A setting of PHP itself; ini_get() is disabled on many hosts */
    public static function setting(string $name): string
    {
        return (string) ((new \ReflectionExtension('core'))->getINIEntries()[$name] ?? '');
    }

    /** @return list<string> PHP extensions that are loaded */
    public static function extensions(): array
    {
        return self::has('get_loaded_extensions') ? \get_loaded_extensions() : [];
    }

    /** @return bool Whether PHP ran signal handlers by itself before */
    public static function asyncSignals(bool $on): bool
    {
        return self::has('pcntl_async_signals') && \pcntl_async_signals($on);
    }

    /**
     * A program that starts meanwhile is not ended by signals to the whole group of processes, such as Ctrl-C: it
     * inherits what is blocked.
     *
     * @return list<int> What was blocked before, for {@see restoreSignals()}
     */
    public static function blockSignals(): array
    {
        $before = [];

        if (self::has('pcntl_sigprocmask')) {
            \pcntl_sigprocmask(SIG_BLOCK, self::GROUP_SIGNALS, $before);
        }

        $signals = [];

        foreach ($before as $signal) {
            if (\is_int($signal)) {
                $signals[] = $signal;
            }
        }

        return $signals;
    }

    /** @param list<int> $before What {@see blockSignals()} returned */
    public static function restoreSignals(array $before): void
    {
        $blocked = array_diff(self::GROUP_SIGNALS, $before);

        if ($blocked !== [] && self::has('pcntl_sigprocmask')) {
            $now = [];
            \pcntl_sigprocmask(SIG_UNBLOCK, $blocked, $now);
        }
    }

    /** Runs the handlers of signals that have come. */
    public static function dispatchSignals(): void
    {
        if (self::has('pcntl_signal_dispatch')) {
            \pcntl_signal_dispatch();
        }
    }
}
