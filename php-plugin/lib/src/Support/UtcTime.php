<?php

declare(strict_types=1);

namespace CloverSync\Shop\Support;

\defined('_JEXEC') or die();

/** Times in the shop's columns: UTC, without a time zone. */
final class UtcTime
{
    public static function sql(int $unix): string
    {
        return gmdate('Y-m-d H:i:s', $unix);
    }

    /** Unix seconds of a column's text; 0 when it is not a time. */
    public static function unix(string $sql): int
    {
        return (int) strtotime("$sql UTC");
    }

    public static function iso(?string $sql): ?string
    {
        return $sql === null || $sql === '' ? null : str_replace(' ', 'T', $sql) . 'Z';
    }
}
