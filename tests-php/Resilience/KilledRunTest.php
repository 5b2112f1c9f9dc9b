<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Settings;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\KillingSql;
use CloverSync\Tests\Support\ShopDump;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\Snapshot;
use PHPUnit\Framework\Attributes\TestDox;

/** After a run was killed anywhere, a new process resumes it, and the result is that of an uninterrupted run. */
final class KilledRunTest extends ResilienceTestCase
{
    /** Item pages are fetched in pairs; the second page's first request is the third. */
    private const BEFORE_SECOND_PAGE = 2;

    private const FRESH    = 'began anew';
    private const RESUMED  = 'went on';
    private const COMPLETE = 'was complete';

    protected function settings(array $settings = []): Settings
    {
        // The points are counted, and the time decides when permits are requested.
        return parent::settings($settings + ['pace_share' => 100_000]);
    }

    #[TestDox('A first import is killed before and after every write and commit')]
    public function test_a_first_import(): void
    {
        $this->connectTo();
        $this->killAtPoints('first import, sandbox');
    }

    #[TestDox(
        'A run with edits, new items, a new group and restored items is killed before and after every write and commit',
    )]
    public function test_an_update_run(): void
    {
        $this->connectTo();
        $this->sync();
        $gone = [$this->clover->shelf()[7]['id'], ...$this->members('Poster'), $this->members('House Blend')[0]];
        array_map($this->clover->remove(...), $gone);
        $deleted = $this->sync();
        self::assertDone($deleted);
        self::assertSame(3, $deleted->deleted, 'A product, the product of a group, a variant.');

        foreach ($gone as $id) {
            $this->clover->edit($id, ['deleted' => false]);
        }

        $this->editTheShelf();
        $uncut = $this->killAtPoints('update run, sandbox');
        self::assertSame(
            [10, 2],
            [(int) $uncut['updated'], (int) $uncut['imported']],
            'Seven edited, three back, one new, one new group.',
        );
    }

    #[TestDox('A run that deletes a product, a variant and a group is killed before and after every write and commit')]
    public function test_deletions(): void
    {
        $this->connectTo();
        $this->clover->add([
            'name'     => 'Cap Red',
            'price'    => 1_500,
            'sku'      => 'CAP-R',
            'quantity' => 5,
            'group'    => 'Cap',
        ]);
        $this->sync();
        array_map($this->clover->remove(...), [
            $this->clover->shelf()[7]['id'],
            $this->members('House Blend')[0],
            ...$this->members('Cap'),
        ]);

        // The pages have been read, so that the rate limit allows the rest without a pause.
        $phase = '';
        $this
            ->shop()
            ->runner(static function (SyncRunRow $now) use (&$phase): void {
                $phase = $now->phase->value;
            })
            ->run(new TimeBudget(null, static function () use (&$phase): bool {
                return $phase === 'groups';
            }));
        self::assertSame(0, $this->rows('j2commerce_clover_mappings', "state = 'deleted'"));

        $uncut = $this->killAtPoints('deletions, sandbox');
        self::assertSame(3, (int) $uncut['deleted']);
    }

    #[TestDox(
        'A run with items that left, joined or changed their group is killed before and after every write and commit',
    )]
    public function test_items_that_change_their_group(): void
    {
        $this->connectTo();

        $ids = [];

        foreach (['Cap S', 'Cap M', 'Hat S'] as $i => $name) {
            [$group, $size] = explode(' ', $name);
            $ids[$name] = $this->clover->add([
                'name'     => $name,
                'price'    => 500 + $i,
                'sku'      => "K$i",
                'quantity' => 5,
                'group'    => $group,
                'options'  => ['Size' => $size],
            ]);
        }

        self::assertDone($this->sync());
        $in = fn (string $group): array => [
            'itemGroup' => $this->clover->item($this->members($group)[0])['itemGroup'] ?? null,
        ];
        $hat  = $in('Hat');
        $caps = [$ids['Cap S'], $ids['Cap M']];
        // One becomes a product of its own, the other a variant of another group: the old group is empty.
        $this->clover->edit($caps[0], ['__raw' => ['itemGroup' => null]]);
        $this->clover->edit($caps[1], ['__raw' => $hat]);
        // A single item takes the place of a group's member.
        $shirt   = $this->members('T-Shirt')[0];
        $singles = array_filter(
            $this->clover->shelf(),
            static fn (array $item): bool => !isset($item['itemGroup']) && !\in_array($item['id'], $caps, true),
        );
        $this->clover->edit(array_values($singles)[0]['id'], [
            '__raw' => $in('T-Shirt') + ['options' => $this->clover->item($shirt)['options']],
        ]);
        $this->clover->remove($shirt);
        $uncut = $this->killAtPoints('items that change their group, sandbox');
        self::assertSame(
            [1, 2],
            [(int) $uncut['imported'], (int) $uncut['deleted']],
            'A new product; a group and a variant less.',
        );
    }

    #[TestDox(
        'A first import of two pages is killed around every commit and single write, and inside each transaction',
    )]
    public function test_an_import_of_several_pages(): void
    {
        $this->connectTo('synthetic:1060');
        $uncut = $this->killAtPoints('first import, 2 pages', self::aroundEachTransaction(...));
        self::assertSame(1_060, (int) $uncut['items_read']);
    }

    #[TestDox('A run is killed after each page and each batch of groups, and while the next page is being fetched')]
    public function test_between_pages(): void
    {
        $this->connectTo('synthetic:2700');
        [$snapshot, $phases, $expected] = $this->uncutSteps();

        foreach (array_keys($phases) as $steps) {
            $snapshot->restore();
            $killed = Child::fork(function () use ($steps): void {
                $left = $steps;
                $this
                    ->shop($this->db->connect())
                    ->runner(static function () use (&$left): void {
                        if ($left-- === 0) {
                            Child::killMyself();
                        }
                    })
                    ->run(new TimeBudget());
            });
            self::assertTrue($killed->wasKilled());
            $this->assertResumesTo($expected, "killed after step $steps");
        }

        // The second page cannot arrive before the kill.
        $snapshot->restore();
        $this->clover->fault(Simulator::ITEM_PAGES, 'delay', 1, self::BEFORE_SECOND_PAGE, ['ms' => 30_000]);
        $child = Child::fork(fn (Child $self): mixed => $this
            ->shop($this->db->connect())
            ->runner(static fn () => $self->pause())
            ->run(new TimeBudget()));
        $child->awaitPause();
        $child->resume();
        $this->untilRequested('GET /v3/-/items 0');
        $child->kill();
        self::assertTrue($child->wasKilled());
        self::assertSame('items', $this->db->connect()->fetchValue('SELECT phase FROM #__j2commerce_clover_runs'));
        $mark = $this->clover->mark();
        $this->assertResumesTo($expected, 'killed while the second page was under way');
        $read = array_filter($this->clover->requests($mark), static fn (array $r): bool => str_contains(
            $r['path'],
            '/items?',
        ));
        self::assertCount(4, $read, 'Only the second and the third page are read again.');
        self::report(\sprintf('killed after each of %d steps and during a page fetch: all resumed', \count($phases)));
    }

    #[TestDox('A run in slices of one step, each in its own process, has the same result as an undivided run')]
    public function test_slices(): void
    {
        $this->connectTo('synthetic:2700');
        [$snapshot, $phases, $expected] = $this->uncutSteps();
        $snapshot->restore();
        $slices = 0;

        do {
            $result = Child::fork(fn (): SyncRunRow => $this
                ->shop($this->db->connect())
                ->runner()
                ->run(new TimeBudget(0.0)))->value();
            self::assertLessThanOrEqual((2 * \count($phases)) + 4, ++$slices, 'It does not come to its end.');
        } while ($result->hasMore());

        self::assertDone($result);
        self::assertSame([], ShopDump::differences($expected, ShopDump::of($this->db->connect())));
        self::report("in $slices slices");
    }

    /**
     * @return array{Snapshot, list<string>, array<string, list<string>>} The state at its start, the phase of each
     *   step, and the shop at the end
     */
    private function uncutSteps(): array
    {
        unset($this->sql);
        $snapshot = Snapshot::take($this->db);

        [$phases, $expected] = Child::fork(function (): array {
            $sql    = $this->db->connect();
            $phases = [];
            $this
                ->shop($sql)
                ->runner(static function (SyncRunRow $now) use (&$phases): void {
                    $phases[] = $now->phase->value;
                })
                ->run(new TimeBudget());

            return [$phases, ShopDump::of($sql)];
        })->value();
        self::assertSame(['items', 'items', 'items', 'groups', 'groups'], $phases);

        return [$snapshot, $phases, $expected];
    }

    /**
     * Kills a run at points, resumes it, and compares. Each run starts from the shop's present state.
     *
     * @param ?callable(list<string>): list<int> $choose Null = all points
     *
     * @return array<string, mixed> The row of the uninterrupted run
     */
    private function killAtPoints(string $title, ?callable $choose = null): array
    {
        unset($this->sql);
        $began    = microtime(true);
        $snapshot = Snapshot::take($this->db);
        [$points, $expected, $run] = Child::fork(function (): array {
            $inner = $this->db->connect();
            $sql   = new KillingSql($inner);
            $this->shop($sql)->runner()->run(new TimeBudget());

            return [$sql->points, ShopDump::of($inner), $this->lastRun($inner) ?? self::fail('No run is stored.')];
        })->value();
        self::assertSame(RunStatus::Done->value, $run['status']);
        self::assertSame([], $expected['j2commerce_clover_staging']);
        $chosen   = $choose === null ? array_keys($points) : $choose($points);
        $outcomes = [];
        $known    = [];

        foreach ($chosen as $point) {
            $where = "Point $point of $title, $points[$point]";
            $snapshot->restore();
            $killed = Child::fork(fn (): mixed => $this
                ->shop(new KillingSql($this->db->connect(), $point))
                ->runner()
                ->run(new TimeBudget()));
            self::assertTrue($killed->wasKilled(), "$where, was not reached: " . implode(': ', $killed->error() ?? []));
            $state                                                       = $this->stateDigest();
            $known[$state]                                               ??= $this->assertResumesTo($expected, $where);
            $outcomes[$points[$point][0] === 'b' ? 'before' : 'after'][] = $known[$state];
        }

        self::report(\sprintf(
            '%s: %d of %d points, %d of %d kinds of them; %d states found, each resumed; %.0f s',
            $title,
            \count($chosen),
            \count($points),
            self::kinds(array_intersect_key($points, array_flip($chosen))),
            self::kinds($points),
            \count($known),
            microtime(true) - $began,
        ));

        foreach ($outcomes as $side => $list) {
            self::report(
                "    killed $side: "
                    . implode(', ', array_map(
                        static fn (string $o, int $n): string => "$n $o",
                        array_keys(array_count_values($list)),
                        array_count_values($list),
                    )),
            );
        }

        return $run;
    }

    /** Everything that a new process finds: points with the same state need only one resumption. */
    private function stateDigest(): string
    {
        $sql = $this->db->connect();

        return ShopDump::digest(
            ShopDump::of($sql)
            + ['locked' => array_map(
                strval(...),
                $sql->fetchColumn("SELECT name FROM #__j2commerce_clover_locks WHERE holder <> ''"),
            )],
        );
    }

    /**
     * @param array<string, list<string>> $expected
     *
     * @return string The state that the new process found
     */
    private function assertResumesTo(array $expected, string $where): string
    {
        $digest = ShopDump::digest($expected);
        [$outcome, $found, $dump] = Child::fork(function () use ($expected, $digest): array {
            $sql    = $this->db->connect();
            $before = $this->lastRun($sql);
            $open   = $before !== null && $before['status'] === RunStatus::Running->value;

            // A run that was killed after its last commit is complete, and another run follows. That one may write
            // nothing.
            $isWhole = $before !== null && !$open && ShopDump::digest(ShopDump::of($sql)) === $digest;
            $result  = $this->shop($sql)->runner()->run(new TimeBudget());
            $found   = [
                $result->status,
                $result->failed,
                $sql->fetchValue("SELECT holder FROM #__j2commerce_clover_locks WHERE name = 'sync:sandbox'"),
            ];

            if ($isWhole) {
                return [self::COMPLETE, [...$found, $result->productRows], []];
            }

            return [$open ? self::RESUMED : self::FRESH, $found, ShopDump::differences($expected, ShopDump::of($sql))];
        })->value();
        self::assertSame(
            $outcome === self::COMPLETE ? [RunStatus::Done, 0, '', 0] : [RunStatus::Done, 0, ''],
            $found,
            $where,
        );
        self::assertSame([], $dump, $where);

        return $outcome;
    }

    /** @return ?array<string, mixed> */
    private function lastRun(Sql $sql): ?array
    {
        return $sql->fetchOne('SELECT * FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 1');
    }

    /**
     * A kill inside a transaction leaves the state before it, so two points in each represent all of them.
     *
     * @param list<string> $points
     *
     * @return list<int>
     */
    private static function aroundEachTransaction(array $points): array
    {
        $chosen = [];
        $inside = [];

        foreach ($points as $i => $point) {
            [$where, $what] = explode(': ', $point, 2);

            if ($what === 'commit' || str_ends_with($where, ' alone')) {
                $chosen[] = $i;
            } else {
                $inside[explode(' ', $where)[1]][] = $i;
            }
        }

        foreach ($inside as $transaction) {
            array_push($chosen, $transaction[1], $transaction[intdiv(\count($transaction), 2)]);
        }

        $chosen = array_values(array_unique($chosen));
        sort($chosen);

        return $chosen;
    }

    /** @param array<int, string> $points */
    private static function kinds(array $points): int
    {
        return \count(array_unique(array_map(
            static fn (string $point): string => (string) preg_replace('/ \d+: /', ': ', $point),
            $points,
        )));
    }

    /** @return list<string> Items of the group whose items' names begin so */
    private function members(string $group): array
    {
        $items = array_filter($this->clover->named($group), static fn (array $item): bool => isset($item['itemGroup']));

        return array_column($items, 'id');
    }

    private function editTheShelf(): void
    {
        $shelf = $this->clover->shelf();
        $this->clover->edit($shelf[0]['id'], ['price' => $shelf[0]['price'] + 111]);
        $this->clover->edit($shelf[1]['id'], ['name' => $shelf[1]['name'] . ' renamed']);
        $this->clover->edit($shelf[2]['id'], ['categories' => ['A new shelf'], 'tags' => ['a new tag', 'another']]);
        $this->clover->setStock($shelf[3]['id'], 17);
        $stocked = $this->clover->inStock();
        $this->clover->setStock($stocked[\count($stocked) - 1]['id'], null);
        $this->clover->edit($shelf[4]['id'], ['sku' => 'RESILIENT-1', 'code' => '0000000000017']);
        $group = $this->members('T-Shirt');
        $this->clover->edit($group[0], ['price' => 98_765]);
        $this->clover->setStock($group[1], 3);
        $this->clover->add([
            'name'       => 'Lamp, new',
            'price'      => 4_500,
            'sku'        => 'NEW-1',
            'quantity'   => 4,
            'categories' => ['A new shelf'],
        ]);

        foreach (['Red', 'Blue'] as $colour) {
            $this->clover->add([
                'name'     => "Scarf, new $colour",
                'price'    => 1_900,
                'sku'      => "NEW-$colour",
                'quantity' => 2,
                'group'    => 'Scarf, new',
            ]);
        }
    }

    private function untilRequested(string $call): void
    {
        for ($end = microtime(true) + 60; !\in_array($call, $this->clover->calls(), true);) {
            self::assertLessThan($end, microtime(true), "$call was never asked for.");
            usleep(5_000);
        }
    }
}
