<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Cli\PdoSql;
use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Database\Sql;

/** An empty test shop on one of the two databases. */
final class TestDatabase
{
    private static int $number = 0;

    private function __construct(
        public readonly Dialect $dialect,
        public readonly string $dsn,
        public readonly ?string $user,
        #[\SensitiveParameter]
        public readonly ?string $password,
        public readonly string $prefix,
        private readonly ?string $file,
        private readonly ?\Closure $connector,
    ) {
    }

    /**
     * @param ?string              $folder    Of the SQLite file; null = the system's for temporary files
     * @param ?\Closure(self): Sql $connector Opens a connection; null = PDO
     *
     * @return ?self Null when this machine lacks the database
     */
    public static function create(Dialect $dialect, ?string $folder = null, ?\Closure $connector = null): ?self
    {
        if ($dialect === Dialect::Sqlite) {
            $file = tempnam($folder ?? sys_get_temp_dir(), 'cloversync-test-');
            $db   = new self($dialect, "sqlite:$file", null, null, 'jos_', $file, $connector);
        } else {
            $server = MariaDb::get();

            if ($server === null) {
                return null;
            }

            $prefix = 't' . ++self::$number . '_';
            $db     = new self($dialect, $server->dsn, $server->user, $server->password, $prefix, null, $connector);
            $db->dropTables();
        }

        $sql = $db->connect();
        (new Schema($sql))->install(__DIR__ . '/../../dev/shop/shop.mysql.sql');
        (new AppSchema($sql))->ensure();

        return $db;
    }

    /** A new connection each time. */
    public function connect(): Sql
    {
        return $this->connector !== null
            ? ($this->connector)($this)
            : PdoSql::connect($this->dsn, $this->user, $this->password, $this->prefix);
    }

    public function drop(): void
    {
        if ($this->file === null) {
            $this->dropTables();

            return;
        }

        foreach (['', '-wal', '-shm'] as $suffix) {
            @unlink($this->file . $suffix);
        }
    }

    private function dropTables(): void
    {
        $sql = $this->connect();

        foreach ($sql->fetchColumn('SELECT table_name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_name LIKE ?', [
            str_replace('_', '\\_', $this->prefix) . '%',
        ]) as $table) {
            $sql->execute("DROP TABLE `$table`");
        }
    }
}
