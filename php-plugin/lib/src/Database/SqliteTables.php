<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** Alters existing tables to match their DDL, on SQLite. */
final readonly class SqliteTables
{
    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * Does nothing when nothing differs. Call it in a transaction.
     *
     * SQLite cannot alter a column, so a table that differs is created anew and filled; a column that its DDL does not
     * name is dropped.
     */
    public function alter(string $table, string $ddl): void
    {
        $statements = SqliteDdl::translate($ddl);
        $create     = array_shift($statements) ?? '';

        // The name is a literal, not a bound value: only then does it get its prefix.
        $is = (string) $this->sql->fetchValue("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '$table'");

        if (self::body($is) !== self::body($create)) {
            $this->rebuild($table, $create);
        }

        $wanted = [];

        foreach ($statements as $statement) {
            $m             = [];
            $named         = preg_match('/^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS `([^`]+)`/', $statement, $m) === 1;
            $name          = $named ? $m[1] : throw new \InvalidArgumentException("This is not an index: $statement");
            $wanted[$name] = $statement;
            $is            = $this->sql->fetchValue(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = '$name'",
            );

            if (
                $is !== null
                && (
                    self::body((string) $is) !== self::body($statement)
                    || self::isUnique((string) $is) !== self::isUnique($statement)
                )
            ) {
                $this->sql->execute("DROP INDEX `$name`");
            }

            $this->sql->execute($statement);
        }

        $this->dropOther($table, array_keys($wanted));
    }

    private function rebuild(string $table, string $create): void
    {
        $new = $table . '_new';
        $this->sql->execute("DROP TABLE IF EXISTS `$new`");
        $this->sql->execute((string) preg_replace(
            '/^CREATE TABLE (?:IF NOT EXISTS )?`[^`]+`/',
            "CREATE TABLE `$new`",
            $create,
            1,
        ));
        $columns = fn (string $of): array => array_map(
            strval(...),
            $this->sql->fetchColumn("SELECT name FROM pragma_table_info('$of')"),
        );
        $shared = '`' . implode('`, `', array_intersect($columns($new), $columns($table))) . '`';
        $this->sql->execute("INSERT INTO `$new` ($shared) SELECT $shared FROM `$table`");

        if (str_contains($create, 'AUTOINCREMENT')) {
            // An id must never be reused, not even that of a deleted last row.
            $last = $this->sql->fetchValue("SELECT seq FROM sqlite_sequence WHERE name = '$table'");
            $this->sql->execute("DELETE FROM sqlite_sequence WHERE name = '$new'");
            $this->sql->execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('$new', ?)", [(int) $last]);
        }

        $this->sql->execute("DROP TABLE `$table`");
        $this->sql->execute("ALTER TABLE `$new` RENAME TO `$table`");
    }

    /** @param list<string> $wanted Names of indexes, with the placeholder of the prefix */
    private function dropOther(string $table, array $wanted): void
    {
        $names = implode(', ', array_map(static fn (string $name): string => "'$name'", [...$wanted, '']));

        foreach ($this->sql->fetchColumn(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '$table' AND sql IS NOT NULL "
            . "AND name NOT IN ($names)",
        ) as $name) {
            $this->sql->execute("DROP INDEX `$name`");
        }
    }

    private static function body(string $sql): string
    {
        return trim(substr($sql, (int) strpos($sql, '(')));
    }

    private static function isUnique(string $sql): bool
    {
        return str_starts_with($sql, 'CREATE UNIQUE');
    }
}
