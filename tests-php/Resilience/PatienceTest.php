<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Catalog;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\TestDatabase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** Responses that ask to wait, and invalid responses. They do not depend on the database, so one is enough. */
#[Group('once')]
final class PatienceTest extends ResilienceTestCase
{
    /** A 429 causes a wait of seconds, which doubles: two in a row take three seconds. */
    private const STORM = 2;

    /** @return array<string, array{string, array<string, mixed>, float}> */
    public static function storms(): array
    {
        return [
            'item pages, without a time'  => [Simulator::ITEM_PAGES, [], 1.0],
            'item pages, a second'        => [Simulator::ITEM_PAGES, ['retry_after' => 1], 1.0],
            'item pages, three seconds'   => [Simulator::ITEM_PAGES, ['retry_after' => 3], 3.0],
            'names of groups'             => ['GET /v3/merchants/*/item_groups', ['retry_after' => 1], 1.0],
            'the order with the currency' => ['GET /v3/merchants/*/orders', [], 1.0],
        ];
    }

    /** @param array<string, mixed> $with */
    #[DataProvider('storms')]
    #[TestDox('A run waits until a series of 429 on $match is over')]
    public function test_a_storm_is_waited_out(string $match, array $with, float $seconds): void
    {
        $this->connectTo();
        $this->clover->fault($match, 'status', self::STORM, 0, ['code' => 429] + $with);
        $began  = microtime(true);
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(\count($this->clover->items()), $result->itemsRead);
        self::assertGreaterThanOrEqual($seconds, microtime(true) - $began, 'It did not wait.');
        self::assertCount(self::STORM, $this->clover->calls(like: '/ 429$/'));
        self::assertSame([], $this->clover->faultsLeft());
        self::assertSame(0, $this->clover->refreshes());
        self::assertSame([], $this->logged('error'));
    }

    #[TestDox('A run waits until a series of 429 on looked-up items is over, and then deletes')]
    public function test_a_storm_on_look_ups(): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $gone = $this->clover->singles()[2]['id'];
        $this->clover->remove($gone);
        $this->clover->fault("GET /v3/merchants/*/items/$gone", 'status', self::STORM, 0, [
            'code'        => 429,
            'retry_after' => 1,
        ]);
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(1, $result->deleted);
        self::assertSame([], $this->clover->faultsLeft());
    }

    #[TestDox(
        'When Clover asks for a longer wait than a run may take, the run stops, keeps its page, and resumes later',
    )]
    public function test_a_long_wait_is_left_to_the_next_run(): void
    {
        $this->connectTo('synthetic:1300');
        $this->clover->fault(Simulator::ITEM_PAGES, 'status', 2, 2, ['code' => 429, 'retry_after' => 3_600]);
        $error = self::thrown(UnavailableException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
        \assert($error instanceof UnavailableException);
        self::assertGreaterThanOrEqual(3_600, $error->getRetryAfter());
        self::assertSame(
            RunStatus::Running->value,
            $this->sql->fetchValue('SELECT status FROM #__j2commerce_clover_runs'),
        );
        self::assertSame(1_000, (int) $this->sql->fetchValue('SELECT items_read FROM #__j2commerce_clover_runs'));

        $mark = $this->clover->mark();
        self::thrown(UnavailableException::class, fn () => $this
            ->shop($this->db->connect())
            ->runner()
            ->run(new TimeBudget()));
        self::assertSame([], $this->clover->calls($mark), 'The wait of one process applies to all.');

        $this->openTheGate();
        // The first refusal may have closed the gate before the second half of the page was requested.
        $this->clover->clearFaults();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(1_300, $result->itemsRead);
        self::assertCount(2, $this->clover->calls($mark, '#/v3/-/items 200$#'));
    }

    #[TestDox('With the documented limits, four parallel syncs on one token all end without a failure')]
    public function test_four_syncs_on_one_token(): void
    {
        $this->connectTo(limits: 'documented');
        $record = (string) (new DatabaseTokenStore($this->sql, 'sandbox'))->read();
        $shops  = [];

        for ($i = 0; $i < 4; $i++) {
            $shops[$i] = TestDatabase::create(Dialect::Sqlite) ?? self::fail('SQLite is there.');
            (new DatabaseTokenStore($shops[$i]->connect(), 'sandbox'))->write($record);
        }

        $began    = microtime(true);
        $children = Child::together(4, function (Child $self, int $i) use ($shops): SyncRunRow {
            $shop = $this->shop($shops[$i]->connect());
            $self->pause();

            return $shop->runner()->run(new TimeBudget());
        });
        $results = Child::values($children);

        foreach ($shops as $shop) {
            $shop->drop();
        }

        array_map(static fn (SyncRunRow $r) => self::assertDone($r), $results);
        self::assertSame(0, $this->clover->refreshes());
        self::report(\sprintf(
            '4 syncs at once: %d requests, %d of them 429, %.1f s',
            \count($this->clover->requests()),
            \count($this->clover->calls(like: '/ 429$/')),
            microtime(true) - $began,
        ));
    }

    #[TestDox('With the documented limits, a sync and three readers on one token all end without a failure')]
    public function test_a_sync_among_readers(): void
    {
        $this->connectTo('synthetic:2300', 'documented');
        $began    = microtime(true);
        $children = Child::together(4, function (Child $self, int $i): int {
            $shop = $this->shop($this->db->connect());
            $self->pause();

            if ($i === 0) {
                $result = $shop->runner()->run(new TimeBudget());
                self::assertDone($result);

                return $result->itemsRead;
            }

            $read = 0;

            foreach ((new Catalog($shop->connection, 'USD'))->pages() as $page) {
                $read += \count($page->itemIds());
            }

            return $read;
        });
        self::assertSame([2_300, 2_300, 2_300, 2_300], Child::values($children));
        self::report(\sprintf(
            '1 sync, 3 readers: %d requests, %d of them 429, %.1f s',
            \count($this->clover->requests()),
            \count($this->clover->calls(like: '/ 429$/')),
            microtime(true) - $began,
        ));
    }

    /** @return array<string, array{string, array<string, mixed>}> */
    public static function faults(): array
    {
        return [
            'cut after 700 bytes'                => ['truncate', ['bytes' => 700]],
            'cut before the first byte'          => ['truncate', ['bytes' => 0]],
            'no JSON'                            => ['garbage', []],
            'a trickle'                          => ['slow_body', ['bytes_per_s' => 40_000]],
            'dropped'                            => ['drop', []],
            'dropped when done'                  => ['apply_then_drop', []],
            'late'                               => ['delay', ['ms' => 600]],
            'a fault of the server'              => ['status', ['code' => 500]],
            'not at home'                        => ['status', ['code' => 503]],
            'a page of a gateway'                => ['status', ['code' => 502, 'body' => '<html>Bad Gateway</html>']],
            'a request that took too long'       => ['status', ['code' => 408]],
            '200 with a message and no elements' => [
                'status',
                ['code' => 200, 'body' => ['message' => 'internal error']],
            ],
            '200 with another type of elements'  => ['status', ['code' => 200, 'body' => ['elements' => 'none']]],
        ];
    }

    /** @param array<string, mixed> $with */
    #[DataProvider('faults')]
    #[TestDox('An item page whose first responses are invalid is requested again')]
    public function test_a_bad_answer_is_asked_for_again(string $do, array $with): void
    {
        $this->connectTo();
        $this->clover->fault(Simulator::ITEM_PAGES, $do, 2, 0, $with);
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame(\count($this->clover->items()), $result->itemsRead);
        self::assertSame($result->imported, $this->rows('j2commerce_products'));
        self::assertSame([], $this->clover->faultsLeft(), 'The fault met no request.');
        self::assertLessThanOrEqual(
            4,
            \count($this->clover->calls(like: '#^GET /v3/-/items \d+$#')),
            'Asked too often.',
        );
        self::assertSame([], $this->logged('error'));
    }

    #[TestDox('Faults of every kind on all pages of a catalog lose nothing')]
    public function test_many_faults_in_a_row(): void
    {
        $this->connectTo('synthetic:2300');

        foreach (array_values(self::faults()) as $i => [$do, $with]) {
            // Two on the first page, and so on, so that no request has more than a few.
            $this->clover->fault(Simulator::ITEM_PAGES, $do, 1, $i % 3, $with);
        }

        $result = $this->sync();
        self::assertDone($result);
        self::assertSame([2_300, 2_300], [
            $result->itemsRead,
            $this->rows('j2commerce_clover_mappings', "clover_type = 'item' AND state = 'synced'"),
        ]);
        self::assertSame([], $this->clover->faultsLeft());
    }

    #[TestDox('Invalid responses to every other kind of read are requested again too')]
    public function test_bad_answers_elsewhere(): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $gone = $this->clover->singles()[2]['id'];
        $this->clover->remove($gone);

        foreach (['orders', 'item_groups', 'attributes', "items/$gone"] as $path) {
            $this->clover->fault("GET /v3/merchants/*/$path", 'drop');
            $this->clover->fault("GET /v3/merchants/*/$path", 'garbage');
        }

        // The sync reads the names of groups only when there is a difference, and a list of attributes only when Clover
        // does not show them with their groups.
        $this->clover->switches(['refused_expand' => ['attributes']]);
        $this->clover->edit($this->clover->named('T-Shirt')[0]['id'], ['price' => 3_333]);
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame([1, 1], [$result->deleted, $result->updated]);
        self::assertSame([], $this->clover->faultsLeft());
    }
}
