<?php

declare(strict_types=1);

namespace CloverSync\Shop;

/** When two names are the same name: letter case and outer space do not count. */
final class Names
{
    public static function key(string $name): string
    {
        return mb_strtolower(trim($name));
    }

    /** As much of a text as fits into a column. */
    public static function fit(string $text, int $length = 255): string
    {
        return mb_substr($text, 0, $length);
    }
}
