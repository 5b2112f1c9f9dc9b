<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** Builds a LIKE pattern that finds a text; percent signs and underscores in it match only themselves. */
final class LikePattern
{
    public static function condition(string $column): string
    {
        return "$column LIKE ? ESCAPE '!'";
    }

    public static function containing(string $text): string
    {
        return '%' . strtr($text, ['!' => '!!', '%' => '!%', '_' => '!_']) . '%';
    }
}
