<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\HeardSql;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;

/**
 * Has a shop of 10,000 products do all that it ever does, and lets MariaDB explain each statement it was asked.
 *
 * @phpstan-type Plan list<array<string, int|float|string|null>>
 * @phpstan-type Statement array{query: string, values: list<scalar|null>, times: int}
 */
final class QueriesBenchmark
{
    /** Purpose, parts of a statement's text with … between them, and why no index serves it. */
    private const HOT = __DIR__ . '/../hot-queries.txt';

    private const TEXT = __DIR__ . '/../../target/bench/explain.txt';
    private const PAGE = __DIR__ . '/../../docs/queries.md';

    /** The id of the first order, and how many there are. */
    private const ORDER  = 179_540_798_000;
    private const ORDERS = 500;

    /** Rows of a table that may be read as a whole. */
    private const SMALL = 1_000;

    /** @param bool $page Whether docs/queries.md is written, which holds for a shop of the full size only */
    public static function run(Report $report, int $items, bool $page): void
    {
        $workspace = new Workspace($items, false);
        $sql       = $workspace->db->connect();
        $plans     = self::explain($sql, self::statements($workspace));
        $found     = [];
        $scans     = [];

        foreach (file(self::HOT, FILE_IGNORE_NEW_LINES) ?: [] as $line) {
            [$purpose, $parts, $why] = array_map(trim(...), [...explode('|', $line), '']);
            $plan    = self::find($plans, explode(' … ', $parts));
            $found[] = ['purpose' => $purpose, 'plan' => $plan, 'why' => $why];

            if ($why === '' && array_filter($plan, self::scans(...)) !== []) {
                $scans[] = $purpose;
            }
        }

        $page && file_put_contents(self::PAGE, self::markdown($found, $items, $workspace->db->prefix));
        $report->measured('queries', $found);
        $report->row(
            'statements explained; of them hot',
            \count($plans) . '; ' . \count($found),
            value: \count($plans),
        );
        $report->row(
            'hot statements that read a whole large table without a reason',
            $scans === [] ? '0' : implode('; ', $scans),
            '0',
            $scans === [],
            \count($scans),
        );
    }

    /**
     * @return array<string, Statement> Each kind with the longest list of values that it was run with, by its text with
     *   lists cut short
     */
    private static function statements(Workspace $workspace): array
    {
        $statements = [];
        $sql        = new HeardSql($workspace->db->connect(), static function (string $query, array $values) use (
            &$statements,
        ): void {
            $short = trim((string) preg_replace(
                ['/\s+/', '/\?(?:, \?)+/', '/(?: WHEN \? THEN \?)+/', '/\(\?(?:, …)?\)(?:, \(\?(?:, …)?\))+/'],
                [' ', '?, …', ' WHEN …', '(?), …'],
                $query,
            ));
            /** @var array<string, Statement> $statements */
            $known = $statements[$short] ?? ['query' => $query, 'values' => [], 'times' => 0];

            if (\count($values) >= \count($known['values'])) {
                $known = ['query' => $query, 'values' => $values] + $known;
            }

            $statements[$short] = ['times' => $known['times'] + 1] + $known;
        });
        self::live($workspace, $workspace->shop($sql, ['pace_share' => 100_000]));

        return array_filter(
            $statements,
            static fn (string $short): bool => (
                preg_match('/^(SELECT|UPDATE|DELETE)/', $short) === 1
                && !str_contains($short, 'information_schema')
            ),
            ARRAY_FILTER_USE_KEY,
        );
    }

    /**
     * @param array<string, Statement> $statements
     *
     * @return array<string, Plan>
     */
    private static function explain(Sql $sql, array $statements): array
    {
        // The server of an established shop has analyzed its tables.
        $tables = $sql->fetchColumn('SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()');
        $sql->fetchAll('ANALYZE TABLE ' . implode(', ', $tables));
        $plans = [];
        $text  = '';

        foreach ($statements as $short => ['query' => $query, 'values' => $values, 'times' => $times]) {
            $plans[$short] = $sql->fetchAll("EXPLAIN $query", $values);
            $text          .= "$short\n    asked $times times, with up to " . \count($values) . " values\n";

            foreach ($plans[$short] as $step) {
                $text .= \sprintf(
                    "    %-22s %-8s key %-28s rows %-8s %s\n",
                    $step['table'] ?? '-',
                    $step['type'] ?? '-',
                    $step['key'] ?? '-',
                    $step['rows'] ?? '-',
                    $step['Extra'] ?? '',
                );
            }

            $text .= "\n";
        }

        file_put_contents(self::TEXT, $text);

        return $plans;
    }

    /**
     * Import, an unchanged run, edits and deletions, a stock-only sync, orders, work, a reconciler scan, webhooks, and
     * the owner's pages.
     */
    private static function live(Workspace $workspace, Services $shop): void
    {
        $clover = $workspace->clover;
        $shop->runner()->run(new TimeBudget());
        $shop->runner()->run(new TimeBudget());
        $items = $clover->shelf();

        foreach (\array_slice($items, 0, 100) as $i => $item) {
            $clover->edit($item['id'], ['price' => 1_000 + $i, 'name' => "Renamed $i", 'sku' => "NEW-$i"]);
        }

        foreach (\array_slice($items, 100, 5) as $item) {
            $clover->remove($item['id']);
        }

        $shop->runner()->run(new TimeBudget());
        $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
        $stock = $clover->state()['stock'];
        $sold  = array_values(array_filter(
            \array_slice($items, 300),
            static fn (array $item): bool => ($stock[$item['id']] ?? 9) > 2,
        ));

        for ($i = 0; $i < self::ORDERS; $i++) {
            // Only the reconciler finds every second one.
            $workspace->sell($shop, self::ORDER + $i, [$sold[$i % min(200, \count($sold))]['id']], ($i % 2) === 0);
        }

        $shop->sales()->worker()->run(new TimeBudget(30.0), scan: true);
        $shop->inbox()->take(array_map(
            static fn (array $item): array => [
                'object_type' => WebhookObject::Item,
                'object_id'   => $item['id'],
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ],
            \array_slice($items, 200, 100),
        ));
        $shop->inboxWorker()->drain(new TimeBudget(20.0));
        $list = $shop->linkList();

        foreach ([[], ['status' => 'error'], ['search' => 'Renamed']] as $filter) {
            $shop->log->page($filter, 'created', true, 0, 20);
        }

        foreach ([[], ['state' => 'error'], ['search' => 'Renamed']] as $filter) {
            $list->page($filter, 'title', false, 0, 20);
        }

        $shop->log->count();
        $shop->log->ofRun($shop->dashboard()->latestRun()->id ?? 0, 'error', 20);
        $list->count();
        $shop->dashboard()->read();
        $shop->sales()->drift();
    }

    /**
     * @param array<string, Plan> $plans
     * @param list<string>        $has
     *
     * @return Plan
     */
    private static function find(array $plans, array $has): array
    {
        foreach ($plans as $short => $plan) {
            if (array_filter($has, static fn (string $part): bool => !str_contains($short, $part)) === []) {
                return $plan;
            }
        }

        throw new \LogicException(
            'No statement was asked with: '
            . implode(' … ', $has)
            . '. Correct hot-queries.txt, or let QueriesBenchmark run this statement.',
        );
    }

    /** @param array<string, int|float|string|null> $step */
    private static function scans(array $step): bool
    {
        return \in_array($step['type'] ?? '', ['ALL', 'index'], true) && (int) ($step['rows'] ?? 0) > self::SMALL;
    }

    /** @param list<array{purpose: string, plan: Plan, why: string}> $found */
    private static function markdown(array $found, int $items, string $prefix): string
    {
        $lines = '';

        foreach ($found as ['purpose' => $purpose, 'plan' => $plan, 'why' => $why]) {
            $steps = [];

            foreach ($plan as $step) {
                $steps[] = \sprintf('%s %s', $step['table'] ?? '–', match (true) {
                    isset($step['key']) => "`{$step['key']}`",
                    ($step['type'] ?? null) === 'ALL' => 'whole',
                    default => '–',
                });
            }

            $tables = str_replace($prefix, '', implode(', ', $steps));
            $rows   = implode(' + ', array_map(static fn (array $step): string => number_format(
                (int) ($step['rows'] ?? 0),
            ), $plan));
            $lines .= "| $purpose | $tables | $rows | $why |\n";
        }

        return (
            "# The hot queries\n\nGenerated by `make bench BENCH=queries`: MariaDB's `EXPLAIN` of each hot query in "
            . "the stand-in shop, which has the indexes of Joomla and\nJ2Commerce, with "
            . number_format($items)
            . ' items, '
            . self::ORDERS
            . " recent orders and fresh statistics. Rows are the server's estimate for each table or alias of the\n"
            . 'statement; a list has up to 1,000 ids. After a run, `target/bench/explain.txt` contains all statements. '
            . "A hot query that reads a whole table\nof more than a thousand rows fails the benchmark unless the table "
            . "names a reason.\n\n"
            . "| purpose | table and index | rows | why no index |\n|---|---|---|---|\n$lines"
        );
    }
}
