<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** A search for a text within columns; its own percent signs and underscores stand for themselves. */
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
