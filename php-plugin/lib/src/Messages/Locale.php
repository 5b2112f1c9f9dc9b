<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** The reader's language, and how it writes numbers and times. */
interface Locale
{
    /** The text of a language key; null when the language has none. */
    public function text(string $key): ?string;

    /** @return list<string> Endings of the keys that suit this number, the best first */
    public function pluralSuffixes(int $count): array;

    /** @param string $digits As in "-1234.50" */
    public function number(string $digits): string;

    /** @param int $unix Seconds */
    public function time(int $unix): string;
}
