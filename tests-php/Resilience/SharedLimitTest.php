<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Services;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Concurrency;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * Processes of all kinds share one token, with a simulator that counts requests.
 *
 * CLOVERSYNC_PACE_SECONDS sets how long they work.
 */
final class SharedLimitTest extends ResilienceTestCase
{
    private const PER_SECOND = 16;
    private const IN_FLIGHT  = 5;
    private const LATENCY    = 100;
    private const PROCESSES  = Concurrency::PROCESSES;

    /** Seconds between two expiries. */
    private const APART = 18;

    /** A safety net for a busy machine; the bench measures the rate. */
    private const LEAST_RATE = 8;

    private float $seconds;

    /** @var list<string> */
    private array $tracked = [];

    protected function setUp(): void
    {
        parent::setUp();
        $seconds       = getenv('CLOVERSYNC_PACE_SECONDS');
        $this->seconds = is_numeric($seconds) ? (float) $seconds : 8.0;
        $this->connectTo('synthetic:1500', 'documented');
        $this->clover->switches(['latency' => self::LATENCY]);

        $this->tracked = Concurrency::items($this->clover);

        // Requests sent while connecting still count for a second.
        usleep(1_100_000);
    }

    #[TestDox('Eight processes that sync, read, change stock and refresh meet no 429 and use nearly all of the limit')]
    public function test_eight_at_once(): void
    {
        $mark     = $this->clover->mark();
        $children = $this->crowd($this->seconds);
        $done     = Child::values($children);
        $rate     = $this->assertPaced($mark, 1_000, $this->seconds);
        self::assertNotContains(0, $done, 'A process got nothing done: ' . implode(', ', $done));
        self::assertGreaterThanOrEqual(self::LEAST_RATE, $rate);
        self::report(\sprintf(
            '8 processes for %.0f s: %.1f requests a second; got done: %s',
            $this->seconds,
            $rate,
            implode(', ', $done),
        ));
    }

    #[TestDox('When three of eight processes are killed, the others use the full limit again within seconds')]
    public function test_killed_in_the_middle(): void
    {
        $mark     = $this->clover->mark();
        $began    = microtime(true);
        $children = $this->crowd($this->seconds + 4);
        usleep(2_000_000);
        $killed = [0, 3, 5];

        foreach ($killed as $i) {
            $children[$i]->kill();
        }

        $after = (microtime(true) - $began + 4) * 1_000;

        foreach ($children as $i => $child) {
            \in_array($i, $killed, true)
                ? self::assertTrue($child->wasKilled())
                : self::assertGreaterThan(0, $child->value());
        }

        $rate = $this->assertPaced($mark, (int) $after, $this->seconds + 4);
        self::assertGreaterThanOrEqual(self::LEAST_RATE, $rate);
        self::report(\sprintf('8 processes, 3 of them killed: %.1f requests a second from 4 s later on', $rate));
    }

    #[Group('once')]
    #[TestDox('When tokens expire one after the other, each is refreshed once by the first of eight processes')]
    public function test_expiry(): void
    {
        $mark     = $this->clover->mark();
        $began    = microtime(true);
        $children = $this->crowd($this->seconds);
        $expired  = 0;

        do {
            usleep(2_000_000);
            $this->clover->tokens('expire');
            $expired++;
            // A pair is not checked for ten seconds after it was created, and a call with a new one may wait some
            // seconds for its permit.
            $goesOn = (microtime(true) - $began + self::APART) < $this->seconds;
            usleep($goesOn ? 1_000_000 * self::APART : 0);
        } while ($goesOn);

        $done = Child::values($children);
        self::assertNotContains(0, $done, implode(', ', $done));
        self::assertSame([$expired, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);
        $rate = $this->assertPaced($mark, 1_000);
        self::report(\sprintf(
            '8 processes, %d tokens expired, %d refreshes; %.1f requests a second',
            $expired,
            $this->clover->refreshes(),
            $rate,
        ));
    }

    #[Group('once')]
    #[TestDox('A process that works alone is as fast as one that does not share the token')]
    public function test_alone(): void
    {
        $rates = [];

        foreach (['alone' => false, 'shared' => true] as $name => $shared) {
            usleep(1_100_000);
            $mark = $this->clover->mark();
            Child::fork(function () use ($shared): int {
                $sql        = $this->db->connect();
                $connection = $shared
                    ? $this->shop($sql)->connection
                    : $this->connection(new DatabaseTokenStore($sql, 'sandbox'));
                $changed = 0;

                for ($i = 0; $i < 10; $i++) {
                    $changed += $this->people()->sell($connection, 0);
                }

                return $changed;
            })->value();
            $rates[$name] = $this->assertPaced($mark, 0);
        }

        self::assertGreaterThan(0.8 * $rates['alone'], $rates['shared']);
        self::report(\sprintf('alone: %.2f requests a second without the shared limiter, %.2f with it (%.0f %%)', ...[
            ...array_values($rates),
            (100 * $rates['shared']) / $rates['alone'],
        ]));
    }

    #[Group('once')]
    #[TestDox('Many short processes in successive rounds stay within the limits together')]
    public function test_many_short_processes(): void
    {
        $mark = $this->clover->mark();
        $did  = 0;

        for ($round = 0; $round < 3; $round++) {
            $children = Child::together(self::PROCESSES, function (Child $self): string {
                $connection = $this->shop($this->db->connect())->connection;
                $self->pause();

                return (string) $connection->merchant()->currency;
            });
            $did += \count(array_keys(Child::values($children), 'USD', true));
        }

        self::assertSame(3 * self::PROCESSES, $did);
        $this->assertPaced($mark, 0);
    }

    /** @return list<Child<int>> */
    private function crowd(float $seconds): array
    {
        return $this->people()->run($seconds);
    }

    private function people(): Concurrency
    {
        return new Concurrency(fn (): Services => $this->shop($this->db->connect()), $this->tracked);
    }

    /** @return float Requests a second, from this many milliseconds after the first one on, while all have work */
    private function assertPaced(int $mark, int $after, float $seconds = INF): float
    {
        $requests = array_values(array_filter(
            $this->clover->requests($mark),
            static fn (array $r): bool => str_starts_with($r['path'], '/v3/'),
        ));
        self::assertNotSame([], $requests);
        self::assertNotContains(429, array_column($requests, 'status'), 'Clover said 429.');
        self::assertLessThanOrEqual(self::IN_FLIGHT, max(array_column($requests, 'in_flight')));
        $at    = array_column($requests, 'at');
        $worst = 0;

        for ($first = 0, $last = 0; $last < \count($at); $last++) {
            while (($at[$last] - $at[$first]) >= 1_000) {
                $first++;
            }

            $worst = max($worst, $last - $first + 1);
        }

        self::assertLessThanOrEqual(self::PER_SECOND, $worst, 'Too many within a second.');
        $steady = array_values(array_filter(
            $at,
            static fn (int $time): bool => $time >= ($at[0] + $after) && $time <= ($at[0] + (1_000 * $seconds)),
        ));

        return \count($steady) < 2 ? 0.0 : (1_000 * \count($steady)) / (end($steady) - $steady[0]);
    }
}
