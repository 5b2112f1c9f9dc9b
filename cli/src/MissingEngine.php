<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\EngineReport;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Support\Platform;

/** Why nothing runs the core in the command line's PHP. */
final class MissingEngine
{
    /** @return ?string One sentence; null when nothing is missing */
    public static function sentence(EngineReport $report): ?string
    {
        return match (true) {
            $report->isUsable() => null,
            $report->problem !== null => self::helper($report->problem, $report->detail),
            $report->version === null => self::extension(),
            default => "The PHP extension cloversync is version $report->version, and version "
                . Engine::MINOR
                . ' is needed: replace it, or remove it from php.ini and use the helper program.',
        };
    }

    private static function helper(HelperProblem $problem, string $detail): string
    {
        $program = "The helper program $detail";

        return match ($problem) {
            HelperProblem::Disabled => "PHP's function $detail is disabled on this server (disable_functions), and the "
                . 'helper program cannot be started without it: ask the host to allow it.',
            HelperProblem::Missing => 'There is neither the PHP extension cloversync nor a helper program '
                . "($detail): run “make build”, or name the program in CLOVERSYNC_HELPER.",
            HelperProblem::NoAnswer      => "$program does not answer: the file is damaged, or another program.",
            HelperProblem::NotExecutable => "$program has no permission to run: set its permissions to 755.",
            HelperProblem::NotStarted
                => "$program cannot be started: its folder lets nothing run (noexec, SELinux), or "
                . 'it was made for another kind of processor.',
            HelperProblem::OtherVersion => "The helper program is version $detail, and version "
                . Engine::VERSION
                . ' is needed.',
        };
    }

    private static function extension(): string
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
