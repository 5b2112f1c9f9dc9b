<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Tests\Support\Fpm;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\WebhookStorm;

/**
 * @phpstan-import-type Request from Simulator
 *
 * A burst of webhook events to PHP-FPM behind nginx: the time to each response, and the time until the shop matches
 * Clover.
 */
final class WebhookBenchmark implements Benchmark
{
    private const AUTH       = 'a-webhook-secret-0123456789';
    private const ITEMS      = 50;
    private const PER_SECOND = 100.0;
    private const ANSWER     = 50.0;
    private const DRAINED    = 20.0;
    private const APART      = 5_000;

    public function __construct(
        private readonly int $events,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        if (($missing = Fpm::missing()) !== null) {
            throw new \RuntimeException("$missing is not installed: run scripts/setup.sh.");
        }

        $workspace = new Workspace(500);
        $workspace->job('sync');
        $counted = array_filter(
            $workspace->clover->state()['stock'],
            static fn (int|float|null $n): bool => $n !== null,
        );
        $items    = \array_slice(array_map(strval(...), array_keys($counted)), 0, self::ITEMS);
        $merchant = (string) $workspace->clover->state()['merchant_id'];
        $fpm      = new Fpm(self::environment($workspace));
        // Warm-up: every worker compiles its code and opens its connections.
        $this->storm($fpm)->send(100, self::PER_SECOND, static fn (int $i): string => self::delivery(
            $merchant,
            $items[$i % self::ITEMS],
        ));
        self::drain($workspace);
        // An object is not fetched again within five seconds, so the burst begins after that time.
        sleep(6);

        $mark  = $workspace->clover->mark();
        $storm = $this->storm($fpm);
        $storm->send($this->events, self::PER_SECOND, static function (int $i) use (
            $workspace,
            $merchant,
            $items,
        ): string {
            $item = $items[$i % self::ITEMS];
            $workspace->clover->setStock($item, 1_000 + $i);

            return self::delivery($merchant, $item);
        });
        $ended   = microtime(true);
        $drained = self::drain($workspace) - $ended;
        $calls   = $workspace->clover->requests($mark);
        $measurements->add('webhook_ms', $storm->times);
        $measurements->add('webhook_drained_s', $drained);
        $answered = array_count_values($storm->statuses);
        yield Row::atMost(
            'webhook answered under nginx and FPM at 100 a second, p99',
            $storm->percentile(0.99),
            self::ANSWER,
            'ms',
            1,
            \sprintf(' (p50 %.1f, max %.1f)', $storm->percentile(0.5), max($storm->times)),
        );
        yield Row::exactly('  answered 200', $answered[200] ?? 0, $this->events);
        yield Row::atMost(
            'burst of ' . number_format($this->events) . ' events on 50 items drained after its end',
            max(0.0, $drained),
            self::DRAINED,
            's',
        );
        yield Row::exactly('  counts in the shop other than Clover\'s', self::wrong($workspace, $items), 0);
        $gap = self::shortestGap($workspace->clover, $calls, $items);
        yield new Row(
            '  shortest time between two fetches of an item',
            $gap === null ? 'none was fetched twice' : \sprintf('%.1f s', $gap / 1000),
            '≥ 5 s',
            $gap === null || $gap >= self::APART,
            $gap === null ? null : $gap / 1000,
        );
        yield Row::exactly(
            '  answers of 429',
            \count(array_filter($calls, static fn (array $call): bool => $call['status'] === 429)),
            0,
        );
    }

    private function storm(Fpm $fpm): WebhookStorm
    {
        return new WebhookStorm($fpm->url, self::AUTH);
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
        $shop   = array_column(
            $workspace
                ->db
                ->connect()
                ->fetchAll(
                    'SELECT m.clover_id, q.quantity FROM #__j2commerce_clover_mappings m
                        JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id',
                ),
            'quantity',
            'clover_id',
        );

        return \count(array_filter(
            $items,
            static fn (string $item): bool => (int) ($clover[$item] ?? 0) !== (int) ($shop[$item] ?? -1),
        ));
    }

    /**
     * Members of a group are fetched together, so they are not measured.
     *
     * @param list<Request> $calls
     * @param list<string>  $items
     */
    private static function shortestGap(Simulator $clover, array $calls, array $items): ?int
    {
        $gaps = [];

        foreach (array_intersect($items, array_column($clover->singles(), 'id')) as $item) {
            $times = array_values(array_column(
                array_filter(
                    $calls,
                    static fn (array $call): bool => (
                        str_contains($call['path'], 'itemStock')
                        && str_contains($call['path'], $item)
                        && $call['status'] === 200
                    ),
                ),
                'at',
            ));
            array_push($gaps, ...array_map(
                static fn (int $a, int $b): int => $b - $a,
                \array_slice($times, 0, -1),
                \array_slice($times, 1),
            ));
        }

        return $gaps === [] ? null : min($gaps);
    }

    private static function delivery(string $merchant, string $item): string
    {
        return json_encode([
            'appId'     => Simulator::APP_ID,
            'merchants' => [$merchant => [['objectId' => "I:$item", 'type' => 'UPDATE', 'ts' => 1767000300000]]],
        ], JSON_THROW_ON_ERROR);
    }

    /** @return array<string, string> The settings of the shop, as the pool hands them on */
    private static function environment(Workspace $workspace): array
    {
        return [
            'CLOVERSYNC_ENVIRONMENT'    => 'sandbox',
            'CLOVERSYNC_APP_ID'         => Simulator::APP_ID,
            'CLOVERSYNC_APP_SECRET'     => Simulator::APP_SECRET,
            'CLOVERSYNC_BASE_URL'       => $workspace->clover->url,
            'CLOVERSYNC_DSN'            => $workspace->db->dsn,
            'CLOVERSYNC_DB_USER'        => (string) $workspace->db->user,
            'CLOVERSYNC_DB_PASSWORD'    => (string) $workspace->db->password,
            'CLOVERSYNC_DB_PREFIX'      => $workspace->db->prefix,
            'CLOVERSYNC_SITE'           => Workspace::SITE,
            'CLOVERSYNC_SITE_SECRET'    => Workspace::SECRET,
            'CLOVERSYNC_WEBHOOK_SECRET' => self::AUTH,
            'CLOVERSYNC_SETTINGS'       => '{"default_category":2,"import_status":"published"}',
        ];
    }
}
