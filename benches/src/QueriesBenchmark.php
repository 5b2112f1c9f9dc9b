<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;

/** Has a shop of 10,000 products do all that it ever does, and lets MariaDB explain each statement it was asked. */
final class QueriesBenchmark implements Benchmark
{
    private const TEXT = __DIR__ . '/../../target/bench/explain.txt';
    private const PAGE = __DIR__ . '/../../docs/queries.md';

    private const ORDERS = 500;

    /** @param bool $page Whether docs/queries.md is written, which holds for a shop of the full size only */
    public function __construct(
        private readonly int $items,
        private readonly bool $page,
    ) {
    }

    public function run(Measurements $measurements): iterable
    {
        $workspace = new Workspace($this->items, 'off', 0);
        $sql       = new RecordingSql($workspace->db->connect());
        $this->live($workspace, $sql);
        // The server of an established shop has analyzed its tables.
        $tables = $sql->fetchColumn('SELECT table_name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_name LIKE ?', [
            str_replace('_', '\\_', $workspace->db->prefix) . '%',
        ]);
        $workspace->db->connect()->fetchAll('ANALYZE TABLE ' . implode(', ', $tables));
        $plans = [];
        $text  = '';

        foreach ($sql->statements as $short => ['query' => $query, 'values' => $values, 'times' => $times]) {
            if (preg_match('/^(SELECT|UPDATE|DELETE)/', $short) !== 1 || str_contains($short, 'information_schema')) {
                continue;
            }

            $plans[$short] = $workspace->db->connect()->fetchAll("EXPLAIN $query", $values);
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

        is_dir(\dirname(self::TEXT)) || mkdir(\dirname(self::TEXT), recursive: true);
        file_put_contents(self::TEXT, $text);
        $found = array_map(
            static fn (array $hot): array => $hot + ['plan' => self::find($plans, $hot['has'])],
            HotQueries::ALL,
        );
        $this->page && file_put_contents(self::PAGE, $this->markdown($found, $workspace->db->prefix));
        $scans = array_filter(
            $found,
            static fn (array $hot): bool => !isset($hot['why']) && array_filter($hot['plan'], self::scans(...)) !== [],
        );
        $measurements->add('queries', array_map(static fn (array $hot): array => [
            'purpose' => $hot['purpose'],
            'plan'    => $hot['plan'],
        ], $found));
        yield new Row(
            'statements explained; of them hot',
            \count($plans) . '; ' . \count($found),
            value: \count($plans),
        );
        yield new Row(
            'hot statements that read a whole large table without a reason',
            $scans === [] ? '0' : implode('; ', array_column($scans, 'purpose')),
            '0',
            $scans === [],
            \count($scans),
        );
    }

    /**
     * Import, an unchanged run, edits and deletions, a stock-only sync, orders, work, a reconciler scan, webhooks, and
     * the owner's pages.
     */
    private function live(Workspace $workspace, Sql $sql): void
    {
        $shop = $workspace->shop($sql, ['pace_share' => 100_000]);
        $sync = static fn (): object => $shop->runner()->run(new TimeBudget());
        $sync();
        $sync();
        $items = $workspace->clover->shelf();

        foreach (\array_slice($items, 0, 100) as $i => $item) {
            $workspace->clover->edit($item['id'], ['price' => 1_000 + $i, 'name' => "Renamed $i", 'sku' => "NEW-$i"]);
        }

        foreach (\array_slice($items, 100, 5) as $item) {
            $workspace->clover->remove($item['id']);
        }

        $sync();
        $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
        $this->sell($workspace, $sql);
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
        $shop->log->page([], 'created', true, 0, 20);
        $shop->log->page(['status' => 'error'], 'created', true, 0, 20);
        $shop->log->page(['search' => 'Renamed'], 'created', true, 0, 20);
        $shop->log->count();
        $shop->log->ofRun($shop->dashboard()->latestRun()->id ?? 0, 'error', 20);
        $list = $shop->linkList();
        $list->page([], 'title', false, 0, 20);
        $list->page(['state' => 'error'], 'title', false, 0, 20);
        $list->page(['search' => 'Renamed'], 'title', false, 0, 20);
        $list->count();
        $shop->dashboard()->read();
        $shop->sales()->drift();
    }

    /** Orders of which the latest have events; only the reconciler finds the others. */
    private function sell(Workspace $workspace, Sql $sql): void
    {
        $shop  = $workspace->shop($sql, ['pace_share' => 100_000]);
        $desk  = new FakeCheckout($sql, $shop->links(), new SystemClock());
        $stock = $workspace->clover->state()['stock'];
        $items = \array_slice(
            array_values(array_filter(
                $workspace->clover->shelf(),
                static fn (array $item): bool => ($stock[$item['id']] ?? 9) > 2,
            )),
            300,
            200,
        );

        for ($i = 0; $i < self::ORDERS; $i++) {
            $item = $items[$i % \count($items)];
            $desk->place(OrderFile::fromJson(json_encode([
                'order_id'           => (string) (179540798000 + $i),
                'number'             => $i + 1,
                'new_status'         => 1,
                'currency'           => 'USD',
                'prices_include_tax' => false,
                'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '1'],
                'lines'              => [[
                    'line_id'    => $i + 1,
                    'clover_id'  => $item['id'],
                    'name'       => $item['name'],
                    'quantity'   => 1,
                    'unit_price' => $item['price'],
                ]],
            ], JSON_THROW_ON_ERROR)));

            if (($i % 2) === 0) {
                $shop->orderEvents()->statusChanged((string) (179540798000 + $i), 5, 1);
            }
        }

        $shop->sales()->worker()->run(new TimeBudget(30.0), scan: true);
    }

    /**
     * @param array<string, list<array<string, int|float|string|null>>> $plans
     * @param list<string>                              $has
     *
     * @return list<array<string, int|float|string|null>>
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
            . '. Correct HotQueries, or let QueriesBenchmark run this statement.',
        );
    }

    /** @param array<string, int|float|string|null> $step */
    private static function scans(array $step): bool
    {
        return \in_array($step['type'] ?? '', ['ALL', 'index'], true) && (int) ($step['rows'] ?? 0) > 1_000;
    }

    /**
     * @param array<array-key, array{purpose: string, why?: string, has: list<string>,
     *   plan: list<array<string, int|float|string|null>>}> $found
     */
    private function markdown(array $found, string $prefix): string
    {
        $lines = '';

        foreach ($found as $hot) {
            $steps = array_map(static fn (array $step): string => \sprintf(
                '%s %s',
                $step['table'] ?? '–',
                ($step['key'] ?? null) === null
                    ? (($step['type'] ?? null) === 'ALL' ? 'whole' : '–')
                    : "`{$step['key']}`",
            ), $hot['plan']);
            $rows = array_map(static fn (array $step): string => number_format(
                (int) ($step['rows'] ?? 0),
            ), $hot['plan']);
            $lines .=
                "| {$hot['purpose']} | "
                . str_replace($prefix, '', implode(', ', $steps))
                . ' | '
                . implode(' + ', $rows)
                . ' | '
                . ($hot['why'] ?? '')
                . " |\n";
        }

        return (
            "# The hot queries\n\nGenerated by `make bench BENCH=queries`: MariaDB's `EXPLAIN` of each hot query in "
            . "the stand-in shop, which has the indexes of Joomla and\nJ2Commerce, with "
            . number_format($this->items)
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
