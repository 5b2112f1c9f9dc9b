<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Catalog;

/** Aliases for what has a name in Clover but no alias: categories, tags, options. */
final class Alias
{
    /**
     * Characters; {@see Catalog::alias()} has the same limit. Smart Search stores the path and the article's alias in
     * 400.
     */
    private const LENGTH = 190;

    public static function of(string $name): string
    {
        $alias = Catalog::alias($name);

        // A name of only emoji leaves nothing.
        return $alias !== '' ? $alias : 'clover-' . hash('crc32b', $name);
    }

    /**
     * The first of name, name-2, name-3… that is not taken.
     *
     * @param callable(string): bool $isTaken
     */
    public static function free(string $alias, callable $isTaken): string
    {
        for ($n = 1, $free = $alias; $isTaken($free); $free = self::with($alias, (string) ++$n));

        return $free;
    }

    /** The alias with a hyphen and a suffix, within the length limit. */
    public static function with(string $alias, string $more): string
    {
        return rtrim(substr($alias, 0, self::LENGTH - \strlen($more) - 1), '-') . '-' . $more;
    }
}
