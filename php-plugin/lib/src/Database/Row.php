<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/**
 * Reads typed values from a row of {@see Sql}, whose drivers return numbers as int or as text.
 *
 * A null reads as 0 or as empty text; where null has a meaning of its own, use the nullable readers.
 */
final class Row
{
    /** @param array<string, int|float|string|null> $row */
    public static function int(array $row, string $column): int
    {
        return (int) $row[$column];
    }

    /** @param array<string, int|float|string|null> $row */
    public static function float(array $row, string $column): float
    {
        $value = $row[$column];

        return is_numeric($value) ? (float) $value : 0.0;
    }

    /** @param array<string, int|float|string|null> $row */
    public static function string(array $row, string $column): string
    {
        return (string) $row[$column];
    }

    /** @param array<string, int|float|string|null> $row */
    public static function bool(array $row, string $column): bool
    {
        return (int) $row[$column] !== 0;
    }

    /** @param array<string, int|float|string|null> $row */
    public static function nullableInt(array $row, string $column): ?int
    {
        return $row[$column] === null ? null : (int) $row[$column];
    }

    /** @param array<string, int|float|string|null> $row */
    public static function nullableString(array $row, string $column): ?string
    {
        return $row[$column] === null ? null : (string) $row[$column];
    }
}
