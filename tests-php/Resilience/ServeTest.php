<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Fpm;
use CloverSync\Tests\Support\HelperKiller;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\WebhookStorm;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * The webhook server under PHP-FPM and nginx.
 *
 * @phpstan-import-type Request from Simulator
 */
final class ServeTest extends ResilienceTestCase
{
    protected const AUTH = 'a-webhook-secret-0123456789';
    private const ITEMS = 50;

    /** The documented figures are for 1,000 events at 100 a second: CLOVERSYNC_STORM=1000. */
    private const EVENTS     = 200;
    private const PER_SECOND = 100.0;

    /** Milliseconds between two fetches of one item. */
    private const APART = 5_000;

    /** Seconds after which another node takes over from a dead node. */
    private const TAKEOVER = 60;

    protected Fpm $fpm;

    /** @var list<string> */
    protected array $items;

    /** What the pool starts as its helper program; empty with the extension. */
    private string $program = '';

    /** The helper program of this process. */
    private string $own = '';

    protected function setUp(): void
    {
        parent::setUp();

        if (($missing = Fpm::missing()) !== null) {
            self::markTestSkipped("$missing is not installed: run scripts/setup.sh.");
        }

        $this->connectTo('synthetic:120');
        $this->clover->switches(['latency' => 20]);
        $this->sync();
        $this->items = \array_slice(array_keys($this->clover->counts()), 0, self::ITEMS);
        $this->noteHelpers();
        $this->fpm = new Fpm($this->environment());
    }

    protected function tearDown(): void
    {
        unset($this->fpm);

        if ($this->program !== '') {
            putenv("CLOVERSYNC_HELPER=$this->own");
            array_map(unlink(...), Files::matching("$this->program*"));
        }

        parent::tearDown();
    }

    #[TestDox('All of a thousand events on fifty items are answered 200, and afterwards the shop equals Clover')]
    public function test_a_storm(): void
    {
        $this->storm('plain');
    }

    #[TestDox('The same with workers killed at random: no event that was answered 200 is lost')]
    public function test_a_storm_with_killed_workers(): void
    {
        $this->storm('with killed workers', function (int $i): void {
            if (($i % 25) === 24 && ($workers = $this->fpm->workers()) !== []) {
                posix_kill($workers[mt_rand(0, \count($workers) - 1)], SIGKILL);
            }
        });
    }

    #[TestDox('The same while the pool is reloaded')]
    public function test_a_storm_and_a_reload(): void
    {
        $this->storm('with a reload', function (int $i): void {
            if ($i === 60) {
                $this->fpm->reload();
            }
        });
    }

    #[TestDox('Verification, wrong and missing secrets, other merchants, replays and oversized bodies, over HTTP')]
    public function test_the_answers(): void
    {
        $storm = fn (string $body, string $secret = self::AUTH): int => $this->one($body, $secret);
        $code  = '11111111-2222-4333-8444-555555555555';
        self::assertSame(200, $storm(json_encode(['verificationCode' => $code], JSON_THROW_ON_ERROR), ''));
        self::assertSame($code, $this->shop()->verificationCodes()->all()[0]['code']);
        $event = $this->delivery($this->items[0]);
        self::assertSame([403, 403, 200, 200], [
            $storm($event, ''),
            $storm($event, self::AUTH . 'x'),
            $storm($event),
            $storm($event),
        ]);
        self::assertSame(400, $storm('{"appId":'));
        self::assertSame(413, $storm(str_repeat(' ', 900_000)));
        self::assertSame(200, $storm(str_replace($this->clover->state()['merchant_id'], 'ANOTHERMERCHA', $event)));
    }

    #[Group('mariadb')]
    #[TestDox(
        'Two web nodes share a refresh and fetches, and one takes over within a minute when the other loses power',
    )]
    public function test_two_web_nodes(): void
    {
        unset($this->fpm);
        $this->fpm = new Fpm($this->environment(), nodes: 2);
        $refreshes = $this->clover->refreshes();
        $mark      = $this->clover->mark();
        $this->storm('on two nodes', function (int $i): void {
            // Only once: a token refused within 10 s of its renewal is taken for a missing permission.
            if ($i === 60) {
                $this->clover->post('clock', ['advance_s' => 3_600]);
            }
        });
        self::assertSame(1, $this->clover->refreshes() - $refreshes);
        $this->assertApart(array_filter($this->clover->requests($mark), self::isLook(...)));

        if (!Fpm::canSeparate()) {
            self::report('no node was cut: this user may not give pools process ids of their own');

            return;
        }

        $this->clover->switches(['latency' => 3_000]);
        self::assertSame(200, $this->one($this->delivery($this->items[0]), self::AUTH));
        /** @var string $holder */
        $holder = '';
        self::eventually(function () use (&$holder): bool {
            $holder = (string) $this->sql->fetchValue(
                "SELECT node FROM #__j2commerce_clover_locks WHERE name = 'inbox:sandbox' AND holder <> ''",
            );

            return $holder !== '';
        }, 'No process drains the inbox.');
        $node = str_contains($holder, $this->fpm->space(0)) ? 0 : 1;
        $this->fpm->cut($node);
        $cut = microtime(true);
        $this->clover->switches(['latency' => 20]);
        $this->clover->setStock($this->items[0], 77);
        self::eventually(
            function (): bool {
                $this->one($this->delivery($this->items[0]), self::AUTH);
                usleep(500_000);

                return (int) $this->product($this->items[0])['quantity'] === 77;
            },
            'The other node has not taken over.',
            self::TAKEOVER + 60,
        );
        $taken = microtime(true) - $cut;
        self::report(\sprintf('node %d cut while it worked the inbox: taken over after %.1f s', $node, $taken));
        self::assertLessThan(self::TAKEOVER + 30, $taken);
    }

    /** @param ?callable(int): void $between */
    protected function storm(string $title, ?callable $between = null): void
    {
        $events = (int) (getenv('CLOVERSYNC_STORM') ?: self::EVENTS);
        $mark   = $this->clover->mark();
        $storm  = new WebhookStorm($this->fpm->url, self::AUTH);
        $lost   = 0;
        $storm->send(
            $events,
            self::PER_SECOND,
            function (int $i): string {
                $item = $this->items[$i % self::ITEMS];
                $this->clover->setStock($item, 1_000 + $i);

                return $this->delivery($item);
            },
            $between,
        );
        $ended = microtime(true);

        if ($between === null) {
            self::assertSame([200], array_values(array_unique($storm->statuses)), $this->fpm->log());
        } else {
            $lost = \count(array_filter($storm->statuses, static fn (int $status): bool => $status !== 200));
        }

        $waits = 0;

        while ($this->shop()->inbox()->count() > 0) {
            // What a killed process was draining is processed by the next one.
            if ($between !== null && (++$waits % 20) === 0) {
                $this->one($this->delivery($this->items[0]), self::AUTH);
            }

            self::assertLessThan(60, microtime(true) - $ended, 'The inbox is not drained. ' . $this->fpm->log());
            usleep(100_000);
        }

        $drained = microtime(true) - $ended;

        // Clover would send events without a response again.
        if ($lost > 0) {
            array_map(fn (string $item): int => $this->one($this->delivery($item), self::AUTH), $this->items);
            $this->shop($this->db->connect())->inboxWorker()->drain(new TimeBudget(30.0));
        }

        $clover = $this->clover->state()['stock'];

        foreach ($this->items as $item) {
            self::assertSame((int) $clover[$item], (int) $this->product($item)['quantity'], $item);
        }

        $looks = array_filter($this->clover->requests($mark), self::isLook(...));

        if ($between === null) {
            $this->assertApart($looks);
        }

        if ($this->program !== '') {
            $this->assertNoHelper($events - $lost);
        }

        self::report(\sprintf(
            '%d events %s: p50 %.1f ms, p99 %.1f ms, %d unanswered, drained %.1f s after the last, '
            . '%d fetches of up to 100 items each',
            $events,
            $title,
            $storm->percentile(0.5),
            $storm->percentile(0.99),
            $lost,
            $drained,
            \count($looks),
        ));
    }

    /** The pool's helpers have a name of their own, and each leaves a line in a file when it starts. */
    private function noteHelpers(): void
    {
        if (!PhpEngine::isHelper()) {
            return;
        }

        $this->own     = Engine::programs()[0];
        $this->program = sys_get_temp_dir() . '/clover-helper-' . bin2hex(random_bytes(6));
        symlink((string) realpath($this->own), "$this->program.helper");
        file_put_contents($this->program, "#!/bin/sh\necho >>$this->program.started\nexec $this->program.helper\n");
        chmod($this->program, 0o755);
        putenv("CLOVERSYNC_HELPER=$this->program");
    }

    /** @param int $requests Each of them has started one */
    private function assertNoHelper(int $requests): void
    {
        self::eventually(
            fn (): bool => (
                array_diff(array_keys(HelperKiller::find("$this->program.helper")), HelperKiller::of((int) getmypid()))
                === []
            ),
            'A helper goes on without a request.',
        );
        $started = substr_count(Files::read("$this->program.started"), "\n");
        self::assertGreaterThanOrEqual($requests, $started);
        self::report("$started helpers were started, and none is left");
    }

    /** @param Request $request */
    protected static function isLook(array $request): bool
    {
        return (
            str_contains($request['path'], '/items?')
            && str_contains($request['path'], 'itemStock')
            && $request['status'] === 200
        );
    }

    /**
     * No item is fetched twice within five seconds, by any process. Members of a group are fetched together, so they
     * are ignored.
     *
     * @param array<int, Request> $looks
     */
    protected function assertApart(array $looks): void
    {
        foreach (array_intersect($this->items, array_column($this->clover->singles(), 'id')) as $item) {
            $times = array_values(array_column(array_filter($looks, static fn (array $look): bool => str_contains(
                $look['path'],
                $item,
            )), 'at'));
            self::assertNotSame([], $times);
            $gaps = array_map(
                static fn (int $a, int $b): int => $b - $a,
                \array_slice($times, 0, -1),
                \array_slice($times, 1),
            );
            self::assertGreaterThanOrEqual(
                self::APART,
                min([self::APART, ...$gaps]),
                "$item was looked at again too soon.",
            );
        }
    }

    protected function one(string $body, string $secret): int
    {
        $storm = new WebhookStorm($this->fpm->url, $secret);
        $storm->send(1, 1000.0, static fn (): string => $body);

        return $storm->statuses[0];
    }

    protected function delivery(string $item): string
    {
        return json_encode([
            'appId'     => 'APPID00000001',
            'merchants' => [
                $this->merchant() => [['objectId' => "I:$item", 'type' => 'UPDATE', 'ts' => 1767000300000]],
            ],
        ], JSON_THROW_ON_ERROR);
    }

    private function merchant(): string
    {
        return (string) $this->sql->fetchValue('SELECT merchant_id FROM #__j2commerce_clover_mappings LIMIT 1');
    }

    /** @return array<string, string> The settings of this test's shop, in the pool's environment */
    protected function environment(): array
    {
        return [
            'CLOVERSYNC_ENVIRONMENT' => 'sandbox',
            'CLOVERSYNC_APP_ID'      => 'APPID00000001',
            'CLOVERSYNC_APP_SECRET'  => '11111111-2222-3333-4444-555555555555',
            'CLOVERSYNC_BASE_URL'    => $this->clover->url,
            ...$this->db->environment(),
            'CLOVERSYNC_SITE'           => self::SITE,
            'CLOVERSYNC_SITE_SECRET'    => self::SECRET,
            'CLOVERSYNC_WEBHOOK_SECRET' => self::AUTH,
            'CLOVERSYNC_SETTINGS'       => '{"default_category":2,"import_status":"published"}',
        ];
    }

    /** @param \Closure(): bool $met */
    private static function eventually(\Closure $met, string $otherwise, int $seconds = 60): void
    {
        $end = microtime(true) + $seconds;

        while (!$met()) {
            self::assertLessThan($end, microtime(true), $otherwise);
            usleep(20_000);
        }
    }
}
