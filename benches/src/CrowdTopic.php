<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Services;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Concurrency;

/** Eight processes of all kinds at once on one token, while tokens expire. */
final class CrowdTopic implements Topic
{
    public function __construct(
        private readonly float $seconds,
    ) {
    }

    public function run(Raw $raw): iterable
    {
        $place   = new Place(1500);
        $tracked = Concurrency::items($place->clover);
        $place->rest();
        $mark     = $place->clover->mark();
        $began    = microtime(true);
        $children = (new Concurrency(static fn (): Services => $place->shop(
            $place->db->connect(),
        ), $tracked))->run($this->seconds);
        $expired = 0;

        // A pair is beyond doubt for ten seconds after it was made, and a call with a new one may wait some seconds for
        // its permit.
        while ((microtime(true) - $began) < ($this->seconds - 14)) {
            usleep(2_000_000);
            $place->clover->tokens('expire');
            $expired++;
            usleep(18_000_000);
        }

        $done  = array_map(static fn (Child $child): int => (int) $child->value(), $children);
        $calls = array_values(array_filter(
            $place->clover->requests($mark),
            static fn (array $call): bool => str_starts_with($call['path'], '/v3/'),
        ));
        $raw->add('crowd_done', $done);
        $times = array_column($calls, 'at');
        $rate  = \count($calls) / ((max([0, ...$times]) - min([PHP_INT_MAX, ...$times])) / 1000);
        yield Row::exactly(
            \sprintf('8 processes at once on one token for %.0f s: answers of 429', $this->seconds),
            \count(array_filter($calls, static fn (array $c): bool => $c['status'] === 429)),
            0,
        );
        yield Row::exactly("  refreshes while $expired tokens expired", $place->clover->refreshes(), $expired);
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
