<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

use CloverSync\Catalog;

/** Compares and stores names from Clover. */
final class Text
{
    private const KEPT = 10_000;

    /** @var array<array-key, string> Keys by name. The same tags, options and categories come with every page */
    private static array $keys = [];

    /** Equal for two equal names, on any database: {@see Catalog::nameKey()}. */
    public static function key(string $name): string
    {
        if (\count(self::$keys) >= self::KEPT) {
            self::$keys = [];
        }

        return self::$keys[$name] ??= Catalog::nameKey($name);
    }

    /**
     * Equal for two equal SKUs, of which the shop may store one with substituted characters: {@see shown()}. Accents
     * count.
     */
    public static function sku(string $sku): string
    {
        return self::skus([$sku])[$sku];
    }

    /**
     * {@see sku()} of each, by SKU. The helper program is asked once.
     *
     * @param list<string> $skus
     *
     * @return array<array-key, string>
     */
    public static function skus(array $skus): array
    {
        return array_combine($skus, array_map(
            static fn (string $clean): string => mb_strtolower(self::shown($clean)),
            $skus === [] ? [] : Catalog::cleanNames($skus),
        ));
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
