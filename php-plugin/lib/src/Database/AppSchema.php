<?php

declare(strict_types=1);

namespace CloverSync\Shop\Database;

\defined('_JEXEC') or die();

use CloverSync\Shop\Exception\SchemaException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;

/**
 * The app's own tables: created when there are none, upgraded from an older version, refused when a newer version made
 * them.
 *
 * The schema file alone defines the tables. An upgrade compares them with it and alters the differences, so it can be
 * interrupted and repeated, and a table that 0.1.0 did not have needs no script. {@see self::migrate()} moves data.
 */
final readonly class AppSchema
{
    /** A release that changes the schema file raises it. Version 1 is that of 0.1.0, which stored no version. */
    public const VERSION = 2;

    private const PREFIX = '#__j2commerce_clover_';
    private const STATE  = self::PREFIX . 'state';
    private const LINKS  = self::PREFIX . 'mappings';

    /** The links of an installation that was removed. The uninstallation gives their table this name. */
    private const KEPT = self::PREFIX . 'kept';

    /** Environment of facts that belong to the whole site. */
    private const SITE = 'site';
    private const NAME = 'schema';

    /** If one of these were recreated empty, units could be sold, or orders pushed, a second time. */
    private const PRECIOUS = ['state', 'mappings', 'ledger', 'orders', 'outbox'];

    /** Seconds to wait for an upgrade that another process has started. */
    private const PATIENCE = 60;

    public function __construct(
        private Sql $sql,
        private string $file = Schema::APP_FILE,
    ) {
    }

    /**
     * Call it before any read of the tables. It costs one query when the tables are current.
     *
     * @throws SchemaException           when they are a newer version's, or one is missing whose rows are needed
     * @throws \InvalidArgumentException when the schema file cannot be read
     */
    public function ensure(): void
    {
        $text    = Schema::read($this->file);
        $current = self::VERSION . ' ' . hash('crc32b', $text);
        $tables  = self::tables($text);

        if ($this->quickVersion(array_keys($tables)) === $current) {
            return;
        }

        if ($this->sql->dialect() === Dialect::Sqlite) {
            $this->sql->transaction(fn () => $this->upgrade($tables, $current));

            return;
        }

        // MySQL commits at each DDL statement, so a transaction cannot exclude a second process. The lock ends with its
        // connection.
        $locked = (int) $this->sql->fetchValue('SELECT GET_LOCK(CONCAT(DATABASE(), ?), ?)', [
            '.clover_schema',
            self::PATIENCE,
        ]);

        if ($locked !== 1) {
            throw new SchemaException(new Message(MessageCode::SchemaBusy));
        }

        try {
            $this->upgrade($tables, $current);
        } finally {
            $this->sql->fetchValue('SELECT RELEASE_LOCK(CONCAT(DATABASE(), ?))', ['.clover_schema']);
        }
    }

    /**
     * The stored version if all tables exist.
     *
     * @param list<string> $tables
     */
    private function quickVersion(array $tables): ?string
    {
        $there = implode(', ', array_map(static fn (string $t): string => "(SELECT 1 FROM `$t` LIMIT 1)", $tables));

        try {
            $value = $this->sql->fetchValue(
                'SELECT (SELECT value FROM ' . self::STATE . " WHERE environment = ? AND name = ?), $there",
                [self::SITE, self::NAME],
            );
        } catch (\RuntimeException) {
            return null;
        }

        return $value === null ? null : (string) $value;
    }

    /** @param array<string, string> $tables CREATE TABLE statements by name */
    private function upgrade(array $tables, string $current): void
    {
        $schema  = new Schema($this->sql);
        $missing = array_values(array_filter(array_keys($tables), static fn (string $t): bool => !$schema->exists($t)));
        $stored  = \in_array(self::STATE, $missing, true)
            ? null
            : $this->sql->fetchValue('SELECT value FROM ' . self::STATE . ' WHERE environment = ? AND name = ?', [
                self::SITE,
                self::NAME,
            ]);
        $version = (int) $stored;

        if ($version > self::VERSION) {
            throw new SchemaException(new Message(MessageCode::SchemaNewer, [
                'tables'  => $version,
                'version' => self::VERSION,
            ]));
        }

        $this->refuseLoss($missing, array_keys($tables));
        $dialect = $this->sql->dialect() === Dialect::Sqlite
            ? new SqliteTables($this->sql)
            : new MysqlTables($this->sql);

        foreach ($tables as $table => $ddl) {
            if (\in_array($table, $missing, true)) {
                $schema->apply([$ddl]);
            } else {
                $dialect->alter($table, $ddl);
            }
        }

        $this->takeOverLinks($schema, $dialect, $tables[self::LINKS]);
        $this->migrate($version);
        (new Bulk($this->sql))->upsert(
            self::STATE,
            ['environment', 'name', 'value', 'modified'],
            [[self::SITE, self::NAME, $current, gmdate('Y-m-d H:i:s')]],
            ['environment', 'name'],
            ['value', 'modified'],
        );
    }

    /**
     * Without the links of the removed installation, a sync would make every product without an SKU a second time.
     *
     * A process that is interrupted at any statement leaves a state that the next one completes.
     */
    private function takeOverLinks(Schema $schema, MysqlTables|SqliteTables $dialect, string $ddl): void
    {
        if (!$schema->exists(self::KEPT)) {
            return;
        }

        // Links that this installation has made are newer.
        if (!$this->isEmpty(self::LINKS) || $this->isEmpty(self::KEPT)) {
            $this->sql->execute('DROP TABLE ' . self::KEPT);

            return;
        }

        // The runs have new numbers.
        $this->sql->execute('UPDATE ' . self::KEPT . ' SET seen_run = 0');
        $this->sql->execute('DROP TABLE ' . self::LINKS);
        $this->sql->execute('ALTER TABLE ' . self::KEPT . ' RENAME TO ' . self::LINKS);
        $dialect->alter(self::LINKS, $ddl);
    }

    private function isEmpty(string $table): bool
    {
        return $this->sql->fetchValue("SELECT 1 FROM `$table` LIMIT 1") === null;
    }

    /**
     * Changes rows once the tables have their new definition. Each step finds out what is left to do, because an
     * earlier upgrade may have been interrupted.
     *
     * @param int $from The stored version; 0 when none was stored
     */
    private function migrate(int $from): void
    {
    }

    /**
     * @param list<string> $missing
     * @param list<string> $tables
     */
    private function refuseLoss(array $missing, array $tables): void
    {
        $precious = array_map(static fn (string $name): string => self::PREFIX . $name, self::PRECIOUS);
        $lost     = array_intersect($precious, $missing);

        if ($lost === []) {
            return;
        }

        foreach (array_diff($tables, $missing) as $table) {
            if (
                \in_array($table, $precious, true)
                && $this->sql->fetchValue("SELECT 1 FROM `$table` LIMIT 1") !== null
            ) {
                $names = array_map(static fn (string $name): string => substr($name, 3), array_values($lost));

                throw new SchemaException(new Message(MessageCode::SchemaLost, [
                    'count'  => \count($names),
                    'tables' => $names,
                ]));
            }
        }
    }

    /** @return array<string, string> CREATE TABLE statements by name */
    private static function tables(string $text): array
    {
        $tables = [];

        foreach (Schema::statements($text) as $statement) {
            $tables[Schema::tableOf($statement)] = $statement;
        }

        return $tables;
    }
}
