<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

use CloverSync\Catalog;

/** Compares and stores names from Clover. */
final class Text
{
    /** Equal for two equal names, on any database: {@see Catalog::nameKey()}. */
    public static function key(string $name): string
    {
        return Catalog::nameKey($name);
    }

    /**
     * Equal for two equal SKUs, of which the shop may store one with substituted characters: {@see shown()}. Accents
     * count.
     */
    public static function sku(string $sku): string
    {
        return mb_strtolower(self::shown(Catalog::cleanName($sku)));
    }

    /** The part of a text that fits into a column. */
    public static function fit(string $text, int $length = 255): string
    {
        return mb_substr($text, 0, $length);
    }

    /**
     * The part of a text that fits into a column shown on the shop's pages, with ‹ and › around anything that could be
     * a tag.
     *
     * Joomla's forms allow no tag in such columns, so templates and plugins print them unescaped: a script in a title
     * would run in the structured data of Joomla 6. And a form would strip the title from the first < on when an
     * article is saved, even if only its text was edited.
     */
    public static function shown(string $text, int $length = 255): string
    {
        return self::fit(str_replace('<', '‹', (string) preg_replace('/<([^<>]*)>/', '‹$1›', $text)), $length);
    }
}
