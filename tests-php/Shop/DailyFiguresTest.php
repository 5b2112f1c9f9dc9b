<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Sales\StockLedger;
use CloverSync\Shop\Status\DailyFigures;
use CloverSync\Shop\Status\DayFigures;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Figures of the last days, from the rows that the work keeps. */
final class DailyFiguresTest extends SalesTestCase
{
    private const DAY = 86_400;

    /** Where it is noon now, so that no day ends during a test. */
    private \DateTimeZone $noon;

    protected function setUp(): void
    {
        parent::setUp();
        $this->noon = new \DateTimeZone(\sprintf('%+03d:00', 12 - (int) gmdate('G')));
    }

    #[TestDox('Units, syncs and errors count on their day; units given back count too, and a replay changes nothing')]
    public function test_today(): void
    {
        self::assertCount(DailyFigures::DAYS, $this->figures());
        self::assertSame([0, 2, 0, 0], $this->figuresOf(0));
        $this->order(1, [[$this->mug, 3], [$this->candle, 1]]);
        self::assertSame([0, 2, 0, 0], $this->figuresOf(0), 'An event is not planned yet.');
        $this->work();
        $this->shop()->log->add('sync', 'item', '', 'error', Message::said('It failed.'));
        self::assertSame([4, 2, 1, 0], $this->figuresOf(0));
        $this->shop()->orderEvents()->statusChanged(self::ORDER, 5, 1);
        $this->work();
        self::assertSame([4, 2, 1, 0], $this->figuresOf(0));
        $this->order(6, [[$this->mug, 3], [$this->candle, 1]]);
        $this->work();
        self::assertSame([8, 2, 1, 0], $this->figuresOf(0));
        self::assertSame([0, null, null, 0], $this->figuresOf(1), 'Nothing is kept of the day before.');
    }

    #[TestDox('A sync that is cut counts once, on the day on which it ends')]
    public function test_cut_run(): void
    {
        self::assertSame(RunStatus::Running, $this->sync(budget: new TimeBudget(0.0))->status);
        self::assertSame(2, $this->figuresOf(0)[1]);
        $this->clock->later = self::DAY;
        self::assertSame(RunStatus::Done, $this->sync()->status);
        self::assertSame([1, 2], [$this->figuresOf(0)[1], $this->figuresOf(1)[1]]);
    }

    #[TestDox('What is sent a day later was waiting at the end of the first one')]
    public function test_backlog(): void
    {
        $pauses = $this->shop()->pauses();
        $pauses->of(WorkKind::Stock)->lacks('Inventory Write', Message::said('no right'), 'sync');
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        self::assertSame([0, 1], [$this->figuresOf(0)[0], $this->figuresOf(0)[3]], 'The order is in Clover.');
        $this->clock->later = self::DAY;
        self::assertSame([[0, 1], [0, 1]], [$this->waiting(1), $this->waiting(0)]);
        $pauses->end();
        $this->work();
        self::assertSame([[0, 1], [3, 0]], [$this->waiting(1), $this->waiting(0)]);
    }

    #[TestDox('A write without a response counts once, on the day on which it is settled')]
    public function test_lost_response(): void
    {
        $this->clover->fault("POST /v3/merchants/*/item_stocks/$this->mug", 'apply_then_drop');
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        self::assertSame([0, 1], $this->waiting(0));
        $this->clock->later = self::DAY;
        $this->work();
        self::assertSame(['+3 confirmed'], $this->rows());
        self::assertSame([[0, 1], [3, 0]], [$this->waiting(1), $this->waiting(0)]);
        $this->work();
        self::assertSame([[0, 1], [3, 0]], [$this->waiting(1), $this->waiting(0)]);
    }

    #[TestDox('A row that waits for the owner is in the backlog until he decides')]
    public function test_dead(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET state = 'dead', settled = NULL");
        self::assertSame([0, 1], $this->waiting(0));
    }

    #[TestDox('Of days whose runs and log have been deleted, nothing is said')]
    public function test_retention(): void
    {
        $old = UtcTime::sql($this->clock->now() - (20 * self::DAY));
        $this->sql->execute('UPDATE #__j2commerce_clover_runs SET ended = ? WHERE id = (SELECT id FROM
                (SELECT MIN(id) AS id FROM #__j2commerce_clover_runs) x)', [$old]);
        $this->sql->execute('UPDATE #__j2commerce_clover_log SET created = ? WHERE id = (SELECT id FROM
                (SELECT MIN(id) AS id FROM #__j2commerce_clover_log) x)', [$old]);
        self::assertSame([0, null, null, 0], $this->figuresOf(21));
        self::assertSame([0, 1, 0, 0], $this->figuresOf(20));
        self::assertSame([0, 0, 0, 0], $this->figuresOf(19));
        self::assertSame([0, null, null, 0], $this->figuresOf(20, ['log_retention' => 7]));
        self::assertSame([0, 0, 0, 0], $this->figuresOf(6, ['log_retention' => 7]));
    }

    #[TestDox('Days begin and end in the time zone of the site, also where the clocks are changed')]
    public function test_zone(): void
    {
        // 2023-11-14 22:13:20 UTC. In Berlin, 2023-10-29 has 25 hours.
        $clock = new FakeClock();

        foreach ([
            '2023-10-28 21:59:59' => 1,
            '2023-10-28 22:00:00' => 2,
            '2023-10-29 22:59:59' => 4,
            '2023-10-29 23:00:00' => 8,
        ] as $time => $units) {
            (new Bulk($this->sql))->insert(
                StockLedger::TABLE,
                [
                    'environment',
                    'merchant_id',
                    'order_id',
                    'line_id',
                    'seq',
                    'cause',
                    'delta',
                    'state',
                    'settled',
                    'created',
                ],
                [[
                    ...$this->shop()->links()->key(),
                    'zone',
                    1,
                    $units,
                    'order',
                    $units,
                    'confirmed',
                    UtcTime::unix($time),
                    UtcTime::unix($time),
                ]],
            );
        }

        foreach ([
            'Europe/Berlin'  => ['2023-11-14', ['2023-10-28' => 1, '2023-10-29' => 6, '2023-10-30' => 8]],
            'UTC'            => ['2023-11-14', ['2023-10-28' => 3, '2023-10-29' => 12]],
            'Asia/Kathmandu' => ['2023-11-15', ['2023-10-29' => 3, '2023-10-30' => 12]],
        ] as $zone => [$today, $units]) {
            $days = $this
                ->shop(clock: $clock)
                ->dailyFigures()
                ->read(new \DateTimeZone($zone));
            self::assertSame($today, $days[DailyFigures::DAYS - 1]->date, $zone);
            self::assertSame($units, array_filter(array_column($days, 'units', 'date')), $zone);
        }
    }

    #[TestDox('Another merchant\'s rows are not counted')]
    public function test_merchant(): void
    {
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_ledger SET merchant_id = 'ANOTHER000001'");
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET merchant_id = 'ANOTHER000001', settled = NULL");
        $this->sql->execute("UPDATE #__j2commerce_clover_runs SET merchant_id = 'ANOTHER000001'");
        self::assertSame([0, 0, 0, 0], $this->figuresOf(0));
    }

    /** @return array{int, int} Units and backlog */
    private function waiting(int $ago): array
    {
        [$units, , , $backlog] = $this->figuresOf($ago);

        return [$units, $backlog];
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array{int, ?int, ?int, int} Units, syncs, errors and backlog of so many days ago
     */
    private function figuresOf(int $ago, array $settings = []): array
    {
        $day = $this->figures($settings)[DailyFigures::DAYS - 1 - $ago];
        self::assertSame(
            (new \DateTimeImmutable('@' . ($this->clock->now() - ($ago * self::DAY))))
                ->setTimezone($this->noon)
                ->format('Y-m-d'),
            $day->date,
        );

        return [$day->units, $day->syncs, $day->errors, $day->backlog];
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return list<DayFigures>
     */
    private function figures(array $settings = []): array
    {
        return $this->shop($settings)->dailyFigures()->read($this->noon);
    }
}
