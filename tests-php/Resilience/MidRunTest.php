<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Catalog\RunPhase;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\ShopDump;
use PHPUnit\Framework\Attributes\TestDox;

/** Events during a run: tokens expire, another run is started. */
final class MidRunTest extends ResilienceTestCase
{
    #[TestDox('A token that expires between two pages costs one refresh, and no page is written twice')]
    public function test_a_token_expires_between_pages(): void
    {
        // The expiry must meet a page that is not yet read ahead.
        $this->connectTo('synthetic:6300');
        $mark = $this->clover->mark();
        /** @var int $pages */
        $pages  = 0;
        $result = $this
            ->shop()
            ->runner(function (SyncRunRow $now) use (&$pages): void {
                if ($now->phase === RunPhase::Items && ++$pages === 1) {
                    $this->clover->tokens('expire');
                }
            })
            ->run(new TimeBudget());
        self::assertDone($result);
        self::assertSame(7, $pages);
        self::assertSame([6_300, 6_300], [
            $result->itemsRead,
            $this->rows('j2commerce_clover_mappings', "clover_type = 'item'"),
        ]);
        self::assertSame($result->imported, $this->rows('j2commerce_products'));
        self::assertSame([1, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);

        $requests = array_filter($this->clover->requests($mark), static fn (array $r): bool => str_contains(
            $r['path'],
            '/items?',
        ));
        $answered = array_column(array_filter($requests, static fn (array $r): bool => $r['status'] === 200), 'path');
        self::assertNotSame(
            [],
            array_filter($requests, static fn (array $r): bool => $r['status'] === 401),
            'The expiry met no page.',
        );
        self::assertCount(14, array_unique($answered), 'Seven pages, each in two halves.');
        self::assertLessThanOrEqual(15, \count($answered), 'At most the other half of one pair is read again.');
    }

    #[TestDox('A token that is refused for the names of groups, ahead and when they are needed, costs one refresh')]
    public function test_a_token_is_refused_for_the_names_of_groups(): void
    {
        $this->connectTo();
        $this->clover->fault('GET /v3/merchants/*/item_groups', 'status', 2, with: ['code' => 401]);
        $result = $this->shop()->runner()->run(new TimeBudget());
        self::assertDone($result);
        self::assertSame([1, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);
        self::assertSame($result->imported, $this->rows('j2commerce_products'));
    }

    #[TestDox('With short-lived tokens, a run does not refresh for each request')]
    public function test_short_lives(): void
    {
        $this->connectTo('synthetic:1300');
        $this->clover->switches(['access_ttl' => 5]);
        $this->connect($this->shop());
        $before = $this->clover->refreshes();
        $result = $this->shop()->runner()->run(new TimeBudget());
        self::assertDone($result);
        self::assertSame(1_300, $result->itemsRead);
        self::assertLessThanOrEqual($before + 2, $this->clover->refreshes());
    }

    #[TestDox('Of two runs started at once the second is refused without a request, and the first is not affected')]
    public function test_two_at_once(): void
    {
        $this->connectTo('synthetic:1300');
        $first = Child::fork(function (Child $self): SyncRunRow {
            /** @var bool $paused */
            $paused = false;

            return $this
                ->shop($this->db->connect())
                ->runner(static function () use ($self, &$paused): void {
                    if (!$paused) {
                        $paused = true;
                        $self->pause();
                    }
                })
                ->run(new TimeBudget());
        });
        $first->awaitPause();
        $mark   = $this->clover->mark();
        $before = ShopDump::of($this->sql);
        $second = $this->shop();
        self::thrown(AlreadyRunningException::class, static fn () => $second->runner()->run(new TimeBudget()));
        self::assertSame(0, $second->connection->requests());
        self::assertSame([], $this->clover->calls($mark));
        self::assertSame([], ShopDump::differences($before, ShopDump::of($this->sql)));

        // Late in the lease, but not after its end.
        $late = $this->shop(clock: new FakeClock(time() + 45.0));
        self::thrown(AlreadyRunningException::class, static fn () => $late->runner()->run(new TimeBudget()));

        $first->resume();
        self::assertDone($first->value());
        self::assertDone($this->sync());
        self::assertSame(2, $this->rows('j2commerce_clover_runs', "status = 'done'"));
    }

    #[TestDox('Of eight processes that start a run at the same moment one runs and seven are refused')]
    public function test_a_race_for_the_run(): void
    {
        $this->connectTo();
        $children = Child::together(8, function (Child $self): string {
            $shop = $this->shop($this->db->connect());
            $self->pause();

            try {
                return $shop->runner(static fn () => $self->pause())->run(new TimeBudget())->status->value;
            } catch (AlreadyRunningException) {
                return 'refused';
            }
        });

        // The winner waits in its first step until all others have been refused, because its end is awaited last.
        $outcomes = [];
        $winners  = [];

        foreach ($children as $i => $child) {
            try {
                $child->awaitPause();
                $winners[] = $child;
            } catch (\RuntimeException) {
                $outcomes[$i] = $child->value();
            }
        }

        self::assertCount(1, $winners);
        self::assertSame(array_fill(0, 7, 'refused'), array_values($outcomes));

        foreach ($winners as $winner) {
            $winner->resume();
            self::assertSame(RunStatus::Done->value, $winner->value());
        }
    }

    #[TestDox('A running process of this node that is silent for longer than its lease keeps its run')]
    public function test_a_silent_holder_is_not_robbed(): void
    {
        $this->connectTo('synthetic:1300');
        $first = $this->runPausedAfterItsFirstPage();
        $late  = $this->shop(clock: new FakeClock(time() + 90.0));
        self::thrown(AlreadyRunningException::class, static fn () => $late->runner()->run(new TimeBudget()));
        $first->resume();
        self::assertDone($first->value());
    }

    #[TestDox('A run that another node has taken over writes nothing more, and the other node completes it')]
    public function test_a_run_that_was_taken_over(): void
    {
        $this->connectTo('synthetic:1300');
        $first = $this->runPausedAfterItsFirstPage();

        // In the view of another node, which cannot know whether the holder is running.
        $this->sql->execute(
            "UPDATE #__j2commerce_clover_locks SET node = 'elsewhere', expires = ?
            WHERE name = 'sync:sandbox'",
            [
                time() - 1,
            ],
        );
        self::assertDone($this->sync());
        $before = ShopDump::of($this->sql);
        $first->resume();
        self::assertSame(
            LockLostException::class,
            $first->error()[0] ?? 'It went on: ' . print_r($first->value(), true),
        );
        self::assertSame([], ShopDump::differences($before, ShopDump::of($this->sql)));
        self::assertSame(1, $this->rows('j2commerce_clover_runs'));
        self::assertSame(1_300, $this->rows('j2commerce_clover_mappings', "clover_type = 'item' AND state = 'synced'"));
        self::assertTrue((new Lock($this->sql, 'sync:sandbox'))->acquire());
    }

    /** @return Child<SyncRunRow> */
    private function runPausedAfterItsFirstPage(): Child
    {
        $child = Child::fork(function (Child $self): SyncRunRow {
            /** @var int $steps */
            $steps = 0;

            return $this
                ->shop($this->db->connect())
                ->runner(static function () use ($self, &$steps): void {
                    if (++$steps === 1) {
                        $self->pause();
                    }
                })
                ->run(new TimeBudget());
        });
        $child->awaitPause();

        return $child;
    }
}
