<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

/** Creates tables from a schema file. */
final readonly class Schema
{
    /** Tables of the app, next to this library. */
    public const APP_FILE = __DIR__ . '/../../sql/clover.mysql.sql';

    public function __construct(
        private Sql $sql,
    ) {
    }

    /**
     * Creates missing tables. Rows are seeded only when the file's first table was missing.
     *
     * @throws \InvalidArgumentException when the file cannot be read or translated
     */
    public function install(string $file): void
    {
        $statements = self::statements(self::read($file));

        // Two processes may start at once. On SQLite the second waits here and then finds all tables. MySQL commits at
        // each CREATE TABLE, so it gets no transaction.
        if ($this->sql->dialect() === Dialect::Sqlite) {
            $this->sql->transaction(fn () => $this->apply($statements));
        } else {
            $this->apply($statements);
        }
    }

    /** @throws \InvalidArgumentException when the file cannot be read */
    public static function read(string $file): string
    {
        $text = @file_get_contents($file);

        return $text !== false ? $text : throw new \InvalidArgumentException("The schema file $file cannot be read.");
    }

    /** @param list<string> $statements */
    public function apply(array $statements): void
    {
        $fresh = !$this->exists(self::tableOf($statements[0] ?? ''));

        foreach ($statements as $statement) {
            if (!$fresh && str_starts_with($statement, 'INSERT')) {
                continue;
            }

            foreach ($this->sql->dialect() === Dialect::Sqlite
                ? SqliteDdl::translate($statement)
                : [$statement] as $translated) {
                $this->sql->execute($translated);
            }
        }
    }

    public function exists(string $table): bool
    {
        try {
            $this->sql->fetchOne("SELECT 1 FROM `$table` LIMIT 1");

            return true;
        } catch (\RuntimeException) {
            return false;
        }
    }

    /** @return list<string> */
    public static function statements(string $text): array
    {
        $statements = preg_split('/;\s*(?:\n|$)/', (string) preg_replace('/^--.*$/m', '', $text)) ?: [];

        return array_values(array_filter(array_map(trim(...), $statements), static fn (string $s): bool => $s !== ''));
    }

    public static function tableOf(string $statement): string
    {
        return preg_match('/^CREATE TABLE (?:IF NOT EXISTS )?`([^`]+)`/', $statement, $m) === 1 ? $m[1] : '';
    }
}
