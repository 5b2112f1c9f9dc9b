<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Services;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Concurrency;

/** Eight concurrent processes of all kinds on one token, while tokens expire. */
final class ConcurrencyBenchmark implements Benchmark
{
    public function __construct(
        private readonly float $seconds,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $workspace = new Workspace(1500);
        $tracked   = Concurrency::items($workspace->clover);
        $workspace->rest();
        $mark     = $workspace->clover->mark();
        $began    = microtime(true);
        $children = (new Concurrency(static fn (): Services => $workspace->shop(
            $workspace->db->connect(),
        ), $tracked))->run($this->seconds);
        $expired = 0;

        // A pair is trusted for ten seconds after its creation, and a call with a new pair may wait some seconds for
        // its permit.
        while ((microtime(true) - $began) < ($this->seconds - 14)) {
            usleep(2_000_000);
            $workspace->clover->tokens('expire');
            $expired++;
            usleep(18_000_000);
        }

        $done  = array_map(static fn (Child $child): int => (int) $child->value(), $children);
        $calls = array_values(array_filter(
            $workspace->clover->requests($mark),
            static fn (array $call): bool => str_starts_with($call['path'], '/v3/'),
        ));
        $measurements->add('crowd_done', $done);
        $times = array_column($calls, 'at');
        $rate  = \count($calls) / ((max([0, ...$times]) - min([PHP_INT_MAX, ...$times])) / 1000);
        yield Row::exactly(
            \sprintf('8 processes at once on one token for %.0f s: answers of 429', $this->seconds),
            \count(array_filter($calls, static fn (array $c): bool => $c['status'] === 429)),
            0,
        );
        yield Row::exactly("  refreshes while $expired tokens expired", $workspace->clover->refreshes(), $expired);
        yield new Row(
            '  requests a second; most in flight',
            \sprintf('%.1f; %d', $rate, max(array_column($calls, 'in_flight'))),
            '≤ 16; ≤ 5',
            $rate <= 16 && max(array_column($calls, 'in_flight')) <= 5,
            $rate,
        );
        yield Row::exactly(
            '  processes that got nothing done',
            \count(array_filter($done, static fn (int $n): bool => $n === 0)),
            0,
        );
    }
}
