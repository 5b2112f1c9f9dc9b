<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Support\Platform;

/** Why the extension cloversync is not loaded: PHP's own message, if there is one. */
final class MissingExtension
{
    public static function sentence(): string
    {
        $reason = self::reason();

        return \sprintf(
            'The PHP extension cloversync is not loaded in the command line\'s PHP %s%s: run “make build”, or '
            . 'name the file in CLOVERSYNC_EXTENSION.',
            PHP_VERSION,
            $reason === null ? '' : " (PHP says: $reason)",
        );
    }

    /**
     * PHP reports the reason only at its start, before any script runs. So it is started again with its output
     * captured.
     */
    private static function reason(): ?string
    {
        if (!Platform::has('proc_open') || !Platform::has('proc_close')) {
            return null;
        }

        $named   = Platform::variable('CLOVERSYNC_EXTENSION');
        $options = [
            '-d',
            'display_startup_errors=0',
            '-d',
            'display_errors=0',
            '-d',
            'log_errors=1',
            '-d',
            'error_log=',
            '-d',
            'html_errors=0',
        ];
        $pipes   = [];
        $process = @proc_open(
            [PHP_BINARY, ...$options, ...($named === null ? [] : ['-d', "extension=$named"]), '-r', ''],
            [
                ['file', '/dev/null', 'r'],
                ['file', '/dev/null', 'w'],
                ['pipe', 'w'],
            ],
            $pipes,
        );

        $errors = $pipes[2] ?? null;

        if ($process === false || $errors === null) {
            return null;
        }

        $said = (string) stream_get_contents($errors, 65_536);
        fclose($errors);
        proc_close($process);

        return self::reasonIn($said, $named ?? 'cloversync');
    }

    /** @param string $said PHP's output at its start, about every extension that it could not load */
    public static function reasonIn(string $said, string $name): ?string
    {
        // A message may have several lines: "Module compiled with …\nPHP compiled with …\nThese options need to match".
        foreach (preg_split('/^(?=PHP Warning:|Warning:)/m', $said) ?: [] as $message) {
            if (!str_contains($message, $name) && !str_contains($message, 'cloversync')) {
                continue;
            }

            $line = trim((string) preg_replace(
                ['/\s+/', '/^(PHP )?Warning: (PHP Startup: )?/', '/ in Unknown on line \d+$/'],
                [' ', '', ''],
                trim($message),
            ));

            // “Unable to load dynamic library 'X' (tried: X (REASON), DIRECTORY/X.so (…))”: the first reason is the
            // right one.
            $m = [];

            return preg_match('/\(tried: \S+ \((.+?)\), /', $line, $m) === 1 ? $m[1] : $line;
        }

        return null;
    }
}
