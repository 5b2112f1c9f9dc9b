<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Settings;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Services;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\TestDatabase;
use CloverSync\Vault;

/**
 * A stand-in shop on MariaDB, connected to a simulated Clover with its documented limits and 100 ms of latency.
 *
 * @phpstan-type SyncRun array{seconds: float, cpu_seconds: float, mib: float, result: array{status: string,
 *   itemsRead: int, imported: int, unchanged: int, failed: int, conflicts: int, requests: int, productRows: int, ...}}
 * @phpstan-type WorkRun array{seconds: float, result: array{confirmed: int, ...}, ...}
 */
final class Workspace
{
    public const SEED = 1;

    /** What Clover sends with its webhooks. */
    public const AUTH = 'a-webhook-secret-0123456789';

    private const SECRET   = 'a site secret for tests only';
    private const SITE     = 'https://shop.example';
    private const SETTINGS = ['default_category' => 2, 'import_status' => 'published'];

    public readonly TestDatabase $db;

    public readonly Simulator $clover;

    private int $lines = 0;

    /** @param bool $limited False for work that is not measured: without limits and latency */
    public function __construct(
        public readonly int $items,
        private readonly bool $limited = true,
        ?string $catalog = null,
    ) {
        $this->clover = Simulator::start($catalog ?? "synthetic:$items", $limited ? 'documented' : 'off', [
            '--latency',
            $limited ? '100' : '0',
            '--seed',
            (string) self::SEED,
        ]);
        $this->db = TestDatabase::create(Dialect::MySql) ?? throw new \LogicException(
            'MariaDB was there a moment ago.',
        );
        $shop          = $this->shop($this->db->connect());
        $authorization = $shop->connection->authorize('http://127.0.0.1:8902/callback');
        $shop->connection->complete(Simulator::approve($authorization->url), $authorization->state);
        $shop->connectionService()->connected();
        $shop->merchant->ask();
    }

    public function __destruct()
    {
        try {
            $this->db->drop();
        } catch (\PDOException) {
            // The server has already ended.
        }
    }

    /** @param array<string, mixed> $settings */
    public function shop(?Sql $sql = null, array $settings = []): Services
    {
        $connection = [
            'environment' => 'sandbox',
            'app_id'      => Simulator::APP_ID,
            'app_secret'  => Simulator::APP_SECRET,
            'base_url'    => $this->clover->url,
        ];

        return new Services(
            $sql ?? $this->db->connect(),
            Settings::fromArray($settings + self::SETTINGS + $connection),
            new Vault(self::SECRET),
            self::SITE,
        );
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array<string, string> What another process needs in order to be this shop
     */
    public function environment(array $settings = []): array
    {
        return [
            'CLOVERSYNC_ENVIRONMENT' => 'sandbox',
            'CLOVERSYNC_APP_ID'      => Simulator::APP_ID,
            'CLOVERSYNC_APP_SECRET'  => Simulator::APP_SECRET,
            'CLOVERSYNC_BASE_URL'    => $this->clover->url,
            ...$this->db->environment(),
            'CLOVERSYNC_SITE'           => self::SITE,
            'CLOVERSYNC_SITE_SECRET'    => self::SECRET,
            'CLOVERSYNC_WEBHOOK_SECRET' => self::AUTH,
            'CLOVERSYNC_SETTINGS'       => json_encode($settings + self::SETTINGS, JSON_THROW_ON_ERROR),
        ];
    }

    /**
     * A sync that does what is measured, or fails.
     *
     * @param 'imported'|'unchanged' $how
     *
     * @return SyncRun
     */
    public function sync(string $how, ?Engine $engine = null, string $job = 'sync'): array
    {
        /** @var SyncRun $run */
        $run    = $this->job($job, $engine);
        $result = $run['result'];
        // The items of a group are one product.
        $products = $how === 'imported' ? $result['imported'] : $result['unchanged'];

        if (
            $result['status'] !== 'done'
            || $result['itemsRead'] !== $this->items
            || $result['failed'] !== 0
            || $result['conflicts'] !== 0
            || $products < ($this->items / 2)
        ) {
            throw new \RuntimeException(
                "A run did not do what is measured ($how): " . json_encode($result, JSON_THROW_ON_ERROR),
            );
        }

        return $run;
    }

    /**
     * One of {@see Jobs} in a process of its own, as a scheduled task would do it.
     *
     * @param ?Engine              $engine   Null: that of this process
     * @param array<string, mixed> $settings
     * @param string               $memory   PHP's limit; its default
     *
     * @return array<string, mixed>
     */
    public function job(string $name, ?Engine $engine = null, array $settings = [], string $memory = '128M'): array
    {
        // Clover's limits count the last second: what is measured begins with none of it used.
        if ($this->limited) {
            usleep(1_100_000);
        }

        $engine  ??= Engine::current();
        $library = (string) getenv('CLOVERSYNC_EXTENSION');
        $pipes   = [];
        $process = proc_open(
            [
                PHP_BINARY,
                '-d',
                "memory_limit=$memory",
                ...($engine === Engine::Extension ? ['-d', "extension=$library"] : []),
                __DIR__ . '/../job.php',
                $name,
            ],
            [['file', '/dev/null', 'r'], ['pipe', 'w'], STDERR],
            $pipes,
            // No settings of the command line are there.
            __DIR__,
            ['CLOVERSYNC_ENGINE' => $engine->value] + $this->environment($settings) + getenv(),
        );
        $text = isset($pipes[1]) ? (string) stream_get_contents($pipes[1]) : '';

        if ($process === false || proc_close($process) !== 0) {
            throw new \RuntimeException("The job $name failed: $text");
        }

        /** @var array<string, mixed> $found */
        $found = json_decode($text, true, flags: JSON_THROW_ON_ERROR);

        return $found;
    }

    /**
     * A paid web order of one unit of each of these items.
     *
     * @param list<string> $items
     * @param bool         $event Whether the shop was informed; else only the reconciler finds it
     */
    public function sell(Services $shop, int $order, array $items, bool $event = true): void
    {
        $lines = [];

        foreach ($items as $item) {
            $lines[] = [
                'line_id'    => ++$this->lines,
                'clover_id'  => $item,
                'name'       => "Line $this->lines",
                'quantity'   => 1,
                'unit_price' => 100,
            ];
        }

        (new FakeCheckout($shop->sql, $shop->links(), $shop->clock))->place(OrderFile::fromJson(json_encode([
            'order_id'           => (string) $order,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '1'],
            'lines'              => $lines,
        ], JSON_THROW_ON_ERROR)));

        if ($event) {
            $shop->orderEvents()->statusChanged((string) $order, 5, 1);
        }
    }

    /** @param list<array{status: ?int, ...}> $calls */
    public static function refused(array $calls): int
    {
        return \count(array_keys(array_column($calls, 'status'), 429, true));
    }
}
