<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Support\Platform;

/** Output and questions. With `--json` every line on stdout is one JSON object. */
final class Console
{
    private bool $barShown = false;

    public function __construct(
        public readonly bool $json,
    ) {
    }

    /** A line for people; silent with --json. */
    public function line(string $text = ''): void
    {
        if (!$this->json) {
            $this->clearBar();
            fwrite(STDOUT, $text . "\n");
        }
    }

    /** @param array<string, mixed> $data A line for programs; silent without --json */
    public function event(array $data): void
    {
        if ($this->json) {
            fwrite(
                STDOUT,
                (string) json_encode(
                    $data,
                    JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE,
                ) . "\n",
            );
        }
    }

    /** @param array<string, mixed> $data */
    public function done(array $data): void
    {
        $this->event(['event' => 'done'] + $data);
    }

    public function warning(string $text): void
    {
        $this->clearBar();
        fwrite(STDERR, "warning: $text\n");
        $this->event(['event' => 'warning', 'message' => $text]);
    }

    public function error(string $text): void
    {
        $this->clearBar();
        fwrite(STDERR, "error: $text\n");
    }

    public function bar(string $label, int $done, int $expected): void
    {
        if ($this->json || !self::isTerminal(STDERR)) {
            return;
        }

        $width = 30;
        $full  = $expected > 0 ? (int) floor($width * min(1, $done / $expected)) : $done % $width;
        fwrite(STDERR, \sprintf(
            "\r\e[K%-8s [%s%s] %d%s items",
            $label,
            str_repeat('#', $full),
            str_repeat('.', $width - $full),
            $done,
            $expected > 0 ? ' of about ' . max($expected, $done) : '',
        ));
        $this->barShown = true;
    }

    public function clearBar(): void
    {
        if ($this->barShown) {
            fwrite(STDERR, "\r\e[K");
            $this->barShown = false;
        }
    }

    public function canAsk(): bool
    {
        return !$this->json && self::isTerminal(STDIN) && self::isTerminal(STDOUT);
    }

    /** @param resource $stream */
    private static function isTerminal($stream): bool
    {
        return Platform::has('stream_isatty') && stream_isatty($stream);
    }

    public function ask(string $question): string
    {
        fwrite(STDOUT, $question . ' ');

        return trim((string) fgets(STDIN));
    }
}
