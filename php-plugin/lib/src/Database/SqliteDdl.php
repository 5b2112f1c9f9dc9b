<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/**
 * Translates MySQL DDL to SQLite, as strict as MySQL's strict mode where SQLite can be: NOT NULL, lengths, keys, letter
 * case ignored in comparisons. Decimals become text, so that money keeps its digits.
 *
 * Reads one column or key a line, as both schema files are written.
 */
final class SqliteDdl
{
    /**
     * @return list<string> The equivalent statements for SQLite
     *
     * @throws \InvalidArgumentException when a line is not understood
     */
    public static function translate(string $statement): array
    {
        if (
            preg_match('/^CREATE TABLE (IF NOT EXISTS )?`([^`]+)` \(\s*\n(.*)\n\)[^)]*$/s', trim($statement), $m) !== 1
        ) {
            return [$statement];
        }

        [, $guard, $table, $body] = $m;
        $columns = [];
        $indexes = [];
        $primary = null;

        $list = [];

        foreach (explode("\n", trim($body)) as $line) {
            $line = trim((string) preg_replace("/ COMMENT '(?:[^']|'')*'/", '', trim($line, " \t,")));

            if (preg_match('/^PRIMARY KEY \((.+)\)$/', $line, $list) === 1) {
                $primary = self::plainColumns($list[1]);
            } elseif (preg_match('/^(UNIQUE )?KEY `([^`]+)` \((.+)\)$/', $line, $key) === 1) {
                $indexes[] = \sprintf(
                    'CREATE %sINDEX %s`%s_%s` ON `%s` (%s)',
                    $key[1],
                    $guard,
                    $table,
                    $key[2],
                    $table,
                    self::plainColumns($key[3]),
                );
            } elseif (preg_match('/^`([^`]+)` ([a-z]+)(?:\(([\d,]+)\))?(.*)$/i', $line, $column) === 1) {
                $columns[$column[1]] = self::column($column[1], strtolower($column[2]), $column[3], $column[4]);
            } else {
                throw new \InvalidArgumentException("This line of table $table is not understood: $line");
            }
        }

        $auto = array_search(
            true,
            array_map(static fn (string $c): bool => str_contains($c, 'AUTOINCREMENT'), $columns),
            true,
        );

        if ($primary !== null && $auto === false) {
            $columns[] = "PRIMARY KEY ($primary)";
        }

        return ["CREATE TABLE $guard`$table` (\n  " . implode(",\n  ", $columns) . "\n)", ...$indexes];
    }

    private static function column(string $name, string $type, string $size, string $rest): string
    {
        // AUTOINCREMENT, not just the row id: an id must never be reused after its row is deleted.
        if (stripos($rest, 'AUTO_INCREMENT') !== false) {
            return "`$name` INTEGER PRIMARY KEY AUTOINCREMENT";
        }

        $text     = \in_array($type, ['varchar', 'char', 'text', 'mediumtext', 'longtext'], true);
        $affinity = match (true) {
            str_ends_with($type, 'int') => 'INTEGER',
            $text, \in_array($type, ['decimal', 'datetime', 'timestamp'], true) => 'TEXT',
            default => throw new \InvalidArgumentException("Column $name: type $type is not known."),
        };
        $column = "`$name` $affinity";

        if (preg_match('/ NOT NULL/i', $rest) === 1) {
            $column .= ' NOT NULL';
        }

        if (preg_match("/ DEFAULT ('(?:[^']|'')*'|[-\w.]+)/i", $rest, $default) === 1) {
            $column .=
                ' DEFAULT '
                . (
                    $type === 'decimal' && $default[1][0] !== "'" && strtoupper($default[1]) !== 'NULL'
                        ? "'{$default[1]}'"
                        : $default[1]
                );
        }

        if ($text && !str_contains($rest, 'utf8mb4_bin')) {
            $column .= ' COLLATE NOCASE';
        }

        return $text && $size !== '' ? "$column CHECK (length(`$name`) <= $size)" : $column;
    }

    /** Without the prefix lengths that MySQL requires for long text. */
    private static function plainColumns(string $list): string
    {
        return (string) preg_replace('/\(\d+\)/', '', $list);
    }
}
