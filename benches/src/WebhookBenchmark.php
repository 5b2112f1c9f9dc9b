<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\Fpm;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\WebhookStorm;

/**
 * A burst of webhook events to PHP-FPM behind nginx: the time to each response, and the time until the shop matches
 * Clover.
 *
 * @phpstan-import-type Request from Simulator
 */
final class WebhookBenchmark
{
    private const ITEMS      = 50;
    private const PER_SECOND = 100.0;
    private const ANSWER     = 5.0;
    private const DRAINED    = 2.0;
    private const APART      = 5_000;

    public static function run(Report $report, int $events): void
    {
        if (($missing = Fpm::missing()) !== null) {
            throw new \RuntimeException("$missing is not installed: run scripts/setup.sh.");
        }

        $workspace = new Workspace(500);
        $workspace->job('sync');
        $clover   = $workspace->clover;
        $merchant = $clover->state()['merchant_id'];
        $counted  = array_filter($clover->state()['stock'], static fn (int|float|null $n): bool => $n !== null);
        $items    = array_map(strval(...), array_keys(\array_slice($counted, 0, self::ITEMS, true)));
        $event    = static fn (int $i): string => self::delivery($merchant, 'I:' . $items[$i % self::ITEMS]);
        $fpm      = new Fpm($workspace->environment());
        // Warm-up: every worker compiles its code and opens its connections.
        (new WebhookStorm($fpm->url, Workspace::AUTH))->send(100, self::PER_SECOND, $event);
        self::drain($workspace);
        // An object is not fetched again within five seconds, so the burst begins after that time.
        sleep(6);

        $mark  = $clover->mark();
        $storm = new WebhookStorm($fpm->url, Workspace::AUTH);
        $storm->send($events, self::PER_SECOND, static function (int $i) use ($clover, $items, $event): string {
            $clover->setStock($items[$i % self::ITEMS], 1_000 + $i);

            return $event($i);
        });
        $ended   = microtime(true);
        $drained = self::drain($workspace) - $ended;
        $calls   = $clover->requests($mark);
        $report->measured('webhook_ms', $storm->times);
        $report->measured('webhook_drained_s', $drained);
        $report->atMost(
            'webhook answered under nginx and FPM at 100 a second, p99',
            $storm->percentile(0.99),
            self::ANSWER,
            'ms',
            1,
            \sprintf(' (p50 %.1f, max %.1f)', $storm->percentile(0.5), max($storm->times)),
        );
        $report->exactly('  answered 200', \count(array_keys($storm->statuses, 200, true)), $events);
        $report->atMost(
            'burst of ' . number_format($events) . ' events on 50 items drained after its end',
            max(0.0, $drained),
            self::DRAINED,
            's',
        );
        $report->exactly('  counts in the shop other than Clover\'s', self::wrong($workspace, $items), 0);
        $gap = self::shortestGap($calls, array_intersect($items, array_column($clover->singles(), 'id')));
        $report->row(
            '  shortest time between two fetches of an item',
            $gap === null ? 'none was fetched twice' : \sprintf('%.1f s', $gap / 1000),
            '≥ 5 s',
            $gap === null || $gap >= self::APART,
            $gap === null ? null : $gap / 1000,
        );
        $report->exactly('  answers of 429', Workspace::refused($calls), 0);
    }

    public static function delivery(string $merchant, string $object): string
    {
        return json_encode([
            'appId'     => Simulator::APP_ID,
            'merchants' => [$merchant => [['objectId' => $object, 'type' => 'UPDATE', 'ts' => 1767000300000]]],
        ], JSON_THROW_ON_ERROR);
    }

    /** @return float When the inbox was empty */
    private static function drain(Workspace $workspace): float
    {
        $inbox = $workspace->shop()->inbox();

        for ($i = 0; $inbox->count() > 0; $i++) {
            if ($i > 1200) {
                throw new \RuntimeException('The inbox is not drained within a minute.');
            }

            usleep(50_000);
        }

        return microtime(true);
    }

    /** @param list<string> $items */
    private static function wrong(Workspace $workspace, array $items): int
    {
        $clover = $workspace->clover->state()['stock'];
        $shop   = $workspace
            ->db
            ->connect()
            ->fetchAll(
                'SELECT m.clover_id, q.quantity
            FROM #__j2commerce_clover_mappings m JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id',
            );
        $counts = array_column($shop, 'quantity', 'clover_id');

        return \count(array_filter(
            $items,
            static fn (string $item): bool => (int) ($clover[$item] ?? 0) !== (int) ($counts[$item] ?? -1),
        ));
    }

    /**
     * @param list<Request> $calls
     * @param array<string> $items Without the members of groups, which are fetched together
     */
    private static function shortestGap(array $calls, array $items): ?int
    {
        $gaps = [];

        foreach ($items as $item) {
            $before = null;

            foreach ($calls as ['path' => $path, 'status' => $status, 'at' => $at]) {
                if ($status === 200 && str_contains($path, 'itemStock') && str_contains($path, $item)) {
                    $gaps[] = $before === null ? PHP_INT_MAX : $at - $before;
                    $before = $at;
                }
            }
        }

        $shortest = min([PHP_INT_MAX, ...$gaps]);

        return $shortest === PHP_INT_MAX ? null : $shortest;
    }
}
