<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** Alters existing tables to match their DDL, on MySQL and MariaDB. */
final readonly class MysqlTables
{
    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * Does nothing when nothing differs. One statement alters a whole table, and the server executes it completely or
     * not at all; a column that the DDL does not name is dropped.
     */
    public function alter(string $table, string $ddl): void
    {
        ['columns' => $columns, 'keys' => $keys] = self::parse($ddl);
        $changes = [...$this->columnChanges($table, $columns), ...$this->keyChanges($table, $keys)];

        if ($changes !== []) {
            $this->sql->execute("ALTER TABLE `$table` " . implode(', ', $changes));
        }
    }

    /**
     * @param array<string, string> $wanted Definitions by name
     *
     * @return list<string>
     */
    private function columnChanges(string $table, array $wanted): array
    {
        $there = [];

        foreach ($this->sql->fetchAll("SHOW FULL COLUMNS FROM `$table`") as $row) {
            $there[Row::string($row, 'Field')] = $row;
        }

        $changes = [];
        $after   = ' FIRST';

        foreach ($wanted as $name => $definition) {
            if (!isset($there[$name])) {
                $changes[] = "ADD COLUMN $definition$after";
            } elseif (self::differs($there[$name], $definition)) {
                $changes[] = "MODIFY COLUMN $definition";
            }

            $after = " AFTER `$name`";
        }

        foreach (array_keys(array_diff_key($there, $wanted)) as $name) {
            $changes[] = "DROP COLUMN `$name`";
        }

        return $changes;
    }

    /**
     * @param array<string, string> $wanted
     *
     * @return list<string>
     */
    private function keyChanges(string $table, array $wanted): array
    {
        $kinds = [];
        $there = [];

        foreach ($this->sql->fetchAll("SHOW INDEX FROM `$table`") as $row) {
            $name         = Row::string($row, 'Key_name');
            $kinds[$name] = match (true) {
                $name === 'PRIMARY' => 'PRIMARY KEY ',
                (int) $row['Non_unique'] === 0 => "UNIQUE KEY `$name` ",
                default => "KEY `$name` ",
            };
            $there[$name][Row::int($row, 'Seq_in_index')] =
                "`{$row['Column_name']}`" . ($row['Sub_part'] === null ? '' : "({$row['Sub_part']})");
        }

        $changes = [];

        foreach ($there as $name => $parts) {
            ksort($parts);

            if (($wanted[$name] ?? null) === $kinds[$name] . '(' . implode(',', $parts) . ')') {
                unset($wanted[$name]);
            } else {
                $changes[] = $name === 'PRIMARY' ? 'DROP PRIMARY KEY' : "DROP KEY `$name`";
            }
        }

        return [...$changes, ...array_map(static fn (string $key): string => "ADD $key", array_values($wanted))];
    }

    /** @param array<string, int|float|string|null> $is A row of SHOW FULL COLUMNS */
    private static function differs(array $is, string $definition): bool
    {
        preg_match('/^`[^`]+` ([a-z]+(?:\([\d,]+\))?(?: unsigned)?)(.*)$/i', $definition, $m);
        [, $type, $rest] = $m;
        preg_match("/ DEFAULT ('((?:[^']|'')*)'|[-\w.]+)/i", $rest, $default);
        $wanted = match (true) {
            $default === [] || strtoupper($default[1]) === 'NULL' => null,
            default => str_replace("''", "'", $default[2] ?? $default[1]),
        };
        // MariaDB reports the display width, which MySQL no longer does.
        $actual = preg_replace('/\b(tinyint|smallint|int|bigint)\(\d+\)/', '$1', strtolower((string) $is['Type']));

        return (
            $actual !== strtolower($type)
            || ($is['Null'] === 'NO') !== (preg_match('/ NOT NULL/i', $rest) === 1)
            || (
                $is['Default'] === null || strtoupper((string) $is['Default']) === 'NULL'
                    ? null
                    : trim((string) $is['Default'], "'")
            ) !== $wanted
            || preg_match('/ COLLATE (\w+)/i', $rest, $collation) === 1
            && $collation[1] !== $is['Collation']
        );
    }

    /**
     * @return array{columns: array<string, string>, keys: array<string, string>}
     *
     * @throws \InvalidArgumentException when a line is not understood
     */
    private static function parse(string $ddl): array
    {
        $columns = [];
        $keys    = [];

        if (preg_match('/^CREATE TABLE (?:IF NOT EXISTS )?`([^`]+)` \(\s*\n(.*)\n\)[^)]*$/s', trim($ddl), $m) !== 1) {
            throw new \InvalidArgumentException("This is not a table: $ddl");
        }

        $column = [];

        foreach (explode("\n", trim($m[2])) as $line) {
            $line = trim($line, " \t,");

            if (preg_match('/^`([^`]+)` /', $line, $column) === 1) {
                $columns[$column[1]] = $line;
            } elseif (preg_match('/^(?:PRIMARY KEY|(?:UNIQUE )?KEY `([^`]+)`) \(/', $line, $key) === 1) {
                $keys[$key[1] ?? 'PRIMARY'] = $line;
            } else {
                throw new \InvalidArgumentException("This line of table {$m[1]} is not understood: $line");
            }
        }

        return ['columns' => $columns, 'keys' => $keys];
    }
}
