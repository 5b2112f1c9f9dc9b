<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\EnglishLocale;
use CloverSync\Shop\Messages\Formatter;

/** Output of a command, in English. With `--json` every line of the output is one JSON object. */
final class Console
{
    public readonly Formatter $words;

    private bool $barShown = false;

    public function __construct(
        private readonly Terminal $terminal,
        public readonly bool $json,
    ) {
        $this->words = EnglishLocale::formatter();
    }

    /** A line for people; silent with --json. */
    public function line(string $text = ''): void
    {
        if (!$this->json) {
            $this->clearBar();
            $this->terminal->write($text . "\n");
        }
    }

    /** @param array<string, scalar|array|object|null> $data A line for programs; silent without --json */
    public function event(array $data): void
    {
        if ($this->json) {
            $this->terminal->write((string) json_encode(
                $data,
                JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE,
            ) . "\n");
        }
    }

    /** @param array<string, scalar|array|object|null> $data */
    public function done(array $data): void
    {
        $this->event(['event' => 'done'] + $data);
    }

    public function warning(string $text): void
    {
        $this->note("warning: $text");
        $this->event(['event' => 'warning', 'message' => $text]);
    }

    /** A line that is not a result, with --json too. */
    public function note(string $text): void
    {
        $this->clearBar();
        $this->terminal->writeError("$text\n");
    }

    public function bar(string $label, int $done, int $expected): void
    {
        if ($this->json || !$this->terminal->canRedraw()) {
            return;
        }

        $width = 30;
        $full  = $expected > 0 ? intdiv($width * min($done, $expected), $expected) : $done % $width;
        $this->terminal->writeError(\sprintf(
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
            $this->terminal->writeError("\r\e[K");
            $this->barShown = false;
        }
    }

    /** How the reader calls one of these commands, for a sentence after “use”; see {@see Terminal::command()}. */
    public function command(string ...$commands): string
    {
        return implode(' or ', array_unique(array_map($this->terminal->command(...), $commands)));
    }
}
