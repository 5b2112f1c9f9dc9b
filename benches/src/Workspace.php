<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Settings;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Services;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\TestDatabase;
use CloverSync\Vault;

/**
 * A stand-in shop on MariaDB, connected to a pretend Clover with its documented limits and 100 ms of latency.
 *
 * @phpstan-type Address array{dsn: string, user: ?string, password: ?string, prefix: string, url: string, ...}
 * @phpstan-type SyncRun array{seconds: float, cpu_seconds: float, idle_kib: int, peak_kib: int, result: array{
 *   status: string, itemsRead: int, imported: int, unchanged: int, failed: int, conflicts: int, requests: int,
 *   productRows: int, ...}}
 * @phpstan-type WorkRun array{seconds: float, result: array{confirmed: int, ...}, ...}
 */
final class Workspace
{
    public const SECRET  = 'a site secret for tests only';
    public const SITE    = 'https://shop.example';
    public const LATENCY = 100;
    public const SEED    = 1;
    private const REDIRECT = 'http://127.0.0.1:8902/callback';

    public readonly TestDatabase $db;

    public readonly Simulator $clover;

    private static string $root = __DIR__ . '/../..';

    public function __construct(
        public readonly int $items,
        string $limits = 'documented',
        int $latency = self::LATENCY,
        ?string $catalog = null,
    ) {
        $this->clover = Simulator::start($catalog ?? "synthetic:$items", $limits, [
            '--latency',
            (string) $latency,
            '--seed',
            (string) self::SEED,
        ]);
        $this->db = TestDatabase::create(Dialect::MySql) ?? throw new \RuntimeException(
            'MariaDB is not installed: run scripts/setup.sh.',
        );
        $shop          = $this->shop($this->db->connect());
        $authorization = $shop->connection->authorize(self::REDIRECT);
        $shop->connection->complete(Simulator::approve($authorization->url), $authorization->state);
        $shop->connectionService()->connected();
    }

    public function __destruct()
    {
        try {
            $this->db->drop();
        } catch (\PDOException) {
            // The server has already ended.
        }
    }

    /** Clover's limits count the last second: what is measured begins with none of it used. */
    public function rest(): void
    {
        usleep(1_100_000);
    }

    /** @return Address What a process needs in order to be this shop */
    public function address(): array
    {
        return [
            'dsn'      => $this->db->dsn,
            'user'     => $this->db->user,
            'password' => $this->db->password,
            'prefix'   => $this->db->prefix,
            'url'      => $this->clover->url,
        ];
    }

    /** @param array<string, mixed> $settings */
    public function shop(?Sql $sql = null, array $settings = []): Services
    {
        return self::shopAt($sql ?? $this->db->connect(), $this->clover->url, $settings);
    }

    /** @param array<string, mixed> $settings */
    public static function shopAt(Sql $sql, string $url, array $settings = []): Services
    {
        return new Services(
            $sql,
            Settings::fromArray(
                $settings
                + [
                    'environment'      => 'sandbox',
                    'app_id'           => Simulator::APP_ID,
                    'app_secret'       => Simulator::APP_SECRET,
                    'base_url'         => $url,
                    'default_category' => 2,
                    'import_status'    => 'published',
                ],
            ),
            new Vault(self::SECRET),
            self::SITE,
        );
    }

    /** @return SyncRun */
    public function sync(): array
    {
        /** @var SyncRun $run */
        $run = $this->job('sync');

        return $run;
    }

    /** @return WorkRun */
    public function work(): array
    {
        /** @var WorkRun $run */
        $run = $this->job('work');

        return $run;
    }

    /**
     * Work in a process of its own, as a scheduled task would do it.
     *
     * @param array<array-key, mixed> $arguments
     * @param list<string>            $php       Options of PHP
     *
     * @return array<string, mixed> What it found
     */
    public function job(string $name, array $arguments = [], array $php = []): array
    {
        return self::process([...self::extension(), ...$php], $name, $arguments + $this->address());
    }

    /**
     * @param list<string>            $php
     * @param array<array-key, mixed> $arguments
     *
     * @return array<string, mixed>
     */
    public static function process(array $php, string $name, array $arguments): array
    {
        $pipes   = [];
        $process = proc_open(
            // PHP's default limit.
            [
                PHP_BINARY,
                '-d',
                'memory_limit=128M',
                ...$php,
                self::$root . '/benches/job.php',
                $name,
                json_encode($arguments, JSON_THROW_ON_ERROR),
            ],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $pipes,
        );
        $text = isset($pipes[1]) ? (string) stream_get_contents($pipes[1]) : '';

        if ($process === false || proc_close($process) !== 0) {
            throw new \RuntimeException("The job $name failed: $text");
        }

        /** @var array<string, mixed> $found */
        $found = json_decode($text, true, flags: JSON_THROW_ON_ERROR);

        return $found;
    }

    /** @return list<string> */
    public static function extension(): array
    {
        return ['-d', 'extension=' . (string) getenv('CLOVERSYNC_EXTENSION')];
    }
}
