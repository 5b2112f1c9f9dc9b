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
    /** Where memory holds files, and how many bytes must be free there. */
    private const MEMORY = '/dev/shm';
    private const ROOM   = 1 << 30;

    private static int $number = 0;

    /** @param ?\Closure(self): Sql $connector */
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
     * @param ?\Closure(self): Sql $connector Opens a connection; null = PDO
     *
     * @return ?self Null when this machine lacks the database
     */
    public static function create(Dialect $dialect, ?\Closure $connector = null): ?self
    {
        if ($dialect === Dialect::Sqlite) {
            $file = Files::temporary('test', self::folder());
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

    /** For databases. Tests kill processes, not machines, so no write need wait for a disk. */
    public static function folder(): string
    {
        return is_writable(self::MEMORY) && (float) disk_free_space(self::MEMORY) > self::ROOM
            ? self::MEMORY
            : sys_get_temp_dir();
    }

    /** @return array<string, string> What the command line and the webhook server need in order to use it */
    public function environment(): array
    {
        return [
            'CLOVERSYNC_DSN'         => $this->dsn,
            'CLOVERSYNC_DB_USER'     => (string) $this->user,
            'CLOVERSYNC_DB_PASSWORD' => (string) $this->password,
            'CLOVERSYNC_DB_PREFIX'   => $this->prefix,
        ];
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
