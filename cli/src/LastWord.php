<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Support\NeededFunctions;
use CloverSync\Shop\Support\Platform;

/**
 * Reports what would end a command silently: functions that PHP lacks before the first use, and a fatal error at the
 * end.
 *
 * Functions may be disabled, so this class checks each before it calls it.
 */
final class LastWord
{
    private const FAILED = 1;

    /** Reserved for the report when memory is used up. */
    // @mago-expect analysis:write-only-property
    private static string $reserve = '';

    /** @param \Closure(list<string>): int $command Receives the words of the command line and returns the exit code */
    public static function run(\Closure $command): never
    {
        $words = [];
        $json  = false;

        foreach ($_SERVER['argv'] ?? [] as $i => $word) {
            if ($i > 0) {
                $words[] = $word;
                $json    = $json || $word === '--json';
            }
        }

        $problem = Platform::problem(NeededFunctions::LIBRARY) ?? Platform::problem(NeededFunctions::COMMAND_LINE);

        if ($problem !== null) {
            self::say('host', $problem, $json);

            exit(self::FAILED);
        }

        self::$reserve = str_repeat('x', 1 << 18);
        Platform::atShutdown(static function () use ($json): void {
            self::$reserve = '';
            $last          = Platform::fatalError();

            if ($last !== null) {
                self::say('fatal', self::sentence($last), $json);

                exit(self::FAILED);
            }
        });

        try {
            $code = $command($words);
        } catch (\Throwable $e) {
            $place = self::place($e->getFile(), $e->getLine());
            self::say(
                'failed',
                'This should not happen, please report it: ' . self::line($e->getMessage()) . $place,
                $json,
            );
            $code = self::FAILED;
        }

        exit($code);
    }

    /** @param array{type: int, message: string, file: string, line: int} $error */
    private static function sentence(array $error): string
    {
        if (preg_match('/^Allowed memory size of (\d+) bytes exhausted/', $error['message'], $m) === 1) {
            return \sprintf('PHP ran out of memory (memory_limit is %d MB): nothing is lost, run it again, or '
            . 'allow PHP more.', intdiv((int) $m[1], 1 << 20));
        }

        return (
            'PHP ended with a fatal error, please report it: '
            . self::line($error['message'])
            . self::place($error['file'], $error['line'])
        );
    }

    /** PHP's message without the call stack, which may hold arguments. */
    private static function line(string $message): string
    {
        return trim(explode("\n", $message)[0]);
    }

    private static function place(string $file, int $line): string
    {
        return ' (' . substr($file, (int) strrpos("/$file", '/')) . ":$line)";
    }

    private static function say(string $kind, string $sentence, bool $json): void
    {
        (new \SplFileObject('php://stderr', 'w'))->fwrite("error: $sentence\n");

        if ($json) {
            $flags = JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES;
            $text  = Platform::has('json_encode') ? json_encode($sentence, $flags) : "\"$sentence\"";
            (new \SplFileObject('php://stdout', 'w'))->fwrite(
                "{\"event\":\"error\",\"kind\":\"$kind\",\"message\":$text}\n",
            );
        }
    }
}
