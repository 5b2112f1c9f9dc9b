<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

/**
 * The MariaDB of a test run: the one in CLOVERSYNC_TEST_DSN, else a private server for the duration of the run.
 */
final class MariaDb
{
    /** Tests kill only clients, never this server, so it need not wait for the disk. */
    private const CARELESS = [
        '--innodb-flush-log-at-trx-commit=0',
        '--innodb-doublewrite=0',
        '--innodb-flush-method=nosync',
        '--innodb-file-per-table=0',
        '--innodb-buffer-pool-size=256M',
    ];

    private static ?self $instance = null;

    private function __construct(
        public readonly string $dsn,
        public readonly string $user,
        #[\SensitiveParameter]
        public readonly string $password,
    ) {
    }

    /** @return ?self Null when this machine has no MariaDB */
    public static function get(): ?self
    {
        return self::$instance ??= self::fromEnvironment() ?? self::start();
    }

    public static function require(): self
    {
        return self::get() ?? throw new \RuntimeException('MariaDB is not installed.');
    }

    private static function fromEnvironment(): ?self
    {
        $dsn = getenv('CLOVERSYNC_TEST_DSN');

        if ($dsn === false || $dsn === '') {
            return null;
        }

        if (preg_match('/dbname=([^;]*_test)(;|$)/', $dsn) !== 1) {
            throw new \RuntimeException(
                'CLOVERSYNC_TEST_DSN must name a database whose name ends in _test: the tests empty it.',
            );
        }

        return new self($dsn, (string) getenv('CLOVERSYNC_TEST_USER'), (string) getenv('CLOVERSYNC_TEST_PASSWORD'));
    }

    /**
     * A private server with Debian's settings: durable commits, the default buffer pool, with its data in this folder.
     * It becomes the run's server.
     *
     * @return ?self Null when this machine has no MariaDB
     */
    public static function startDurable(string $folder): ?self
    {
        return self::$instance = self::start($folder, []);
    }

    /**
     * @param ?string      $folder  Of the data; null = where no write waits for a disk
     * @param list<string> $options
     */
    private static function start(?string $folder = null, array $options = self::CARELESS): ?self
    {
        $server  = self::find('mariadbd', 'mysqld');
        $install = self::find('mariadb-install-db', 'mysql_install_db');

        if ($server === null || $install === null) {
            return null;
        }

        $dir  = sys_get_temp_dir() . '/cloversync-mariadb-' . bin2hex(random_bytes(4));
        $data = ($folder ?? TestDatabase::folder()) . '/' . basename($dir) . '-data';
        mkdir($dir, 0o700);
        $user = Account::user();
        $code = 0;
        exec(
            \sprintf(
                '%s --no-defaults --datadir=%s --user=%s --auth-root-authentication-method=normal '
                . '--skip-test-db >%s 2>&1',
                escapeshellarg($install),
                escapeshellarg($data),
                escapeshellarg($user),
                escapeshellarg("$dir/install.log"),
            ),
            result_code: $code,
        );

        if ($code !== 0) {
            throw new \RuntimeException("mariadb-install-db failed, see $dir/install.log");
        }

        $log     = fopen("$dir/server.log", 'a');
        $pipes   = [];
        $process = $log === false
            ? false
            : proc_open(
                [
                    $server,
                    '--no-defaults',
                    "--datadir=$data",
                    "--user=$user",
                    "--socket=$dir/sock",
                    '--skip-networking',
                    '--pid-file=' . "$dir/pid",
                    ...$options,
                    '--character-set-server=utf8mb4',
                    '--max-connections=300',
                    '--collation-server=utf8mb4_unicode_ci',
                ],
                [['file', '/dev/null', 'r'], $log, $log],
                $pipes,
                // A zone with summer time: no result may depend on the server's zone.
                env_vars: ['TZ' => 'Europe/Berlin'] + getenv(),
            );

        if ($process === false) {
            throw new \RuntimeException("$server cannot be started.");
        }

        $owner = getmypid();
        register_shutdown_function(static function () use ($process, $dir, $data, $owner): void {
            if (getmypid() === $owner) {
                proc_terminate($process, SIGKILL);
                proc_close($process);
                exec('rm -rf ' . escapeshellarg($dir) . ' ' . escapeshellarg($data));
            }
        });

        for ($i = 0; $i < 300; $i++) {
            try {
                (new \PDO("mysql:unix_socket=$dir/sock", 'root', ''))->exec('CREATE DATABASE cloversync_test');

                return new self("mysql:unix_socket=$dir/sock;dbname=cloversync_test", 'root', '');
            } catch (\PDOException) {
                usleep(100_000);
            }
        }

        throw new \RuntimeException("MariaDB did not start, see $dir/server.log");
    }

    private static function find(string ...$names): ?string
    {
        foreach ($names as $name) {
            foreach ([...explode(':', (string) getenv('PATH')), '/usr/sbin', '/usr/local/sbin'] as $dir) {
                if (is_executable("$dir/$name")) {
                    return "$dir/$name";
                }
            }
        }

        return null;
    }
}
