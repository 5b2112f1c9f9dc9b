<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\SalesHistory;
use CloverSync\Tests\Support\SalesWorld;
use CloverSync\Tests\Support\ShopTestCase;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\TestConnection;
use CloverSync\Tests\Support\TestDatabase;
use PHPUnit\Framework\Attributes\Test;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\ExpectationFailedException;

/**
 * The worker and its SQL with random histories of a shop and a till. CLOVERSYNC_MODEL_SEED sets the first history,
 * CLOVERSYNC_MODEL_HISTORIES how many there are.
 */
final class SalesModelTest extends ShopTestCase
{
    private const SEED = 1;

    private const HISTORIES = ['sqlite' => 120, 'mariadb' => 80];

    private const TRIES_TO_SHRINK = 80;

    private const SHARDS = 4;

    private SalesWorld $world;

    private Simulator $clover;

    private string $catalog;

    protected function setUp(): void
    {
        PhpEngine::require();
        parent::setUp();
        $this->catalog = sys_get_temp_dir() . '/cloversync-model-' . bin2hex(random_bytes(6)) . '.json';
        file_put_contents($this->catalog, SalesWorld::catalog());
        $this->clover = Simulator::start($this->catalog, 'documented');
        $this->world  = new SalesWorld($this->db, $this->clover);
    }

    protected function tearDown(): void
    {
        unset($this->world, $this->clover);

        if (isset($this->catalog)) {
            unlink($this->catalog);
        }

        parent::tearDown();
    }

    #[TestDox('After any sequence of sales, edits, refunds, lost events, faults and kills, counts and ledger agree')]
    public function test_random_histories(): void
    {
        $database = TestConnection::configured();
        $first    = (int) (getenv('CLOVERSYNC_MODEL_SEED') ?: self::SEED);
        $count    = (int) (getenv('CLOVERSYNC_MODEL_HISTORIES') ?: self::HISTORIES[$database->value]);
        $began    = microtime(true);

        $shards   = min(self::SHARDS, $count);
        $children = [];

        // Most of the time is waits of the worker, so some histories are lived side by side.
        for ($i = 0; $i < $shards; $i++) {
            $clover = Simulator::start($this->catalog, 'documented');
            $db     = TestDatabase::create($database->dialect(), $database->connector());
            self::assertNotNull($db);
            $children[] = [$clover, $db, Child::fork(function () use ($clover, $db, $first, $count, $i): array {
                    $this->world = new SalesWorld($db, $clover);

                    for ($seed = $first + $i; $seed < ($first + $count); $seed += self::SHARDS) {
                        $broken = $this->history($seed);

                        if ($broken !== null) {
                            return [$broken, $this->world->figures];
                        }
                    }

                    return [null, $this->world->figures];
                }, patience: 7_200)];
        }

        $figures = [];
        $broken  = [];

        foreach ($children as [, $db, $child]) {
            [$why, $some] = $child->value();
            $broken[] = $why;
            $db->drop();

            foreach ($some as $what => $n) {
                $figures[$what] = ($figures[$what] ?? 0) + $n;
            }
        }

        self::assertSame('', implode("\n\n", array_filter($broken)));
        self::assertSame($count, $figures['histories']);
        fwrite(STDERR, \sprintf(
            "\n    %s: seeds %d to %d, %.0f s: %s",
            $database->value,
            $first,
            $first + $count - 1,
            microtime(true) - $began,
            implode(', ', array_map(
                static fn (string $what, int $n): string => "$n $what",
                array_keys($figures),
                $figures,
            )),
        ));
    }

    /** @return ?string What broke in this history, with the fewest steps that break it */
    private function history(int $seed): ?string
    {
        $steps = SalesHistory::random($seed);
        $why   = $this->broken($steps);

        if ($why === null) {
            return null;
        }

        $shrunk = $this->shrink($steps);

        $now = $this->broken($shrunk) ?? 'no failure any more';

        return "History $seed: $why\n\nShrunk to, with $now\n" . SalesHistory::print($shrunk);
    }

    #[Test]
    #[TestDox(
        'An unanswered sale whose order is cancelled is settled, then given back, whether Clover executed it or not',
    )]
    public function regression_lost_answer_then_cancel(): void
    {
        foreach (['apply_then_drop', 'drop', 'garbage', 'truncate', '500', '502'] as $fault) {
            $this->lives([
                ['order', 0, 1, [[0, 2]], 'once'],
                ['fault', 0, $fault],
                ['work', false, true],
                ['status', 0, 6, 'once'],
                ['work', false, true],
            ]);
            self::assertSame(
                [10.0, 10, ['+2 confirmed', '-2 confirmed']],
                [...$this->world->counts(0), $this->world->rowsOf(0)],
                $fault,
            );
        }
    }

    #[Test]
    #[TestDox('A worker killed between the stored row and the write has taken nothing; the next one takes it once')]
    public function regression_killed_between_store_and_write(): void
    {
        $this->lives([['order', 0, 1, [[0, 2], [1, 1]], 'once'], ['crash', 'stored', true]]);
        self::assertSame([8.0, 8, ['+2 confirmed', '+1 confirmed'], 1], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
            $this->world->figures['crashes'],
        ]);
    }

    #[Test]
    #[TestDox('A write whose worker was killed before noting it is found in the count, and not repeated')]
    public function regression_killed_after_write(): void
    {
        $this->lives([
            ['order', 0, 1, [[0, 2]], 'once'],
            ['crash', 'written', true],
            ['status', 0, 6, 'lost'],
            ['status', 0, 1, 'lost'],
        ]);
        self::assertSame([8.0, 8, ['+2 confirmed'], 1], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
            $this->world->figures['crashes'],
        ]);
    }

    #[Test]
    #[TestDox('Drift names what the till sells between our read and write, in all three cases')]
    public function regression_till_sells_within_a_write(): void
    {
        $sold = [['order', 0, 1, [[0, 2]], 'once'], ['overlap', 0, 3]];

        foreach ([
            [['work', false, true]],
            [
                ['fault', 0,     'apply_then_drop'],
                ['work',  false, true],
            ],
            [['crash', 'written', true]],
        ] as $how => $steps) {
            $named = $this->world->figures['of them named by drift'];
            $this->lives([...$sold, ...$steps]);
            self::assertSame(
                [8.0, ['+2 confirmed'], 3],
                [
                    $this->world->counts(0)[0],
                    $this->world->rowsOf(0),
                    $this->world->figures['of them named by drift'] - $named,
                ],
                "Case $how",
            );
        }
    }

    #[Test]
    #[TestDox('When a write was not executed and the till sells as many units meanwhile, drift names them')]
    public function regression_till_sells_what_a_lost_write_would_have_taken(): void
    {
        $named = $this->world->figures['of them named by drift'];
        $this->lives([
            ['order', 0, 1, [[0, 2]], 'once'],
            ['fault', 0, 'drop'],
            ['work', false, true],
            ['sale', 0, 2],
            ['wait', 40],
            ['work', false, true],
        ]);
        self::assertSame([8.0, ['+2 confirmed'], $named], [
            $this->world->counts(0)[0],
            $this->world->rowsOf(0),
            $this->world->figures['of them named by drift'] - 2,
        ]);
    }

    #[Test]
    #[TestDox('An order that is cancelled before the worker ran requires nothing, whatever its events are')]
    public function regression_cancel_before_the_worker_ran(): void
    {
        foreach (['once', 'lost', 'twice', 2] as $event) {
            $this->lives([['order', 0, 1, [[0, 2]], $event], ['status', 0, 6, $event], ['work', false, true]]);
            self::assertSame([10.0, 10, []], [...$this->world->counts(0), $this->world->rowsOf(0)]);
        }
    }

    #[Test]
    #[TestDox('Confirmed, cancelled and confirmed again is one sale, whether or not the worker ran in between')]
    public function regression_confirm_cancel_confirm(): void
    {
        $this->lives([['order', 0, 1, [[0, 2]], 'once'], ['status', 0, 6, 'once'], ['status', 0, 1, 'once']]);
        self::assertSame([8.0, 8, ['+2 confirmed']], [...$this->world->counts(0), $this->world->rowsOf(0)]);
        $this->lives([
            ['order', 0, 1, [[0, 2]], 'once'],
            ['work', false, true],
            ['status', 0, 6, 'lost'],
            ['work', false, true],
            ['pull'],
            ['status', 0, 1, 'once'],
            ['pull'],
        ]);
        self::assertSame([8.0, 8, ['+2 confirmed', '-2 confirmed', '+2 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
    }

    #[Test]
    #[TestDox('An order that is reduced and then cancelled gives back only what it took')]
    public function regression_edit_to_fewer_then_cancel(): void
    {
        $this->lives([
            ['order', 0, 1, [[0, 3]], 'once'],
            ['work', false, true],
            ['edit', 0, 0, 1, 'lost'],
            ['work', false, true],
            ['status', 0, 6, 'once'],
        ]);
        self::assertSame([10.0, 10, ['+3 confirmed', '-2 confirmed', '-1 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
        $this->lives([
            ['order', 0, 1, [[0, 3]], 'once'],
            ['fault', 0, 'drop'],
            ['work', false, true],
            ['edit', 0, 0, 1, 'lost'],
            ['work', false, true],
            ['status', 0, 6, 'once'],
        ]);
        self::assertSame([10.0, 10], $this->world->counts(0));
    }

    #[Test]
    #[TestDox('The units of a pending order do not become available by a pull, nor by one after it is paid')]
    public function regression_pending_order_during_a_pull(): void
    {
        $this->lives([
            ['order', 0, 4, [[0, 2]], 'once'],
            ['work', false, true],
            ['pull'],
            ['status', 0, 1, 'lost'],
            ['pull'],
            ['count', 0, 7],
            ['pull'],
            ['work', false, true],
            ['pull'],
        ]);
        self::assertSame([5.0, 5, ['+2 confirmed']], [...$this->world->counts(0), $this->world->rowsOf(0)]);
    }

    #[Test]
    #[TestDox('Units kept for the till are taken off once: before and after a sale is sent, and when they change')]
    public function regression_units_kept_for_the_till(): void
    {
        $sold = [['reserve', 3], ['order', 0, 1, [[0, 2]], 'once'], ['pull'], ['fault', 0, 'apply_then_drop']];
        $this->lives([...$sold, ['work', false, true], ['pull'], ['wait', 40], ['work', false, true]]);
        self::assertSame([8.0, 5, ['+2 confirmed']], [...$this->world->counts(0), $this->world->rowsOf(0)]);
        $this->lives([...$sold, ['crash', 'written', true], ['reserve', 6], ['pull'], ['status', 0, 6, 'once']]);
        self::assertSame([10.0, 4], $this->world->counts(0));
        $this->lives([['push', false], ...$sold, ['work', false, true], ['pull'], ['reserve', 11]]);
        self::assertSame([10.0, 0], $this->world->counts(0));
    }

    #[Test]
    #[TestDox('A page requested before a sale was confirmed, and written after it, does not bring the unit back')]
    public function regression_page_older_than_a_confirmation(): void
    {
        $this->world->pullWhile([['start', [10, 10, 10]], ['order', 0, 1, [[0, 2]], 'once']], [['work', false, true]]);
        self::assertSame([8.0, 8, ['+2 confirmed']], [...$this->world->counts(0), $this->world->rowsOf(0)]);
        $this->world->pullWhile([['start', [10, 10, 10]]], [['order', 0, 1, [[0, 2]], 'once'], ['work', false, true]]);
        self::assertSame([8.0, 8, ['+2 confirmed']], [...$this->world->counts(0), $this->world->rowsOf(0)]);
    }

    #[Test]
    #[TestDox('The units of a deleted order are given back, before or after the worker saw it')]
    public function regression_deleted_order(): void
    {
        $this->lives([['order', 0, 1, [[0, 2]], 'once'], ['work', false, true], ['delete', 0, 'lost'], ['pull']]);
        self::assertSame([10.0, 10, ['+2 confirmed', '-2 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
        $this->lives([['order', 0, 1, [[0, 2]], 'once'], ['delete', 0, 'once'], ['pull']]);
        self::assertSame([10.0, 10, []], [...$this->world->counts(0), $this->world->rowsOf(0)]);
    }

    #[Test]
    #[TestDox(
        'A unit given back by hand is available, is not given back twice by a cancel, and is sold again by a payment',
    )]
    public function regression_refund_by_hand_then_cancel_then_confirm(): void
    {
        $sold = [['order', 0, 1, [[0, 3]], 'once'], ['work', false, true], ['restock', 0, 0, 1]];
        $this->lives($sold);
        self::assertSame([8.0, 8, ['+3 confirmed', '-1 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
        $this->lives([
            ...$sold,
            ['work', false, true],
            ['pull'],
            ['status', 0, 6, 'once'],
            ['work', false, true],
            ['pull'],
            ['status', 0, 1, 'once'],
        ]);
        self::assertSame([7.0, 7, ['+3 confirmed', '-1 confirmed', '-2 confirmed', '+3 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
    }

    #[Test]
    #[TestDox('An edit to as many units as Clover has taken is found even when some were given back by hand')]
    public function regression_edit_after_refund_by_hand(): void
    {
        $this->lives([
            ['order', 0, 1, [[0, 3]], 'once'],
            ['work', false, true],
            ['restock', 0, 0, 1],
            ['work', false, true],
            ['edit', 0, 0, 2, 'lost'],
        ]);
        self::assertSame([9.0, 9, ['+3 confirmed', '-1 confirmed', '-1 confirmed']], [
            ...$this->world->counts(0),
            $this->world->rowsOf(0),
        ]);
    }

    #[Test]
    #[TestDox('A worker does not wait for a row that follows an unanswered one of its item')]
    public function regression_row_behind_an_unanswered_one(): void
    {
        $this->lives([['order', 0, 1, [[0, 1], [0, 1]], 'once'], ['fault', 0, 'drop'], ['work', false, true]]);
        self::assertSame([8.0, 0.0], [$this->world->counts(0)[0], $this->world->slept()]);
    }

    /** @param list<list<mixed>> $steps Each count starts with ten, unless the steps set another */
    private function lives(array $steps): void
    {
        self::assertNull($this->broken($steps[0][0] === 'start' ? $steps : [['start', [10, 10, 10]], ...$steps]));
    }

    /** @param list<list<mixed>> $steps */
    private function broken(array $steps): ?string
    {
        try {
            $this->world->live($steps);

            return null;
        } catch (\Throwable $e) {
            $cause = $e->getPrevious() ?? $e;
            $diff  = $cause instanceof ExpectationFailedException ? $cause->getComparisonFailure()?->getDiff() : null;
            $lines = [];
            preg_match_all('/SalesWorld\.php\((\d+)\)/', $cause->getTraceAsString(), $lines);

            return $e->getMessage() . ($diff ?? '') . ' (lines ' . implode(', ', $lines[1]) . ')';
        }
    }

    /**
     * Removes steps, many at once first, as long as the test still fails.
     *
     * @param list<list<mixed>> $steps
     *
     * @return list<list<mixed>>
     */
    private function shrink(array $steps): array
    {
        $tries = self::TRIES_TO_SHRINK;

        for ($size = intdiv(\count($steps), 2); $size >= 1; $size = intdiv($size, 2)) {
            for ($at = \count($steps) - $size; $at >= 1; $at -= $size) {
                $fewer = [...\array_slice($steps, 0, $at), ...\array_slice($steps, $at + $size)];

                if ($tries-- > 0 && $this->broken($fewer) !== null) {
                    $steps = $fewer;
                }
            }
        }

        return $steps;
    }
}
