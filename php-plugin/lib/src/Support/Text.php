<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

use CloverSync\Catalog;

/** Names as they come from Clover, as the shop compares and keeps them. */
final class Text
{
    /** The same for two names that are the same name, on any database: {@see Catalog::nameKey()}. */
    public static function key(string $name): string
    {
        return Catalog::nameKey($name);
    }

    /**
     * When two SKUs are the same SKU, of which the shop may keep one in other letters: {@see shown()}. Accents count.
     */
    public static function sku(string $sku): string
    {
        return mb_strtolower(self::shown(Catalog::cleanName($sku)));
    }

    /** As much of a text as fits into a column. */
    public static function fit(string $text, int $length = 255): string
    {
        return mb_substr($text, 0, $length);
    }

    /**
     * As much of a text as fits, for a column that the shop's pages show: with ‹ and › around what could be a tag.
     *
     * Joomla's forms let no tag into such columns, so templates and plugins print them as they are: a script in a title
     * would run in the structured data of Joomla 6. And a form would strip the rest of the title from the first < on,
     * with the next save of an article of which nobody has touched the title.
     */
    public static function shown(string $text, int $length = 255): string
    {
        return self::fit(str_replace('<', '‹', (string) preg_replace('/<([^<>]*)>/', '‹$1›', $text)), $length);
    }
}
