<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** Where the texts of a command go. */
interface Terminal
{
    public function write(string $text): void;

    /** For texts that are not results. */
    public function writeError(string $text): void;

    /** Whether texts of {@see writeError()} may replace each other in one line. */
    public function canRedraw(): bool;

    /**
     * How a reader of this terminal calls a command, for a sentence after “use”.
     *
     * @param string $words As in “work --resume”
     */
    public function command(string $words): string;
}
