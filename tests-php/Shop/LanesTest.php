<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\LaneBook;
use CloverSync\Shop\Lanes;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\ShopTestCase;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\Attributes\TestWith;

/** How processes divide the pace of a token. Time passes by making all that is written down older. */
final class LanesTest extends ShopTestCase
{
    /** Between two processes that know each other only by the database there may pass some time. */
    private const SLACK = 150;

    protected function setUp(): void
    {
        if (!interface_exists(\CloverSync\Pace::class)) {
            self::markTestSkipped('The extension is not loaded.');
        }

        parent::setUp();
    }

    #[TestDox('A process that works alone gets all lanes, keeps them, and gives them back')]
    public function test_alone(): void
    {
        $lanes = $this->lanes();
        $one   = self::ask($lanes, 2);
        self::assertSame([2, 2, false, []], [$one['lanes'], $one['keep'], $one['crowded'], $one['recent']]);
        self::assertEqualsWithDelta(LaneBook::LEASE, $one['validFor'], self::SLACK);
        self::assertSame(5, self::ask($lanes, 9)['lanes']);
        self::assertSame(5, self::ask($lanes, 1)['keep'], 'What nobody else wants may be kept.');
        self::assertSame(0, self::ask($lanes, 0, 5)['lanes']);
        self::assertStringNotContainsString('"pid"', $this->book());
    }

    #[TestDox('Looking on costs one read: nothing is written before the lease is half over')]
    public function test_looking_on_is_cheap(): void
    {
        $lanes = $this->lanes();
        self::ask($lanes, 3);
        $version = $this->version();
        self::assertSame(3, self::ask($lanes, 3)['lanes']);
        self::assertSame($version, $this->version());
        $this->later(1_600);
        self::assertEqualsWithDelta(LaneBook::LEASE, self::ask($lanes, 3)['validFor'], self::SLACK);
        self::assertSame($version + 1, $this->version());
        self::assertSame(0, self::ask($this->lanes(), 0)['lanes']);
        self::assertSame($version + 1, $this->version(), 'Who wants nothing writes nothing.');
    }

    #[TestDox('Who comes later gets its part as soon as the first can spare it, and the first hears of it at once')]
    public function test_a_second_process(): void
    {
        [$first, $second] = [$this->lanes(), $this->lanes()];
        self::ask($first, 5);
        self::assertSame(0, self::ask($second, 5)['lanes']);
        $told = self::ask($first, 5);
        self::assertSame([5, 3, true], [$told['lanes'], $told['keep'], $told['crowded']]);
        $told = self::ask($first, 5, 3);
        self::assertSame(
            [3, 3],
            [$told['lanes'], $told['keep']],
            'Of what it gave it takes again only what is not due to who waits.',
        );
        self::assertSame(2, self::ask($second, 5)['lanes']);
        self::assertFalse(self::ask($first, 5)['crowded']);
    }

    #[TestDox('What still counts on a lane goes with it, to who takes it next')]
    public function test_recent_requests_travel(): void
    {
        [$first, $second] = [$this->lanes(), $this->lanes()];
        self::ask($first, 5);
        self::ask($first, 0, 5, [900, 100, 950, 500]);
        $clean = self::ask($second, 3);
        self::assertSame([3, []], [$clean['lanes'], $clean['recent']], 'The clean lanes go first.');
        $rest = self::ask($second, 5)['recent'];
        sort($rest);
        self::assertCount(4, $rest);

        foreach ([100, 500, 900, 950] as $i => $time) {
            self::assertLessThanOrEqual($time + 2, $rest[$i]);
            self::assertGreaterThanOrEqual($time - self::SLACK, $rest[$i]);
        }

        self::assertSame([], self::ask($second, 5)['recent'], 'It is told once.');
    }

    #[TestDox('When there are more processes than lanes each has one in turn, who waits longest first')]
    public function test_turns(): void
    {
        $five = [];

        for ($i = 0; $i < 5; $i++) {
            $five[] = $lanes = $this->lanes();
            self::assertSame(1, self::ask($lanes, 1)['lanes']);
            $this->later(50);
        }

        [$sixth, $seventh] = [$this->lanes(), $this->lanes()];
        self::assertSame(0, self::ask($sixth, 1)['lanes']);
        $this->later(20);
        self::assertSame(0, self::ask($seventh, 1)['lanes']);
        $keeps = static fn (): array => array_map(static fn (Lanes $l): int => self::ask($l, 1)['keep'], $five);
        self::assertSame([1, 1, 1, 1, 1], $keeps(), 'Nobody has had its turn.');
        $this->later(1_950);
        self::assertSame([0, 0, 1, 1, 1], $keeps(), 'Two wait, so two give up.');

        self::assertSame(0, self::ask($five[0], 1, 1)['lanes'], 'It stands in line behind the others.');
        self::assertSame(0, self::ask($seventh, 1)['lanes'], 'The sixth waits longer.');
        self::assertSame(1, self::ask($sixth, 1)['lanes']);
        self::ask($five[1], 1, 1);
        self::assertSame(1, self::ask($seventh, 1)['lanes']);
        $this->later(1_000);
        self::assertSame(0, self::ask($five[0], 1)['lanes']);
        self::assertSame(
            [0, 0, 0, 0, 1],
            $keeps(),
            'Those who wait now get the lanes of the two that have had theirs longest.',
        );
    }

    #[TestDox('What a killed process held is free within seconds on its node')]
    public function test_a_killed_process(): void
    {
        $other = $this->lanes();
        $child = Child::fork(function (): void {
            $lanes = $this->lanes();
            self::ask($lanes, 5);
            self::ask($lanes, 0, away: true);
            Child::killMyself();
        });
        self::assertTrue($child->wasKilled());
        self::assertSame(0, self::ask($other, 5)['lanes'], 'Its requests may still be on their way.');
        $this->later(2_700);
        self::assertSame(0, self::ask($other, 5)['lanes']);
        $this->later(300);
        self::assertSame(5, self::ask($other, 5)['lanes']);
    }

    #[TestDox(
        'What a silent process of another node held is free seconds after its lease, and within about a minute where requests were in flight',
    )]
    public function test_another_node(): void
    {
        foreach ([
            [false, LaneBook::LEASE],
            [true,  LaneBook::AWAY],
        ] as [$away, $lease]) {
            $far   = $this->lanes(process: new ProcessIdentity('elsewhere', 1, 1));
            $other = $this->lanes();
            self::ask($far, 5);
            $told = self::ask($far, 5, away: $away);
            self::assertEqualsWithDelta($lease, $told['validFor'], self::SLACK);
            $this->later($lease - self::SLACK);
            self::assertSame(0, self::ask($other, 5)['lanes']);
            $this->later(3_000);
            self::assertSame(0, self::ask($other, 5)['lanes']);
            $this->later(self::SLACK + 10);
            self::assertSame(5, self::ask($other, 5)['lanes']);
            $lost = self::ask($far, 5);
            self::assertSame([0, 0], [$lost['lanes'], $lost['keep']], 'It learns that it lost them.');
            unset($far, $other);
            $this->later(100_000);
        }
    }

    #[TestDox('A process that comes back after its lease goes on with its lanes when nobody has taken them')]
    public function test_a_lease_that_nobody_minded(): void
    {
        $lanes = $this->lanes();
        self::ask($lanes, 4);
        $this->later(30_000);
        self::assertSame(4, self::ask($lanes, 4)['lanes']);
    }

    #[TestDox(
        'A process that is busy elsewhere with requests in flight keeps its lanes, and others are not kept waiting for it',
    )]
    public function test_away(): void
    {
        [$away, $busy, $new] = [$this->lanes(), $this->lanes(), $this->lanes()];
        self::ask($away, 2);
        self::ask($away, 0, away: true);
        self::ask($busy, 3);
        self::ask($new, 1);
        self::assertSame(2, self::ask($away, 0, away: true)['keep']);
        self::assertSame(2, self::ask($busy, 3)['keep']);
    }

    #[TestDox('All processes of a node together hold no more than its share, and another node takes the rest')]
    public function test_the_share_of_a_node(): void
    {
        [$one, $two] = [$this->lanes(share: 40), $this->lanes(share: 40)];
        $far = $this->lanes(share: 60, process: new ProcessIdentity('elsewhere', 1, 1));
        self::assertSame(2, self::ask($one, 5)['lanes']);
        self::assertSame(0, self::ask($two, 5)['lanes']);
        self::assertSame(3, self::ask($far, 5)['lanes']);
        self::assertSame(3, self::ask($far, 5)['keep'], 'The other node\'s lanes would not help.');
        self::assertSame(1, self::ask($one, 5)['keep']);
        self::ask($one, 1, 1);
        self::assertSame(1, self::ask($two, 5)['lanes']);
        self::assertSame(
            1,
            self::ask($this->lanes(share: 7, process: new ProcessIdentity('a third', 1, 1)), 5)['lanes'] + 1,
            'All are taken.',
        );
    }

    #[TestDox('A gate that Clover closes for one is closed for all, and reading it does not move it')]
    public function test_the_gate(): void
    {
        [$one, $two] = [$this->lanes(), $this->lanes()];
        self::ask($one, 1);
        self::ask($one, 1, closed: 3_000);
        $heard = self::ask($two, 1)['closedFor'];
        self::assertEqualsWithDelta(3_000, $heard, self::SLACK);
        $version = $this->version();
        self::ask($two, 1, closed: $heard);
        self::assertSame($version, $this->version());
        $this->later(3_000);
        self::assertSame(0, self::ask($two, 1)['closedFor']);
    }

    #[TestDox('A row of a clock that ran ahead keeps nobody waiting for longer than Clover asked for')]
    #[TestWith([900])]
    #[TestWith([3_700])]
    #[TestWith([31_536_000])]
    public function test_a_clock_that_was_ahead(int $seconds): void
    {
        $first = $this->lanes();
        $first->exchange(3, 0, [], 2_000, false, ['per_second' => [
            'limit'       => 4,
            'forgottenIn' => 600_000,
            'step'        => 60_000,
        ]]);
        $this->later(-1_000 * $seconds);
        $next = $this->lanes();
        self::assertEqualsWithDelta(2_000, self::ask($next, 1)['closedFor'], self::SLACK);
        usleep(100_000);
        self::assertLessThan(1_950, self::ask($next, 1)['closedFor'], 'The wait goes on from there.');
        $row = json_decode($this->book(), true, 16, JSON_THROW_ON_ERROR);
        self::assertLessThan((microtime(true) * 1_000) + 600_000, $row['learned']['per_second']['until']);
        $this->later(LaneBook::AWAY + 3_000);
        self::assertGreaterThan(0, self::ask($next, 5)['lanes'], 'No lane is lost to that clock.');
    }

    #[TestDox('What one process learned of the limits all hear, and it holds for the lanes that there are')]
    public function test_learned_limits(): void
    {
        [$first, $second] = [$this->lanes(), $this->lanes()];
        self::assertSame(3, self::ask($first, 3)['lanes']);
        self::assertSame(2, self::ask($second, 2)['lanes']);
        $learned = ['concurrent' => ['limit' => 1, 'forgottenIn' => 840_000, 'step' => 60_000]];
        $told    = $first->exchange(3, 0, [], 1_000, false, $learned);
        self::assertEqualsWithDelta(
            $learned['concurrent']['forgottenIn'],
            $told['learned']['concurrent']['forgottenIn'],
            self::SLACK,
        );
        $heard = self::ask($second, 2);
        self::assertSame(1, $heard['learned']['concurrent']['limit']);
        self::assertSame(1, $told['keep'] + $heard['keep'], 'One lane is left for both.');
        self::ask($first, 0, 3);
        self::ask($second, 0, 2);
        self::assertSame(1, self::ask($this->lanes(), 5)['lanes']);
        self::assertSame(
            ['per_second' => 16, 'concurrent' => 1, 'learned' => true],
            Lanes::limits($this->sql, 'sandbox'),
        );
        $this->later(661_000);
        self::assertSame(2, Lanes::limits($this->sql, 'sandbox')['concurrent']);
        $this->later(240_000);
        self::assertSame(
            ['per_second' => 16, 'concurrent' => 5, 'learned' => false],
            Lanes::limits($this->sql, 'sandbox'),
        );
        self::assertSame(5, self::ask($this->lanes(), 5)['lanes']);
    }

    #[TestDox('A limit that Clover allows again is forgotten by all')]
    public function test_a_limit_that_is_lifted(): void
    {
        $lanes = $this->lanes();
        $lanes->exchange(1, 0, [], 0, false, ['per_second' => [
            'limit'       => 2,
            'forgottenIn' => 840_000,
            'step'        => 60_000,
        ]]);
        self::assertTrue(Lanes::limits($this->sql, 'sandbox')['learned']);
        $lanes->exchange(1, 0, [], 0, false, ['per_second' => ['limit' => 16, 'forgottenIn' => 0, 'step' => 60_000]]);
        self::assertFalse(Lanes::limits($this->sql, 'sandbox')['learned']);
    }

    #[TestDox('An object that ends gives its lanes back, as busy as they can be')]
    public function test_the_end_of_an_object(): void
    {
        $first = $this->lanes();
        self::ask($first, 5);
        unset($first);
        $taken = self::ask($this->lanes(), 5);
        self::assertSame(5, $taken['lanes']);
        self::assertGreaterThanOrEqual(16, \count($taken['recent']));
    }

    #[TestDox('A forked child has no lanes of its parent\'s, and its end does not touch them')]
    public function test_a_fork(): void
    {
        $lanes = $this->lanes();
        self::ask($lanes, 4);
        $child = Child::fork(static function () use ($lanes): array {
            // The connection is the parent's; only what the object knows of itself is at stake.
            $copy = clone $lanes;
            unset($lanes);
            $mine = self::ask($copy, 5);
            unset($copy);

            return $mine;
        })->value();
        self::assertSame(1, $child['lanes']);
        self::assertSame(4, self::ask($lanes, 4)['lanes']);
    }

    #[TestDox('Clover is not asked inside a transaction')]
    public function test_inside_a_transaction(): void
    {
        $lanes = new Lanes($this->sql, 'sandbox');
        $this->expectException(\LogicException::class);
        $this->sql->transaction(static fn () => self::ask($lanes, 1));
    }

    #[TestDox('Twenty processes that take and give back as fast as they can never hold more than five lanes')]
    public function test_a_crowd(): void
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'cloversync-lanes-');
        file_put_contents($file, '0');
        $codes = $this->inProcesses(20, static function (Sql $sql, int $i) use ($file): int {
            $lanes = new Lanes($sql, 'sandbox');
            $add   = static function (int $more) use ($file): int {
                $handle = fopen($file, 'r+');
                flock($handle, LOCK_EX);
                $sum = (int) stream_get_contents($handle) + $more;
                ftruncate($handle, 0);
                rewind($handle);
                fwrite($handle, (string) $sum);
                fclose($handle);

                return $sum;
            };

            for ($n = 0, $got = 0; $n < 400 && $got < 5; $n++) {
                $held = self::ask($lanes, 1 + ($i % 3))['lanes'];

                if ($held === 0) {
                    usleep(10_000);

                    continue;
                }

                $got++;

                if ($add($held) > 5) {
                    return 1;
                }

                usleep(1_000);
                $add(-$held);

                // Others may be quicker each time; then it has not given anything back.
                for ($tries = 0; self::ask($lanes, 0, $held)['lanes'] !== 0; $tries++) {
                    if ($tries === 20) {
                        return 2;
                    }
                }
            }

            return $got === 5 ? 0 : 3;
        });
        unlink($file);
        self::assertSame(array_fill(0, 20, 0), $codes);
    }

    private function lanes(int $share = 100, ?ProcessIdentity $process = null): Lanes
    {
        return new Lanes($this->db->connect(), 'sandbox', $share, process: $process);
    }

    /**
     * @param list<int> $recent
     *
     * @return array{lanes: int, keep: int, crowded: bool, recent: list<int>, validFor: int, closedFor: int}
     */
    private static function ask(
        Lanes $lanes,
        int $wanted,
        int $returned = 0,
        array $recent = [],
        int $closed = 0,
        bool $away = false,
    ): array {
        return $lanes->exchange($wanted, $returned, $recent, $closed, $away);
    }

    private function book(): string
    {
        return (string) $this->sql->fetchValue('SELECT leases FROM #__j2commerce_clover_pace');
    }

    private function version(): int
    {
        return (int) $this->sql->fetchValue('SELECT version FROM #__j2commerce_clover_pace');
    }

    private function later(int $milliseconds): void
    {
        $book = json_decode($this->book(), true, 16, JSON_THROW_ON_ERROR);
        $age  = static fn (int $time): int => $time === 0 ? 0 : $time - $milliseconds;

        foreach ($book['lanes'] as &$lane) {
            $lane['from']   = $age($lane['from']);
            $lane['recent'] = array_map($age, $lane['recent']);
        }

        foreach ($book['holders'] as &$holder) {
            foreach (['until', 'waits', 'turn'] as $time) {
                $holder[$time] = $age($holder[$time]);
            }
        }

        $book['closed'] = $age($book['closed']);

        foreach ($book['learned'] as &$entry) {
            $entry['until'] = $age($entry['until']);
        }

        $book['at'] = $age($book['at']);
        $this->sql->execute('UPDATE #__j2commerce_clover_pace SET leases = ?', [json_encode(
            $book,
            JSON_THROW_ON_ERROR,
        )]);
    }
}
