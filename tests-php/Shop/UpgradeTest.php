<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\SchemaException;
use CloverSync\Tests\Support\FailingSql;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\ShopTestCase;

/** Upgrade of the app's tables from an earlier version. */
final class UpgradeTest extends ShopTestCase
{
    private const FIRST = __DIR__ . '/../fixtures/clover-0.1.0.mysql.sql';

    private const ROWS = 3;

    /**
     * Columns of 0.1.0 that were removed, because their contents are useless once the process has ended.
     *
     * @var array<string, list<string>> By table
     */
    private const array DROPPED = [];

    public function testRowsOfEveryTableOf010AreStillThereAfterTheUpgrade(): void
    {
        $before = $this->tablesOf010();
        (new AppSchema($this->sql))->ensure();

        self::assertRows($before, $this->sql);
        $shape = self::shape($this->sql);
        self::assertSame(self::shapeOfNewTables($this->sql), $shape);
    }

    public function testAnUpgradeRunTwiceWritesNothingTheSecondTime(): void
    {
        $this->tablesOf010();
        (new AppSchema($this->sql))->ensure();
        $second = new FailingSql($this->sql);
        (new AppSchema($second))->ensure();

        self::assertSame(0, $second->writes);
    }

    public function testAnUpgradeCutBeforeAnyWriteIsFinishedByTheNext(): void
    {
        $this->tablesOf010();
        $whole = new FailingSql($this->sql);
        (new AppSchema($whole))->ensure();
        self::assertGreaterThan(0, $whole->writes);
        $shape = self::shape($this->sql);

        for ($cut = 0; $cut < $whole->writes; $cut++) {
            $before = $this->tablesOf010();

            try {
                (new AppSchema(new FailingSql($this->db->connect(), $cut)))->ensure();
                self::fail("Write $cut did not come.");
            } catch (\LogicException) {
            }

            (new AppSchema($this->sql))->ensure();
            self::assertRows($before, $this->sql);
            self::assertSame($shape, self::shape($this->sql));
        }
    }

    public function testFourProcessesThatUpgradeAtOnceMakeTheSameTables(): void
    {
        $before = $this->tablesOf010();
        $codes  = $this->inProcesses(4, static function (Sql $sql): int {
            (new AppSchema($sql))->ensure();

            return 0;
        });
        $this->sql = $this->db->connect();

        self::assertSame([0, 0, 0, 0], $codes);
        self::assertRows($before, $this->sql);
        $shape = self::shape($this->sql);
        self::assertSame(self::shapeOfNewTables($this->sql), $shape);
    }

    public function testWhateverDiffersFromTheFileIsMadeAsItSays(): void
    {
        $before = $this->tablesOf010();
        $this->replaceTable(
            'clover_log',
            static fn (string $ddl): string => (string) preg_replace(
                [
                    "/\n  `run_id`[^\n]*/",
                    "/,\n  KEY `idx_run`[^\n]*/",
                    '/`message` text NOT NULL/',
                    '/varchar\(24\)/',
                    "/,\n  KEY `idx_entity` \([^)]*\)/",
                ],
                [
                    '',
                    '',
                    '`message` text',
                    'varchar(20)',
                    ",\n  KEY `idx_entity` (`entity_id`),\n  KEY `idx_odd` (`created`,`status`)",
                ],
                $ddl,
            ),
        );
        (new AppSchema($this->sql))->ensure();

        unset($before['j2commerce_clover_log']);
        self::assertRows($before, $this->sql);
        $shape = self::shape($this->sql);
        self::assertSame(self::shapeOfNewTables($this->sql), $shape);
    }

    public function testAnIdNeverComesBackAfterAnUpgrade(): void
    {
        $this->tablesOf010();
        $insert = fn () => $this->sql->execute("INSERT INTO #__j2commerce_clover_outbox
                (environment, order_id, event, created)
                VALUES ('sandbox', '1', 'scan', 1)");
        $insert();
        $last = (int) $this->sql->fetchValue('SELECT MAX(id) FROM #__j2commerce_clover_outbox');
        $this->sql->execute('DELETE FROM #__j2commerce_clover_outbox WHERE id = ?', [$last]);
        (new AppSchema($this->sql))->ensure();
        $insert();

        self::assertSame($last + 1, (int) $this->sql->fetchValue('SELECT MAX(id) FROM #__j2commerce_clover_outbox'));
    }

    public function testTablesOfANewerVersionAreRefusedInOneSentenceAndNotTouched(): void
    {
        $this->sql->execute(
            "UPDATE #__j2commerce_clover_state SET value = '99 abc' WHERE environment = 'site' AND name = 'schema'",
        );
        $this->sql->execute('DROP TABLE #__j2commerce_clover_staging');
        $shape = self::shape($this->sql);

        try {
            (new AppSchema($this->sql))->ensure();
            self::fail('It was taken.');
        } catch (SchemaException $e) {
            self::assertStringContainsString('newer version', $e->getMessage());
            self::assertStringContainsString('99', $e->getMessage());
        }

        self::assertSame($shape, self::shape($this->sql));
    }

    public function testALostTableIsMadeAgainWhereThatLosesNothing(): void
    {
        $whole = self::shape($this->sql);

        foreach (['staging', 'locks', 'pace', 'log', 'runs', 'inbox'] as $name) {
            $this->sql->execute("DROP TABLE #__j2commerce_clover_$name");
        }

        (new AppSchema($this->sql))->ensure();
        self::assertSame($whole, self::shape($this->sql));
    }

    /** @return list<array{string}> */
    public static function preciousTables(): array
    {
        return [['state'], ['mappings'], ['ledger'], ['orders'], ['outbox']];
    }

    #[\PHPUnit\Framework\Attributes\DataProvider('preciousTables')]
    public function testALostTableWhoseRowsAreNeededIsNamedAndNotMadeAgain(string $name): void
    {
        $this->tablesOf010();
        (new AppSchema($this->sql))->ensure();
        $this->sql->execute("DROP TABLE #__j2commerce_clover_$name");

        try {
            (new AppSchema($this->sql))->ensure();
            self::fail('It was made again.');
        } catch (SchemaException $e) {
            self::assertStringContainsString("the table j2commerce_clover_$name", $e->getMessage());
            self::assertStringContainsString('restore it from a backup', $e->getMessage());
        }

        self::assertFalse((new Schema($this->sql))->exists("#__j2commerce_clover_$name"));
    }

    public function testAFirstInstallationThatWasCutIsFinished(): void
    {
        $whole = self::shape($this->sql);

        foreach (['state', 'ledger', 'orders', 'inbox'] as $name) {
            $this->sql->execute("DROP TABLE #__j2commerce_clover_$name");
        }

        (new AppSchema($this->sql))->ensure();
        self::assertSame($whole, self::shape($this->sql));
    }

    /** @return array<string, list<array<string, mixed>>> Their rows, by table */
    private function tablesOf010(): array
    {
        $rows = [];

        foreach (self::tables(Schema::APP_FILE) as $table) {
            $this->sql->execute("DROP TABLE IF EXISTS `#__$table`");
        }

        (new Schema($this->sql))->install(self::FIRST);

        foreach (Schema::statements(Files::read(self::FIRST)) as $ddl) {
            $m = [];
            self::assertSame(1, preg_match('/`#__(\w+)`/', $ddl, $m));

            for ($n = 1; $n <= self::ROWS; $n++) {
                $row = self::row($ddl, $n);
                $this->sql->execute(
                    "INSERT INTO `#__{$m[1]}` (`"
                    . implode('`, `', array_keys($row))
                    . '`) VALUES ('
                    . implode(', ', array_fill(0, \count($row), '?'))
                    . ')',
                    array_values($row),
                );
            }

            $rows[$m[1]] = $this->sql->fetchAll("SELECT * FROM `#__{$m[1]}`");
        }

        return $rows;
    }

    /**
     * @return array<string, scalar|null> A row that fills its columns to the brim; the second has null wherever it
     *   may
     */
    private static function row(string $ddl, int $n): array
    {
        $row = [];
        preg_match_all('/^  `(\w+)` (\w+)(?:\(([\d,]+)\))?(.*)$/m', $ddl, $columns, PREG_SET_ORDER);

        foreach ($columns as [, $name, $type, $size, $rest]) {
            $row[$name] = match (true) {
                $n === 2 && !str_contains($rest, 'NOT NULL') => null,
                str_contains($rest, 'AUTO_INCREMENT') => 10 * $n,
                $type === 'tinyint' => $n,
                str_ends_with($type, 'int') => 2_000_000_000 + $n,
                $type === 'datetime' => "2026-11-2$n 03:04:05",
                $type === 'decimal' => "1234567.12$n",
                $type === 'varchar' => mb_substr("{$n}É{$name}", 0, 2) . str_repeat("\u{1F600}", (int) $size - 2),
                default => "{$n} {\"é\": \"\u{1F600} ' \\\\\"}" . str_repeat('x', 9_000),
            };
        }

        return $row;
    }

    /** @param \Closure(string): string $change */
    private function replaceTable(string $name, \Closure $change): void
    {
        $this->sql->execute("DROP TABLE `#__j2commerce_$name`");

        foreach (Schema::statements(Files::read(self::FIRST)) as $ddl) {
            if (str_contains($ddl, "`#__j2commerce_$name`")) {
                self::assertNotSame($ddl, $change($ddl));
                (new Schema($this->sql))->apply([$change($ddl)]);
            }
        }
    }

    /** @param array<string, list<array<string, mixed>>> $before */
    private static function assertRows(array $before, Sql $sql): void
    {
        foreach ($before as $table => $rows) {
            $now = $sql->fetchAll(
                "SELECT * FROM `#__$table`"
                . ($table === 'j2commerce_clover_state' ? " WHERE environment <> 'site'" : ''),
            );
            self::assertCount(\count($rows), $now, $table);

            foreach ($rows as $i => $row) {
                $kept = array_diff_key($row, array_flip(self::DROPPED[$table] ?? []));
                self::assertSame([], array_diff_key($kept, $now[$i]), "Columns lost from $table");
                self::assertEquals($kept, array_intersect_key($now[$i], $kept), $table);
            }
        }
    }

    /** @return array<string, mixed> The database's description of each table */
    private static function shape(Sql $sql): array
    {
        $shape = [];

        foreach (self::tables(Schema::APP_FILE) as $table) {
            if (!(new Schema($sql))->exists("#__$table")) {
                $shape[$table] = null;
            } elseif ($sql->dialect() === Dialect::Sqlite) {
                $shape[$table] = array_map(
                    static fn (array $row): string => (
                        Row::string($row, 'name')
                        . ': '
                        . (
                            $row['type'] === 'index'
                                ? Row::string($row, 'sql')
                                : (string) strstr(Row::string($row, 'sql'), '(')
                        )
                    ),
                    $sql->fetchAll(
                        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = '#__$table' AND sql IS NOT NULL
                            ORDER BY type, name",
                    ),
                );
            } else {
                $lines = explode(
                    "\n",
                    (string) preg_replace(
                        ['/ AUTO_INCREMENT=\d+/', "/ COMMENT '(?:[^']|'')*'/"],
                        '',
                        Row::string($sql->fetchOne("SHOW CREATE TABLE `#__$table`") ?? [], 'Create Table'),
                    ),
                );
                $keys  = preg_grep('/^  (UNIQUE )?KEY /', $lines) ?: [];
                $names = array_map(static fn (string $line): string => trim($line, ' ,'), $keys);
                sort($names);
                $shape[$table] = [...array_values(array_diff_key($lines, $keys)), ...$names];
            }
        }

        return $shape;
    }

    /**
     * Renames tables to those that they replace.
     *
     * @return array<string, mixed>
     */
    private static function shapeOfNewTables(Sql $sql): array
    {
        foreach (self::tables(Schema::APP_FILE) as $table) {
            $sql->execute("DROP TABLE `#__$table`");
        }

        (new Schema($sql))->install(Schema::APP_FILE);

        return self::shape($sql);
    }

    /** @return list<string> Without the prefix */
    private static function tables(string $file): array
    {
        $matches = [];
        preg_match_all('/^CREATE TABLE IF NOT EXISTS `#__(\w+)`/m', Files::read($file), $matches);

        return array_values($matches[1]);
    }
}
