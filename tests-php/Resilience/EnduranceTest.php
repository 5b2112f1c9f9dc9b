<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Fpm;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\WebhookStorm;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * Processes that run long, end anywhere, fork, or were preloaded. Each is a separate PHP process, in which nothing was
 * freed before.
 *
 * @phpstan-type Held array{calls: int, bytes: int, threads: int, files: int}
 * @phpstan-type Endured array{measured: list{Held, Held}, refused: int|float, grouped: int, mapped: int,
 *   seconds: float}
 * @phpstan-type Thrown array{count: int, thrown: int, arrived: int, bytes: int}
 * @phpstan-type Preloaded array{threads: list<int>, there: list<bool>, preloaded: int, status: string, read: int,
 *   failed: int}
 */
#[Group('once')]
final class EnduranceTest extends ResilienceTestCase
{
    private const CALLS        = 100_000;
    private const THROWS       = 500;
    private const GROWTH_LIMIT = 2 * 1024 * 1024;
    private const AUTH         = 'a-webhook-secret-0123456789';

    #[TestDox('100,000 calls without a request, a quarter of them refused, leave no memory, file or thread behind')]
    public function test_a_hundred_thousand_calls(): void
    {
        $this->clover = Simulator::start();
        $result       = $this->endurance('0');
        [$before, $after] = $result['measured'];
        self::report(\sprintf(
            'RSS %.0f KiB after %d calls, %.0f KiB after %d, %+.1f KiB; %d threads, %d files; %.0f µs a call',
            $before['bytes'] / 1024,
            $before['calls'],
            $after['bytes'] / 1024,
            $after['calls'],
            ($after['bytes'] - $before['bytes']) / 1024,
            $after['threads'],
            $after['files'],
            ($result['seconds'] * 1e6) / $after['calls'],
        ));
        self::assertGreaterThanOrEqual(self::CALLS, $after['calls']);
        self::assertEquals(1, $result['refused'], 'Something that must be refused was not.');
        self::assertGreaterThan(0, $result['grouped'], 'No group was mapped.');
        self::assertGreaterThan(0, $result['mapped'], 'No item was mapped.');
        self::assertSame([$before['threads'], $before['files']], [$after['threads'], $after['files']]);
        self::assertLessThan(self::GROWTH_LIMIT, $after['bytes'] - $before['bytes']);
    }

    #[TestDox('A process that keeps thirty bytes of each call is seen to grow')]
    public function test_the_measurement_sees_a_leak(): void
    {
        $this->clover = Simulator::start();
        [$before, $after] = $this->endurance('30')['measured'];
        self::assertGreaterThan(self::GROWTH_LIMIT, $after['bytes'] - $before['bytes']);
    }

    #[TestDox('An exception of any callable, thrown thousands of times, reaches the caller unchanged, without growth')]
    public function test_throwing_callbacks(): void
    {
        $this->clover = Simulator::start('sandbox');
        /** @var array{callables: array<string, Thrown>, sound: string} $result */
        $result = $this->json('throwing-callbacks.php', (string) self::THROWS);
        self::assertCount(7, $result['callables']);

        foreach ($result['callables'] as $name => $callable) {
            self::report(\sprintf(
                '%-16s threw %5d times, RSS %+8.1f KiB',
                $name,
                $callable['thrown'],
                $callable['bytes'] / 1024,
            ));
        }

        foreach ($result['callables'] as $name => $callable) {
            self::assertSame(
                [$callable['count'], $callable['count']],
                [$callable['thrown'], $callable['arrived']],
                $name,
            );
            self::assertLessThan(self::GROWTH_LIMIT, $callable['bytes'], $name);
        }

        self::assertSame('USD', $result['sound']);
    }

    /** @return iterable<string, array{string, string, int}> */
    public static function ends(): iterable
    {
        foreach (['read', 'lock', 'write', 'unlock', 'delete', 'log'] as $where) {
            yield "exit() in $where" => [$where, 'exit', 7];
            yield "a fatal error in $where" => [$where, 'memory', 255];
        }
    }

    #[DataProvider('ends')]
    #[TestDox('A script that ends by $how in a callback of $where has its exit code and runs its shutdown functions')]
    public function test_the_end_inside_a_callback(string $where, string $how, int $code): void
    {
        $this->clover = Simulator::start();
        [$ended, $out, $err] = self::script(['exit-in-store.php', $this->clover->url, $where, $how], [
            'display_errors' => '0',
            'log_errors'     => '0',
            'memory_limit'   => '64M',
        ]);
        self::assertSame([$code, "$where\nshut down, USD\n", ''], [$ended, $out, $err]);
    }

    #[TestDox('Parent and children of forks in the middle of a list of pages all send requests, and end normally')]
    public function test_children_end_cleanly(): void
    {
        $this->clover = Simulator::start('synthetic:1300');
        self::assertSame(
            [
                0,
                "parent: 1300 1300\nchild 0: exit 10\nchild 1: exit 11\nchild 2: exit 12\nchild 3: exit 13\n"
                    . "parent: USD\n",
                '',
            ],
            self::script(['fork.php', $this->clover->url, '4']),
        );
    }

    #[TestDox('With opcache preloading the classes exist, no thread runs before the first request, and a sync works')]
    public function test_preload_on_the_command_line(): void
    {
        $this->clover = Simulator::start();
        $mark         = Files::temporary('endurance');

        try {
            [$code, $out, $err] = self::script(
                ['preloaded.php', $this->clover->url],
                self::preload() + ['opcache.enable_cli' => '1'],
                ['CLOVERSYNC_TEST_PRELOADED' => $mark],
            );
            $files = file_get_contents($mark);
        } finally {
            unlink($mark);
        }

        self::assertSame([0, ''], [$code, $err], $out);
        /** @var Preloaded $result */
        $result = Json::decode($out);
        self::assertSame([1, 1], $result['threads']);
        self::assertSame([true], array_values(array_unique($result['there'])));
        self::assertGreaterThan(50, (int) $files);
        self::assertGreaterThanOrEqual((int) $files, $result['preloaded']);
        self::assertSame([RunStatus::Done->value, \count($this->clover->items()), 0], [
            $result['status'],
            $result['read'],
            $result['failed'],
        ]);
    }

    #[TestDox('With preloading in PHP-FPM, fresh workers have one thread each, answer webhooks and process the events')]
    public function test_preload_in_fpm(): void
    {
        if (($missing = Fpm::missing()) !== null) {
            self::markTestSkipped("$missing is not installed: run scripts/setup.sh.");
        }

        $this->connectTo();
        self::assertDone($this->sync());
        $item   = array_keys($this->clover->counts())[0];
        $mark   = Files::temporary('endurance');
        $folder = "$mark.d";
        mkdir($folder);
        file_put_contents(
            "$folder/preload.ini",
            implode("\n", array_map(
                static fn (string $name, string $value): string => "$name=\"$value\"",
                array_keys(self::preload()),
                self::preload(),
            )),
        );
        // The pool starts with this process's environment.
        putenv("PHP_INI_SCAN_DIR=:$folder");
        putenv("CLOVERSYNC_TEST_PRELOADED=$mark");

        try {
            $fpm = new Fpm($this->environment(), 2);
            self::assertGreaterThan(50, (int) file_get_contents($mark), 'Nothing was preloaded.');
            self::assertCount(2, $fpm->workers());
            self::assertSame([1], array_values(array_unique(array_map(self::threads(...), $fpm->workers()))));

            $this->clover->setStock((string) $item, 4_321);
            $event = json_encode([
                'appId'     => Simulator::APP_ID,
                'merchants' => [
                    $this->clover->state()['merchant_id'] => [[
                        'objectId' => "I:$item",
                        'type'     => 'UPDATE',
                        'ts'       => 1_767_000_300_000,
                    ]],
                ],
            ], JSON_THROW_ON_ERROR);

            foreach ([[self::AUTH . 'x', 403], [self::AUTH, 200], [self::AUTH, 200]] as [$secret, $status]) {
                $storm = new WebhookStorm($fpm->url, $secret);
                $storm->send(1, 1_000.0, static fn (): string => $event);
                self::assertSame([$status], $storm->statuses, $fpm->log());
            }

            for (
                $end = microtime(true) + 60;
                (int) $this->product((string) $item)['quantity'] !== 4_321;
                usleep(50_000)
            ) {
                self::assertLessThan($end, microtime(true), 'The worker did not bring it in. ' . $fpm->log());
            }

            self::assertStringNotContainsString('SIG', $fpm->log());
        } finally {
            putenv('PHP_INI_SCAN_DIR');
            putenv('CLOVERSYNC_TEST_PRELOADED');
            unset($fpm);
            unlink("$folder/preload.ini");
            rmdir($folder);
            unlink($mark);
        }
    }

    /** @return array<string, string> PHP settings */
    private static function preload(): array
    {
        return [
            'opcache.enable'  => '1',
            'opcache.preload' => __DIR__ . '/scripts/preload.php',
            ...(posix_geteuid() === 0 ? ['opcache.preload_user' => 'root'] : []),
        ];
    }

    /** @return array<string, string> This test's shop, in the pool's environment */
    private function environment(): array
    {
        return [
            'CLOVERSYNC_ENVIRONMENT'    => 'sandbox',
            'CLOVERSYNC_APP_ID'         => Simulator::APP_ID,
            'CLOVERSYNC_APP_SECRET'     => Simulator::APP_SECRET,
            'CLOVERSYNC_BASE_URL'       => $this->clover->url,
            'CLOVERSYNC_DSN'            => $this->db->dsn,
            'CLOVERSYNC_DB_PREFIX'      => $this->db->prefix,
            'CLOVERSYNC_SITE'           => self::SITE,
            'CLOVERSYNC_SITE_SECRET'    => self::SECRET,
            'CLOVERSYNC_WEBHOOK_SECRET' => self::AUTH,
            'CLOVERSYNC_SETTINGS'       => '{"default_category":2}',
        ];
    }

    /** @return Endured */
    private function endurance(string $kept): array
    {
        /** @var Endured $result */
        $result = $this->json('endurance.php', (string) self::CALLS, $kept);

        return $result;
    }

    private static function threads(int $pid): int
    {
        preg_match('/^Threads:\s+(\d+)/m', (string) file_get_contents("/proc/$pid/status"), $match);

        return (int) ($match[1] ?? 0);
    }
}
