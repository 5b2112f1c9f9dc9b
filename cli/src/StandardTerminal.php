<?php

declare(strict_types=1);

namespace CloverSync\Cli;

use CloverSync\Shop\Console\Terminal;
use CloverSync\Shop\Support\Platform;

/** PHP's standard input and outputs. */
final readonly class StandardTerminal implements Terminal
{
    /** @param bool $forPeople Whether a person reads the output */
    public function __construct(
        private bool $forPeople,
    ) {
    }

    public function write(string $text): void
    {
        fwrite(STDOUT, $text);
    }

    public function writeError(string $text): void
    {
        fwrite(STDERR, $text);
    }

    public function canRedraw(): bool
    {
        return self::isTerminal(STDERR);
    }

    public function canAsk(): bool
    {
        return $this->forPeople && self::isTerminal(STDIN) && self::isTerminal(STDOUT);
    }

    public function ask(string $question): string
    {
        fwrite(STDOUT, $question . ' ');

        return trim((string) fgets(STDIN));
    }

    public function command(string $words): string
    {
        return "“{$words}”";
    }

    /** @param resource $stream */
    private static function isTerminal($stream): bool
    {
        return Platform::has('stream_isatty') && stream_isatty($stream);
    }
}
