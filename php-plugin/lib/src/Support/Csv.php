<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Lines of a CSV file that spreadsheets open as texts and numbers, never as formulas. */
final readonly class Csv
{
    /** At the start of the file: without it, Excel does not read UTF-8. */
    public const BOM = "\u{FEFF}";

    private const FORMULA = '/^\s*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]/u';
    private const NUMBER  = '/^[+-]?\d+(?:[.,]\d+)?$/D';

    /** @param string $separator Semicolon where decimals have a comma: spreadsheets expect it there */
    public function __construct(
        private string $separator = ',',
    ) {
    }

    /** @param list<string> $cells */
    public function line(array $cells): string
    {
        return implode($this->separator, array_map($this->cell(...), $cells)) . "\r\n";
    }

    private function cell(string $text): string
    {
        $text = mb_scrub($text, 'UTF-8');

        if (preg_match(self::FORMULA, $text) === 1 && preg_match(self::NUMBER, $text) !== 1) {
            $text = "'$text";
        }

        return strpbrk($text, "$this->separator\"\t\r\n") === false && trim($text) === $text
            ? $text
            : '"' . str_replace('"', '""', $text) . '"';
    }
}
