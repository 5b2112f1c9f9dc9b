<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Connection;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\Program;
use CloverSync\Tests\Support\ShopTestCase;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\TestConnection;
use CloverSync\TokenStore;
use CloverSync\Vault;

/** A shop with its own simulator. */
abstract class ResilienceTestCase extends ShopTestCase
{
    protected const SECRET   = 'a site secret for tests only';
    protected const SITE     = 'https://shop.example';
    protected const REDIRECT = 'http://127.0.0.1:8902/callback';

    protected Simulator $clover;

    /** Where the shop finds Clover; null = the simulator itself. */
    protected ?string $baseUrl = null;

    protected function setUp(): void
    {
        PhpEngine::require();
        parent::setUp();
    }

    protected function tearDown(): void
    {
        unset($this->clover);
        parent::tearDown();
    }

    /** Starts a simulator and connects the shop with it. */
    protected function connectTo(string $catalog = 'sandbox', string $limits = 'off'): void
    {
        $this->clover = Simulator::start($catalog, $limits);
        $this->connect($this->shop());
    }

    protected function connect(Services $shop): void
    {
        $authorization = $shop->connection->authorize(self::REDIRECT);
        $shop->connection->complete(Simulator::approve($authorization->url), $authorization->state);
        $shop->connectionService()->connected();
    }

    /** @param array<string, mixed> $settings */
    protected function settings(array $settings = []): Settings
    {
        return Settings::fromArray(
            $settings
            + [
                'environment'      => 'sandbox',
                'app_id'           => Simulator::APP_ID,
                'app_secret'       => Simulator::APP_SECRET,
                'base_url'         => $this->baseUrl ?? $this->clover->url,
                'default_category' => 2,
                'import_status'    => 'published',
            ],
        );
    }

    /** @param array<string, mixed> $settings */
    protected function shop(?Sql $sql = null, array $settings = [], Clock $clock = new SystemClock()): Services
    {
        return new Services(
            $sql ?? $this->sql,
            $this->settings($settings),
            new Vault(self::SECRET),
            self::SITE,
            clock: $clock,
        );
    }

    protected function connection(TokenStore $store, ?callable $log = null): Connection
    {
        return new Connection($this->settings(), new Vault(self::SECRET), $store, $log);
    }

    /**
     * A sync in a new process with an unused rate limit: the simulator's limits are off by default.
     *
     * @param array<string, mixed> $settings
     */
    protected function sync(array $settings = [], bool $confirmDeletes = false): SyncRunRow
    {
        return Child::fork(fn (): SyncRunRow => $this->shop($this->db->connect(), $settings)->runner()->run(
            new TimeBudget(),
            $confirmDeletes,
        ))->value();
    }

    /** Simulates the end of the time for which Clover must not be called. */
    protected function openTheGate(): void
    {
        $this->sql->execute("UPDATE #__j2commerce_clover_pace SET leases = ''");
    }

    protected static function assertDone(SyncRunRow $result, int $failed = 0): void
    {
        self::assertSame([RunStatus::Done, $failed, null], [$result->status, $result->failed, $result->message]);
    }

    /** @return array<string, int|float|string|null> The shop's rows of one item */
    protected function product(string $cloverId): array
    {
        return $this->firstRow('SELECT m.state AS link, m.error, c.title, c.state, p.enabled, v.sku, v.price,
            v.manage_stock, q.quantity
               FROM #__j2commerce_clover_mappings m
               JOIN #__content c ON c.id = m.article_id
               JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
              WHERE m.clover_id = ?', [$cloverId]);
    }

    protected function rows(string $table, string $where = '1 = 1'): int
    {
        return (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__$table WHERE $where");
    }

    /** @return list<string> Messages of the Sync Log with this status */
    protected function logged(string $status): array
    {
        return array_map(
            English::column(...),
            $this->texts('SELECT message FROM #__j2commerce_clover_log WHERE status = ? ORDER BY id', [$status]),
        );
    }

    /**
     * @template T of \Throwable
     *
     * @param class-string<T> $class
     *
     * @return T What was thrown
     */
    protected static function thrown(string $class, callable $work): \Throwable
    {
        try {
            $work();
        } catch (\Throwable $e) {
            self::assertInstanceOf($class, $e, $e->getMessage());

            return $e;
        }

        self::fail("No $class was thrown.");
    }

    /**
     * Runs a program in scripts/ with the engine of these tests.
     *
     * @param non-empty-list<string> $words       The program and its arguments
     * @param array<string, string>  $settings    PHP settings
     * @param array<string, string>  $environment Beside this process's own
     * @param non-empty-string       $input       The file that it reads
     *
     * @return array{int, string, string} Exit code (-1 after a signal), output, errors
     */
    protected static function script(
        array $words,
        array $settings = [],
        array $environment = [],
        string $input = '/dev/null',
    ): array {
        $opcache = isset($settings['opcache.preload']) && !\extension_loaded('Zend OPcache')
            ? ['-d', 'zend_extension=opcache']
            : [];
        $flags = PhpEngine::options();

        foreach ($settings as $name => $value) {
            array_push($flags, '-d', "$name=$value");
        }

        $program = Program::start(
            [PHP_BINARY, ...$opcache, ...$flags, __DIR__ . '/scripts/' . $words[0], ...\array_slice($words, 1)],
            $environment + getenv(),
            input: $input,
        );
        $output = $program->rest();

        return [$program->end(), $output, $program->errors()];
    }

    /**
     * @return array<string, mixed> Output of a program in scripts/, called with the simulator's URL and these arguments
     */
    protected function json(string $script, string ...$arguments): array
    {
        [$code, $output, $errors] = self::script([$script, $this->clover->url, ...array_values($arguments)]);
        self::assertSame([0, ''], [$code, $errors], $output);

        return Json::decode($output);
    }

    /** Prints figures that a reader of the run wants to see. */
    protected static function report(string $line): void
    {
        fwrite(STDERR, "\n    " . TestConnection::configured()->value . ": $line");
    }
}
