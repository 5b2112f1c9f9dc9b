<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\Dialect;

/**
 * A stored state of a shop's rows, to be restored. There may be no connection while it is taken or restored, except
 * idle connections to MariaDB.
 */
final class Snapshot
{
    private static int $number = 0;

    /** @param list<string> $filled Tables that had rows */
    private function __construct(
        private readonly TestDatabase $db,
        private readonly string $place,
        private readonly array $filled,
    ) {
    }

    public static function take(TestDatabase $db): self
    {
        $place = $db->dialect === Dialect::Sqlite
            ? self::file($db) . '-snapshot' . ++self::$number
            : 'snapshot' . ++self::$number . '_';

        if ($db->dialect === Dialect::Sqlite) {
            // Moves the rows that another process has left in the log into the file.
            $db->connect()->fetchAll('PRAGMA wal_checkpoint(TRUNCATE)');
            copy(self::file($db), $place);

            return new self($db, $place, []);
        }

        $sql    = $db->connect();
        $filled = array_values(array_filter(
            ShopDump::tables(),
            static fn (string $t): bool => $sql->fetchOne("SELECT 1 FROM #__$t LIMIT 1") !== null,
        ));

        foreach ($filled as $table) {
            $sql->execute("CREATE TABLE #__$place$table LIKE #__$table");
            $sql->execute("INSERT INTO #__$place$table SELECT * FROM #__$table");
        }

        return new self($db, $place, $filled);
    }

    public function restore(): void
    {
        if ($this->db->dialect === Dialect::Sqlite) {
            $file = self::file($this->db);
            @unlink("$file-wal");
            @unlink("$file-shm");
            copy($this->place, $file);

            return;
        }

        $sql = $this->db->connect();
        $sql->transaction(function () use ($sql): void {
            foreach (ShopDump::tables() as $table) {
                $sql->execute("DELETE FROM #__$table");

                if (\in_array($table, $this->filled, true)) {
                    $sql->execute("INSERT INTO #__$table SELECT * FROM #__$this->place$table");
                }
            }
        });
    }

    public function __destruct()
    {
        // On MariaDB the tables are deleted with the shop's, whose prefix they have.
        if ($this->db->dialect === Dialect::Sqlite) {
            @unlink($this->place);
        }
    }

    private static function file(TestDatabase $db): string
    {
        return substr($db->dsn, \strlen('sqlite:'));
    }
}
