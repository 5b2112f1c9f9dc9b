<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Concurrency;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\Attributes\TestWith;

/**
 * A Clover that allows less than it documents, and sends its limits in the headers of a 429.
 *
 * CLOVERSYNC_LINES sets the lines of the order (the documented figure is for 40).
 */
final class LearnedLimitsTest extends ResilienceTestCase
{
    private const LINES = 12;

    /** Milliseconds after the first 429 of a kind in which more of that kind may come. */
    private const GRACE = 2_000;

    #[TestDox(
        'An import and an order end with the limits $perSecond a second and $concurrent at once, without a late 429',
    )]
    #[TestWith([16, 5])]
    #[TestWith([5, 5])]
    #[TestWith([4, 5])]
    #[TestWith([2, 1])]
    public function test_import_and_order(int $perSecond, int $concurrent): void
    {
        $lines = (int) (getenv('CLOVERSYNC_LINES') ?: self::LINES);
        $this->connectTo('synthetic:300', 'documented');
        $before = $this->clover->counts();
        $items  = \array_slice(array_keys($before), 0, $lines);
        $this->limit($perSecond, $concurrent);
        $mark = $this->clover->mark();
        self::assertDone($this->sync(['sync_sale' => false]));
        $imported  = $this->clover->mark();
        $began     = microtime(true);
        $confirmed = Child::fork(function () use ($items): int {
            $sql  = $this->db->connect();
            $shop = $this->shop($sql, ['sync_sale' => false]);
            (new FakeCheckout($sql, $shop->links(), new SystemClock()))->place(self::order($items));
            $shop->orderEvents()->statusChanged('179540797553', 5, 1);
            $confirmed = 0;

            for ($until = microtime(true) + 120; $confirmed < \count($items) && microtime(true) < $until;) {
                $confirmed += $shop->sales()->worker()->run(new TimeBudget())->confirmed;
            }

            return $confirmed;
        }, 300)->value();
        $seconds = microtime(true) - $began;
        self::assertSame($lines, $confirmed);
        $after = $this->clover->state()['stock'];

        foreach ($items as $id) {
            self::assertEquals($before[$id] - 1, $after[$id], $id);
        }

        $this->assertLearnedOnce($mark, (int) ($perSecond < 16) + (int) ($concurrent < 5));
        $limits = DatabaseRateLimiter::limits($this->sql, 'sandbox');
        self::assertLessThanOrEqual(16, $limits['per_second']);
        self::assertSame($limits !== ['per_second' => 16, 'concurrent' => 5, 'learned' => false], $limits['learned']);
        self::report(\sprintf(
            '%d/s and %d: import %d requests, %d lines in %.1f s with %d requests, %d of them 429; known %d/s and %d',
            $perSecond,
            $concurrent,
            $imported - $mark,
            $lines,
            $seconds,
            $this->clover->mark() - $imported,
            \count($this->refused($mark)),
            $limits['per_second'],
            $limits['concurrent'],
        ));
    }

    #[TestDox('A limit that one process learned applies to the next process from its first request on')]
    public function test_the_next_process_begins_with_it(): void
    {
        $this->connectTo('synthetic:300', 'documented');
        $this->clover->switches(['latency' => 30]);
        $this->limit(5, 2);
        $this->changeCounts();
        $limits = DatabaseRateLimiter::limits($this->sql, 'sandbox');
        self::assertSame(['per_second' => 5, 'concurrent' => 2, 'learned' => true], $limits);
        usleep(1_100_000);
        $mark = $this->clover->mark();
        $this->changeCounts();
        self::assertSame([], $this->refused($mark));
    }

    #[TestDox('Two running processes learn from the first 429 of either')]
    public function test_two_at_once(): void
    {
        $this->connectTo('synthetic:300', 'documented');
        $this->clover->switches(['latency' => 30]);
        $this->limit(4, 1);
        $mark     = $this->clover->mark();
        $children = Child::together(2, function (Child $self): int {
            $connection = $this->shop($this->db->connect())->connection;
            $self->pause();
            $done = 0;

            for ($until = microtime(true) + 7; microtime(true) < $until; $done++) {
                $connection->merchant();
            }

            return $done;
        });
        $done = Child::values($children);
        self::assertNotContains(0, $done);
        $this->assertLearnedOnce($mark, 2);
        self::report(\sprintf('4/s and 1: two processes got done %s in 7 s', implode(' and ', $done)));
    }

    /** Writes counts in parallel, in a process of its own. */
    private function changeCounts(): void
    {
        $tracked = Concurrency::items($this->clover);
        $changed = Child::fork(function () use ($tracked): int {
            $shop  = $this->shop($this->db->connect());
            $crowd = new Concurrency(static fn (): Services => $shop, $tracked);
            $done  = 0;

            for ($round = 0; $round < 6; $round++) {
                $done += $crowd->sell($shop->connection, 0);
            }

            return $done;
        })->value();
        self::assertGreaterThan(0, $changed);
    }

    private function limit(int $perSecond, int $concurrent): void
    {
        $this->clover->switches(['rate_limit' => ['per_second' => $perSecond, 'concurrent' => $concurrent]]);
        // Requests sent before still count for a second.
        usleep(1_100_000);
    }

    private function assertLearnedOnce(int $mark, int $kinds): void
    {
        $refused = $this->refused($mark);
        $late    = array_filter($refused, static fn (int $at): bool => $at > ($refused[0] + ($kinds * self::GRACE)));
        self::assertSame([], $late, 'Milliseconds of all 429s: ' . implode(', ', $refused));
    }

    /** @return list<int> When Clover answered 429, in milliseconds */
    private function refused(int $mark): array
    {
        $refused = array_filter($this->clover->requests($mark), static fn (array $r): bool => $r['status'] === 429);

        return array_values(array_column($refused, 'at'));
    }

    /** @param list<string> $items */
    private static function order(array $items): OrderFile
    {
        return OrderFile::fromJson(json_encode([
            'order_id'           => '179540797553',
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => array_map(
                static fn (int $i, string|int $id): array => [
                    'line_id'    => $i + 1,
                    'clover_id'  => (string) $id,
                    'name'       => "Line $i",
                    'quantity'   => 1,
                    'unit_price' => 100,
                ],
                array_keys($items),
                $items,
            ),
        ], JSON_THROW_ON_ERROR));
    }
}
