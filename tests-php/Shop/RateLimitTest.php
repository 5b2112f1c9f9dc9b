<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\RateLimit\DatabaseRateLimiter;
use CloverSync\Shop\RateLimit\PermitTable;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\ShopTestCase;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\Attributes\TestWith;

/**
 * How processes share the limits of a token. Time passes by making all times in the row older.
 *
 * @phpstan-type Answer array{permits: list<int>, validFor: int, againIn: int, others: bool, closedFor: int,
 *   learned: array<string, array{limit: int, forgottenIn: int, step: int}>}
 * @phpstan-type Stored array{at: int, closed: int, recent: array<string, list<int>>,
 *   processes: array<string, array{until: int, since: int, ...}>, learned: array<string, array{until: int, ...}>, ...}
 */
final class RateLimitTest extends ShopTestCase
{
    /** Milliseconds that may pass between two exchanges of a test. */
    private const SLACK = 200;

    private const LEARNED = ['limit' => 1, 'forgottenIn' => 840_000, 'step' => 60_000];

    protected function setUp(): void
    {
        PhpEngine::require();

        parent::setUp();
    }

    #[TestDox('A process that works alone gets permits in advance, and one exchange returns them all')]
    public function test_alone(): void
    {
        $limiter = $this->limiter();
        $answer  = self::ask($limiter, 1);
        self::assertSame([[0, 0, 0, 0, 0], false], [$answer['permits'], $answer['others']]);
        self::assertSame(PermitTable::LEASE, $answer['validFor']);
        self::assertCount(2, self::ask($limiter, 9, inFlight: 3)['permits']);
        self::assertSame([], self::ask($limiter, 0)['permits']);
        self::assertStringNotContainsString('"pid"', $this->row());
    }

    #[TestDox('A request that has ended counts for its second, and the next permit is granted for the time after it')]
    public function test_the_second(): void
    {
        $limiter = $this->limiter();
        self::ask($limiter, 1);
        self::assertCount(4, self::ask($limiter, 1, inFlight: 1, ended: array_fill(0, 11, 1_000))['permits']);
        $answer = self::ask($limiter, 1, inFlight: 1, ended: [300, 1_000, 1_000]);
        self::assertSame([2, 0], [\count($answer['permits']), min($answer['permits'])]);
        self::assertEqualsWithDelta(300, max($answer['permits']), 5);
        $this->later(1_010);
        self::assertSame([0, 0, 0, 0], self::ask($limiter, 1, inFlight: 1)['permits']);
    }

    #[TestDox('A process that comes later is served before the first one is served again, and each gets its share')]
    public function test_a_second_process(): void
    {
        [$first, $second] = [$this->limiter(), $this->limiter()];
        self::ask($first, 1);
        $none = self::ask($second, 5);
        self::assertSame([[], true], [$none['permits'], $none['others']]);
        self::assertGreaterThan(0, $none['againIn']);
        self::assertLessThan(1_000, $none['againIn']);
        self::assertCount(2, self::ask($first, 5, inFlight: 1)['permits']);
        self::assertCount(2, self::ask($second, 5)['permits'], 'One place is left, and the part is three.');
    }

    #[TestDox('With more processes than permits, those that have waited longer go first')]
    public function test_more_processes_than_places(): void
    {
        $busy = [];

        for ($i = 0; $i < 5; $i++) {
            $busy[] = $this->limiter();
        }

        self::ask($busy[0], 1);
        self::ask($busy[0], 0, inFlight: 1);

        foreach (\array_slice($busy, 1) as $limiter) {
            self::ask($limiter, 1);
            self::ask($limiter, 0, inFlight: 1);
        }

        [$sixth, $seventh] = [$this->limiter(), $this->limiter()];
        self::assertSame([], self::ask($sixth, 1)['permits']);
        $this->later(100);
        self::assertSame([], self::ask($seventh, 1)['permits']);
        // Processes that begin to wait in the same millisecond are served in the order of their random ids.
        $this->later(1);
        self::assertSame([], self::ask($busy[0], 1)['permits'], 'The place that it returned is due to the sixth.');
        self::assertSame([], self::ask($seventh, 1)['permits']);
        self::assertSame([0], self::ask($sixth, 1)['permits']);
        self::ask($busy[1], 0);
        self::assertSame([0], self::ask($seventh, 1)['permits']);
    }

    #[TestDox('A process that waited and no longer asks does not delay the others for long')]
    public function test_one_that_gave_up(): void
    {
        [$holder, $gone, $next] = [$this->limiter(), $this->limiter(), $this->limiter()];
        self::ask($holder, 1);
        self::ask($gone, 1);
        $this->later(3_100);
        self::ask($holder, 0, inFlight: 4);
        self::assertSame([0], self::ask($next, 1)['permits']);
    }

    #[TestDox('The permits of a process that died on this node are free after three seconds')]
    public function test_a_dead_process(): void
    {
        $other = $this->limiter();
        Child::fork(function (): never {
            $limiter = $this->limiter();
            self::ask($limiter, 5);
            self::ask($limiter, 0, inFlight: 5, leaving: true);
            posix_kill((int) getmypid(), SIGKILL);
            exit();
        })->wasKilled();
        self::assertSame([], self::ask($other, 5)['permits'], 'Its requests may still be on their way.');
        $this->later(2_700);
        self::assertSame([], self::ask($other, 5)['permits']);
        $this->later(400);
        self::assertCount(5, self::ask($other, 5)['permits']);
    }

    #[TestDox('The permits of a silent process of another node are free three seconds after its lease')]
    #[TestWith([false, PermitTable::LEASE])]
    #[TestWith([true, PermitTable::DETACHED])]
    public function test_a_silent_process(bool $leaving, int $lease): void
    {
        $far   = $this->limiter(process: new ProcessIdentity('elsewhere', 1, 1));
        $other = $this->limiter();
        self::ask($far, 5);
        self::ask($far, 0, inFlight: 5, leaving: $leaving);
        $this->later($lease + 2_700);
        self::assertSame([], self::ask($other, 5)['permits']);
        $this->later(400);
        self::assertCount(5, self::ask($other, 5)['permits']);
    }

    #[TestDox('All processes of a node together stay within its share of both limits, and another node uses the rest')]
    public function test_the_share_of_a_node(): void
    {
        $one = $this->limiter(share: 40);
        $two = $this->limiter(share: 40);
        $far = $this->limiter(share: 60, process: new ProcessIdentity('elsewhere', 1, 1));
        self::assertCount(2, self::ask($one, 5)['permits']);
        self::ask($one, 0, inFlight: 2);
        self::assertSame([], self::ask($two, 5)['permits']);
        self::ask($two, 0);
        self::assertCount(3, self::ask($far, 5)['permits']);
        self::ask($far, 0);
        // Six starts a second are the share of the first node.
        self::ask($one, 0, ended: array_fill(0, 6, 1_000));
        self::assertSame([], self::ask($two, 5)['permits']);
        self::ask($two, 0);
        self::assertSame([0, 0, 0], self::ask($far, 5)['permits']);
    }

    #[TestDox('A pause that Clover demands of one process applies to all, and reading it does not extend it')]
    public function test_the_gate(): void
    {
        [$one, $two] = [$this->limiter(), $this->limiter()];
        self::ask($one, 0, closed: 3_000);
        $answer = self::ask($two, 1);
        self::assertSame([], $answer['permits']);
        self::assertEqualsWithDelta(3_000, $answer['closedFor'], self::SLACK);
        self::ask($two, 0);
        $version = $this->version();
        self::ask($two, 0, closed: $answer['closedFor']);
        self::assertSame($version, $this->version());
        $this->later(3_000);
        $answer = self::ask($two, 1);
        self::assertSame([0, 5], [$answer['closedFor'], \count($answer['permits'])]);
    }

    #[TestDox('A row written by a fast clock delays no process for longer than Clover demanded')]
    #[TestWith([900])]
    #[TestWith([3_700])]
    #[TestWith([31_536_000])]
    public function test_a_clock_that_was_ahead(int $seconds): void
    {
        self::ask($this->limiter(), 5, closed: 2_000, learned: ['per_second' => self::LEARNED]);
        $this->later(-1_000 * $seconds);
        $next = $this->limiter();
        self::assertEqualsWithDelta(2_000, self::ask($next, 1)['closedFor'], self::SLACK);
        $row = $this->stored();
        self::assertLessThan((microtime(true) * 1_000) + 850_000, $row['learned']['per_second']['until']);
        $this->later(PermitTable::DETACHED + PermitTable::DRAIN);
        self::assertGreaterThan(0, \count(self::ask($next, 1)['permits']));
    }

    #[TestDox('Learned limits apply to all processes, are lifted step by step, and can be removed')]
    public function test_learned_limits(): void
    {
        [$first, $second] = [$this->limiter(), $this->limiter()];
        $answer = self::ask($first, 0, inFlight: 2, learned: ['concurrent' => self::LEARNED]);
        self::assertSame(1, $answer['learned']['concurrent']['limit']);
        self::assertSame([], self::ask($second, 1)['permits']);
        self::ask($first, 0);
        $answer = self::ask($second, 1);
        self::assertSame([1, 1], [\count($answer['permits']), $answer['learned']['concurrent']['limit']]);
        self::ask($second, 0);
        $limits = fn (): array => DatabaseRateLimiter::limits($this->sql, 'sandbox');
        self::assertSame(['per_second' => 16, 'concurrent' => 1, 'learned' => true], $limits());
        $this->later(661_000);
        self::assertSame(2, $limits()['concurrent']);
        self::ask($first, 0, learned: ['concurrent' => ['limit' => 5, 'forgottenIn' => 0, 'step' => 60_000]]);
        self::assertSame(['per_second' => 16, 'concurrent' => 5, 'learned' => false], $limits());
    }

    #[TestDox('An object that is destroyed returns its permits, and their requests count as if they were just sent')]
    public function test_the_end_of_an_object(): void
    {
        $first = $this->limiter();
        self::ask($first, 5);
        unset($first);
        $next   = $this->limiter();
        $answer = self::ask($next, 5);
        self::assertSame([[0, 0, 0, 0, 0], false], [$answer['permits'], $answer['others']]);
        $row = $this->stored();
        self::assertCount(5, array_merge(...array_values($row['recent'])));
    }

    #[TestDox(
        'The end of an object keeps only the permits of its requests in flight, and leaves the others their parts',
    )]
    public function test_the_end_of_an_object_with_a_request(): void
    {
        $first = $this->limiter();
        self::ask($first, 5, inFlight: 1);
        unset($first);
        $next   = $this->limiter();
        $answer = self::ask($next, 5);
        self::assertSame([[0, 0, 0, 0], false], [$answer['permits'], $answer['others']]);
        self::assertCount(4, array_merge(...array_values($this->stored()['recent'])));
        $this->later(PermitTable::DRAIN);
        self::assertCount(5, self::ask($next, 5)['permits']);
    }

    #[TestDox('A process that ends during a request keeps all permits for three seconds')]
    public function test_the_end_during_a_request(): void
    {
        $here  = ProcessIdentity::current();
        $table = PermitTable::fromJson('', 1_000);
        $table->report('first', $here, 100, 1, [], false);
        $table->grant('first', $here, 100, 5);
        $table->vacate('first', inRequest: true);

        foreach ([1_000 => 0, 3_999 => 0, 4_000 => 5] as $now => $permits) {
            $later = PermitTable::fromJson($table->toJson(), $now);
            $later->sweep('next', $here);
            self::assertCount($permits, $later->grant('next', $here, 100, 5), "at $now ms");
        }
    }

    #[TestDox('A forked child has none of its parent\'s permits, and its end does not affect them')]
    public function test_a_fork(): void
    {
        $limiter = $this->limiter();
        self::ask($limiter, 5);
        self::ask($limiter, 0, inFlight: 4);
        $child = Child::fork(static function () use ($limiter): array {
            // The connection is the parent's; only the object's own state matters.
            $copy = clone $limiter;
            unset($limiter);
            $mine = self::ask($copy, 5)['permits'];
            unset($copy);

            return $mine;
        })->value();
        self::assertCount(1, $child);
        self::assertStringContainsString('"held":4', $this->row());
    }

    #[TestDox('No request is sent inside a transaction')]
    public function test_inside_a_transaction(): void
    {
        $limiter = new DatabaseRateLimiter($this->sql, 'sandbox');
        $this->expectException(\LogicException::class);
        $this->sql->transaction(static fn () => self::ask($limiter, 1));
    }

    #[TestDox('A database error ends the call of a process only if it has no permit')]
    public function test_trouble_with_the_database(): void
    {
        $limiter = new DatabaseRateLimiter($this->sql, 'sandbox');
        $this->sql->execute('DROP TABLE #__j2commerce_clover_pace');
        self::assertNull($limiter->exchange(1, 1, 0, [], false, 0, []));
        self::assertNull($limiter->exchange(1, 0, 1, [], false, 0, []));
        $this->expectException(\RuntimeException::class);
        $limiter->exchange(1, 0, 0, [], false, 0, []);
    }

    #[TestDox('Twenty processes that ask and return as fast as possible never hold more than five permits')]
    public function test_a_crowd(): void
    {
        $file = Files::temporary('permits');
        file_put_contents($file, '0');
        $codes = $this->inProcesses(20, static function (Sql $sql, int $i) use ($file): int {
            $limiter = new DatabaseRateLimiter($sql, 'sandbox');
            $add     = static function (int $more) use ($file): int {
                $handle = fopen($file, 'r+') ?: throw new \RuntimeException('The file is gone.');
                flock($handle, LOCK_EX);
                $sum = (int) stream_get_contents($handle) + $more;
                ftruncate($handle, 0);
                rewind($handle);
                fwrite($handle, (string) $sum);
                fclose($handle);

                return $sum;
            };

            for ($n = 0, $got = 0; $n < 400 && $got < 5; $n++) {
                $permits = self::tryToAsk($limiter, 1 + ($i % 3))['permits'] ?? [];

                if ($permits === []) {
                    usleep(10_000);

                    continue;
                }

                $got++;

                if ($add(\count($permits)) > 5) {
                    return 1;
                }

                usleep(1_000);
                $add(-\count($permits));

                // Other processes may be faster each time; then it has not returned anything.
                for ($tries = 0; self::tryToAsk($limiter, 0) === null; $tries++) {
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

    private function limiter(int $share = 100, ?ProcessIdentity $process = null): DatabaseRateLimiter
    {
        return new DatabaseRateLimiter($this->db->connect(), 'sandbox', $share, process: $process);
    }

    /**
     * @param list<int> $ended
     * @param array<string, array{limit: int, forgottenIn: int, step: int}> $learned
     *
     * @return Answer
     */
    private static function ask(
        DatabaseRateLimiter $limiter,
        int $wanted,
        int $inFlight = 0,
        array $ended = [],
        bool $leaving = false,
        int $closed = 0,
        array $learned = [],
    ): array {
        return (
            $limiter->exchange($wanted, 0, $inFlight, $ended, $leaving, $closed, $learned) ?? self::fail('No effect.')
        );
    }

    /** @return ?Answer Null when other processes were faster each time */
    private static function tryToAsk(DatabaseRateLimiter $limiter, int $wanted): ?array
    {
        return $limiter->exchange($wanted, 0, 0, [], false, 0, []);
    }

    private function row(): string
    {
        return (string) $this->sql->fetchValue('SELECT leases FROM #__j2commerce_clover_pace');
    }

    /** @return Stored */
    private function stored(): array
    {
        /** @var Stored $row */
        $row = Json::decode($this->row());

        return $row;
    }

    private function version(): int
    {
        return (int) $this->sql->fetchValue('SELECT version FROM #__j2commerce_clover_pace');
    }

    private function later(int $milliseconds): void
    {
        $row = $this->stored();
        $age = static fn (int $time): int => $time === 0 ? 0 : $time - $milliseconds;
        $row = [
            'recent'    => array_map(static fn (array $times): array => array_map($age, $times), $row['recent']),
            'processes' => array_map(
                static fn (array $process): array => [
                    'until' => $age($process['until']),
                    'since' => $age($process['since']),
                ] + $process,
                $row['processes'],
            ),
            'learned'   => array_map(
                static fn (array $entry): array => ['until' => $age($entry['until'])] + $entry,
                $row['learned'],
            ),
            'closed'    => $age($row['closed']),
            'at'        => $age($row['at']),
        ] + $row;
        $this->sql->execute('UPDATE #__j2commerce_clover_pace SET leases = ?', [
            json_encode($row, JSON_THROW_ON_ERROR),
        ]);
    }
}
