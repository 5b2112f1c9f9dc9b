<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Concurrency;

/** Eight concurrent processes of all kinds on one token, while tokens expire. */
final class ConcurrencyBenchmark
{
    public static function run(Report $report, float $seconds): void
    {
        $workspace = new Workspace(1500);
        $clover    = $workspace->clover;
        $tracked   = Concurrency::items($clover);
        // Clover's limits count the last second.
        usleep(1_100_000);
        $mark     = $clover->mark();
        $began    = microtime(true);
        $children = (new Concurrency($workspace->shop(...), $tracked))->run($seconds);
        $expired  = 0;

        // A pair is trusted for ten seconds after its creation, and a call with a new pair may wait some seconds for
        // its permit.
        while ((microtime(true) - $began) < ($seconds - 14)) {
            usleep(2_000_000);
            $clover->tokens('expire');
            $expired++;
            usleep(18_000_000);
        }

        $done  = array_map(static fn (Child $child): int => (int) $child->value(), $children);
        $calls = array_values(array_filter($clover->requests($mark), static fn (array $call): bool => str_starts_with(
            $call['path'],
            '/v3/',
        )));
        $report->measured('crowd_done', $done);
        $times    = array_column($calls, 'at');
        $rate     = \count($calls) / ((max([0, ...$times]) - min([PHP_INT_MAX, ...$times])) / 1000);
        $inFlight = max([0, ...array_column($calls, 'in_flight')]);
        $report->exactly(
            \sprintf('8 processes at once on one token for %.0f s: answers of 429', $seconds),
            Workspace::refused($calls),
            0,
        );
        $report->exactly("  refreshes while $expired tokens expired", $clover->refreshes(), $expired);
        $report->row(
            '  requests a second; most in flight',
            \sprintf('%.1f; %d', $rate, $inFlight),
            '15 to 16; ≤ 5',
            $rate >= 15 && $rate <= 16 && $inFlight <= 5,
            $rate,
        );
        $report->exactly('  processes that got nothing done', \count(array_keys($done, 0, true)), 0);
    }
}
