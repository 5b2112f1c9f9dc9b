<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Exception\ItemException;
use CloverSync\LedgerCause;
use CloverSync\Resolution;
use CloverSync\SendState;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Sales\LedgerRow;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Vault;
use PHPUnit\Framework\Assert;

/**
 * A shop, its worker and a till, in which a {@see SalesHistory} takes place. It knows at every moment what should be
 * true.
 *
 * It knows which writes Clover executed from Clover's own list of requests and from the faults that it ordered, so it
 * does not rely on the ledger.
 *
 * @phpstan-import-type Order from Simulator
 * @phpstan-import-type State from Simulator
 * @phpstan-type Event array{event: string, old_status: int, new_status: int}
 */
final class SalesWorld
{
    private const SITE   = 'https://shop.example';
    private const SECRET = 'a site secret for tests only';

    private const RELEASING = [3, 5, 6];
    private const REFUNDED  = [9];
    private const PAID      = [1, 2, 7, 8];

    /** A write without a response is checked after this many seconds. */
    private const QUIET = 35;

    /** Beyond the goal of a second between the reading of a count and the end of its write. */
    private const SLOW = ['ms' => 1_150];

    private const NO_LIMITS = [
        'per_second'     => 1_000_000,
        'concurrent'     => 1_000,
        'app_per_second' => 1_000_000,
        'app_concurrent' => 1_000,
    ];

    /** @var array<string, int> What all histories together have come to */
    public array $figures = [
        'histories'                  => 0,
        'of them slow'               => 0,
        'of them limited'            => 0,
        'requests refused by limits' => 0,
        'steps'                      => 0,
        'writes'                     => 0,
        'unanswered'                 => 0,
        'crashes'                    => 0,
        'found'                      => 0,
        'uncertain'                  => 0,
        'dead'                       => 0,
        'orders'                     => 0,
        'overwritten'                => 0,
        'of them without answer'     => 0,
        'of them named by drift'     => 0,
        'misjudged'                  => 0,
        'undecidable'                => 0,
    ];

    private readonly Sql $sql;

    private LaterClock $clock;

    /** @var array<int, Services> With Push Stock off and on */
    private array $shops;

    private bool $push;

    /** Units kept for the till */
    private int $reserve;

    private bool $isLimited;

    private int $at;

    private int $mark;

    /** Of the worker that runs */
    private int $rounds = 0;

    /** @var array<int, string> Clover id by variant */
    private array $variants;

    /**
     * @var array<int, array{id: string, number: int, lines: array<int, array{int, int}>, deleted: bool, totals:
     *   list<int>}>
     */
    private array $orders;

    /** @var list<array{int, \Closure(): void}> Events on their way, with the step after which they come */
    private array $late;

    /** @var array<string, list<string>> Faults that wait for a write of an item */
    private array $faults;

    /** @var array<string, true> */
    private array $removed;

    /** @var ?array{string, int} */
    private ?array $overlap;

    /** @var array<string, ?int> Counts by the store's own doing, in thousandths, as if no web sale had been written */
    private array $store;

    /** @var array<string, int> Units of web sales that Clover has taken */
    private array $taken;

    /** @var array<string, int> Units that the till sold between our read and our write */
    private array $overwritten;

    /** @var array<string, int> Units of the till that drift must name */
    private array $lost;

    /** @var array<int, int> Units that the till sold while a row had no answer */
    private array $soldWhile;

    /** @var array<int, true> Rows whose count the store set by hand while they had no answer */
    private array $handled;

    /** @var array<int, int> How often Clover has carried a row out */
    private array $applied;

    /** @var array<int, bool> Whether it carried out the last try */
    private array $last;

    /** @var array<int, true> Rows whose item the store has touched while they had no answer */
    private array $disturbed;

    /** @var array<int, true> Rows for which the disturbed counts are misleading */
    private array $misjudged;

    /** @var State Of Clover */
    private array $state;

    public function __construct(
        private readonly TestDatabase $db,
        private readonly Simulator $clover,
    ) {
        $this->sql = $db->connect();
        WatchedSql::install($this->sql);
    }

    /** @return string Clover's items, as JSON for the simulator */
    public static function catalog(): string
    {
        return json_encode(
            array_map(
                static fn (int $i): array => [
                    'id'        => self::item($i),
                    'name'      => "Model $i",
                    'price'     => 1250,
                    'priceType' => 'FIXED',
                    'sku'       => "MODEL-$i",
                    'itemStock' => ['quantity' => 10],
                ],
                range(0, SalesHistory::ITEMS - 1),
            ),
            JSON_THROW_ON_ERROR,
        );
    }

    public static function item(int $place): string
    {
        return "MODELITEM000$place";
    }

    /**
     * Executes the steps, waits until nothing is in progress, resolves what waits for the owner, and waits again.
     *
     * @param list<list<mixed>> $steps
     *
     * @throws \Throwable when an invariant is violated
     */
    public function live(array $steps): void
    {
        $this->start($steps);
        $this->figures['histories']++;

        foreach (self::afterStart($steps) as $this->at => $step) {
            $this->figures['steps']++;

            try {
                $this->take($step);
                $this->deliver();
            } catch (\Throwable $e) {
                throw new \RuntimeException("after step $this->at, $step->name: {$e->getMessage()}", previous: $e);
            }
        }

        try {
            $this->rest();
            $this->figures['uncertain'] += $this->count("state = 'uncertain'");
            $this->figures['dead']      += $this->count("state = 'dead'");
            $this->drift();
            $this->settleAll();
        } catch (\Throwable $e) {
            throw new \RuntimeException("at rest: {$e->getMessage()}", previous: $e);
        }

        $this->figures['orders'] += (int) $this->sql->fetchValue(
            "SELECT COUNT(*) FROM #__j2commerce_clover_orders WHERE state = 'confirmed'",
        );
        $this->figures['overwritten'] += array_sum($this->overwritten);
        $this->figures['misjudged']   += \count($this->misjudged);
    }

    /** @return list<string> "delta state reason" of each row of an order */
    public function rowsOf(int $order): array
    {
        return array_map(
            static fn (array $row): string => trim(\sprintf(
                '%+d %s %s',
                Row::int($row, 'delta'),
                Row::string($row, 'state'),
                Row::string($row, 'reason'),
            )),
            $this->sql->fetchAll('SELECT delta, state, reason FROM #__j2commerce_clover_ledger WHERE order_id = ?
                ORDER BY line_id, seq', [
                $this->orders[$order]['id'],
            ]),
        );
    }

    /** @return array{int|float|null, int} An item's count in Clover and in the shop */
    public function counts(int $item): array
    {
        return [
            $this->clover->state()['stock'][self::item($item)],
            Row::int($this->shopCount(self::item($item)), 'quantity'),
        ];
    }

    /** @return float Seconds that workers slept in the last history */
    public function slept(): float
    {
        return $this->clock->slept;
    }

    /**
     * Executes some steps while the page of items of a pull, requested before them and after the first ones, is in
     * progress.
     *
     * @param list<list<mixed>> $before
     * @param list<list<mixed>> $meanwhile
     */
    public function pullWhile(array $before, array $meanwhile): void
    {
        $this->start($before);
        array_map($this->take(...), self::afterStart($before));

        [$pull, $page] = $this->askForItems('hold');

        array_map($this->take(...), array_map(SalesStep::of(...), $meanwhile));

        Assert::assertNull(
            $this->clover->requests($page - 1)[0]['status'],
            'The page came before all was done: the test says nothing.',
        );
        Assert::assertSame(1, $this->clover->release());
        Assert::assertSame(RunStatus::Done->value, $pull->value());
        $this->checkPull();
        $this->rest();
    }

    /** @param list<list<mixed>> $steps The first one may be the start */
    private function start(array $steps): void
    {
        $first = SalesStep::of($steps[0] ?? ['']);
        $this->begin($first->name === 'start' ? $first->counts(0) : []);
    }

    /**
     * @param list<list<mixed>> $steps
     *
     * @return list<SalesStep>
     */
    private static function afterStart(array $steps): array
    {
        return array_values(array_filter(
            array_map(SalesStep::of(...), $steps),
            static fn (SalesStep $step): bool => $step->name !== 'start',
        ));
    }

    /** @param list<int|float> $counts */
    private function begin(array $counts): void
    {
        $this->clover->post('reset', []);
        $this->clover->switches(['access_ttl' => 864_000, 'latency' => 0, 'rate_limit' => self::NO_LIMITS]);

        foreach ([
            'orders',
            'orderitems',
            'orderinfos',
            'clover_outbox',
            'clover_ledger',
            'clover_orders',
            'clover_log',
            'clover_locks',
            'clover_runs',
            'clover_staging',
            'clover_pace',
        ] as $table) {
            $this->sql->execute("DELETE FROM #__j2commerce_$table");
        }

        $this->sql->execute('DELETE FROM ' . WatchedSql::TABLE);
        $this->sql->execute("DELETE FROM #__j2commerce_clover_state WHERE name LIKE 'orders_from:%'");

        $this->clock     = new LaterClock();
        $this->isLimited = false;
        $this->reserve   = 0;
        $this->shops     = [$this->shop(false), $this->shop(true)];
        $this->push      = true;
        $this->mark      = 0;
        $this->orders    = $this->late =
            $this->faults =
                $this->removed =
                    $this->applied =
                        $this->last =
                            $this->disturbed = $this->misjudged = $this->lost = $this->soldWhile = $this->handled = [];
        $this->overlap = null;
        $this->at      = 0;
        $authorization = $this->open()->connection->authorize('http://127.0.0.1:8902/callback');
        $this->open()->connection->complete(Simulator::approve($authorization->url), $authorization->state);
        $this->open()->connectionService()->connected();

        foreach (range(0, SalesHistory::ITEMS - 1) as $i) {
            $this->clover->setStock(self::item($i), $counts[$i] ?? 10);
            $this->store[self::item($i)]       = self::thousandths($counts[$i] ?? 10);
            $this->taken[self::item($i)]       = 0;
            $this->overwritten[self::item($i)] = 0;
        }

        $this->state = $this->clover->state();
        $this->pull();
        $this->variants = [];

        foreach ($this->sql->fetchAll(
            "SELECT variant_id, clover_id FROM #__j2commerce_clover_mappings WHERE clover_type = 'item'",
        ) as $row) {
            $this->variants[Row::int($row, 'variant_id')] = Row::string($row, 'clover_id');
        }
    }

    private function shop(bool $push, ?Sql $sql = null): Services
    {
        return new Services(
            $sql ?? $this->sql,
            Settings::fromArray([
                'environment'       => 'sandbox',
                'app_id'            => Simulator::APP_ID,
                'app_secret'        => Simulator::APP_SECRET,
                'base_url'          => $this->clover->url,
                'default_category'  => 2,
                'pace_share'        => $this->isLimited ? 100 : 100_000,
                'push_stock'        => $push,
                'stock_reserve'     => $this->reserve,
                'paid_statuses'     => self::PAID,
                'refunded_statuses' => self::REFUNDED,
            ]),
            new Vault(self::SECRET),
            self::SITE,
            clock: $this->clock,
        );
    }

    private function open(): Services
    {
        return $this->shops[(int) $this->push];
    }

    private function take(SalesStep $step): void
    {
        match ($step->name) {
            'order'       => $this->placeOrder($step->int(0), $step->int(1), $step->lines(2), $step->intOrText(3)),
            'status'      => $this->setStatus($step->int(0), $step->int(1), $step->intOrText(2)),
            'edit'        => $this->editLine($step->int(0), $step->int(1), $step->int(2), $step->intOrText(3)),
            'swap'        => $this->swap($step->int(0), $step->int(1), $step->int(2), $step->intOrText(3)),
            'restock'     => $this->restock($step->int(0), $step->int(1), $step->int(2)),
            'refund'      => $this->refund($step->int(0), $step->flag(1), $step->intOrText(2)),
            'delete'      => $this->deleteOrder($step->int(0), $step->intOrText(1)),
            'sale'        => $this->sell($step->int(0), $step->int(1)),
            'count'       => $this->setCount($step->int(0), $step->count(1)),
            'remove'      => $this->removeItem($step->int(0)),
            'restore'     => $this->restoreItem($step->int(0)),
            'pull'        => $this->pull(),
            'slow_pull'   => $this->pullSlowly(),
            'work'        => $this->work($step->flag(0), $step->flag(1)),
            'overlap'     => $this->sellWithin($step->int(0), $step->int(1)),
            'crash'       => $this->crash($step->intOrText(0), $step->flag(1)),
            'race'        => $this->race(),
            'fault'       => $this->fault($step->int(0), $step->text(1)),
            'order_fault' => $this->faultOrder($step->text(0), $step->text(1)),
            'weather'     => $this->setWeather($step->int(0), $step->limits(1)),
            'slow_read'   => $this->clover->fault(Simulator::ITEM_PAGES, 'delay', with: self::SLOW),
            'lag'         => $this->clover->switches(['external_ref_search_lag' => 1000 * $step->int(0)]),
            'push'        => $this->switchPush($step->flag(0)),
            'reserve'     => $this->keep($step->int(0)),
            'wait'        => $this->wait($step->int(0)),
            'word'        => $this->decide($step->int(0), $step->flag(1)),
            'order_word'  => $this->decideOrder($step->int(0)),
            default       => throw new \LogicException("There is no step $step->name."),
        };
    }

    // Steps that a history may contain.

    /** @param list<array{int, int}> $lines */
    private function placeOrder(int $order, int $status, array $lines, string|int $event): void
    {
        if (isset($this->orders[$order])) {
            return;
        }

        $number = 101 + $order;
        $ids    = array_map(static fn (int $i): int => ($number * 10) + $i, array_keys($lines));

        $this->orders[$order] = [
            'id'      => (string) (179540797000 + $number),
            'number'  => $number,
            'lines'   => array_combine($ids, $lines),
            'deleted' => false,
            'totals'  => [],
        ];
        $this->move($order, $status, $event);
    }

    private function setStatus(int $order, int $status, string|int $event): void
    {
        if ($this->exists($order) && $this->desk()->statusOf($this->orders[$order]['id']) !== $status) {
            $this->move($order, $status, $event);
        }
    }

    private function editLine(int $order, int $line, int $quantity, string|int $event): void
    {
        $id = array_keys($this->orders[$order]['lines'] ?? [])[$line] ?? null;

        if ($id === null || !$this->exists($order) || $this->orders[$order]['lines'][$id][1] === $quantity) {
            return;
        }

        if ($quantity === 0) {
            unset($this->orders[$order]['lines'][$id]);
        } else {
            $this->orders[$order]['lines'][$id][1] = $quantity;
        }

        $this->saveLines($order, $event);
    }

    private function swap(int $order, int $line, int $item, string|int $event): void
    {
        $id = array_keys($this->orders[$order]['lines'] ?? [])[$line] ?? null;

        if ($id !== null && $this->exists($order) && $this->orders[$order]['lines'][$id][0] !== $item) {
            $this->orders[$order]['lines'][$id][0] = $item;
            $this->saveLines($order, $event);
        }
    }

    private function saveLines(int $order, string|int $event): void
    {
        $name = $this->orders[$order]['id'];
        $this->write($order, (int) $this->desk()->statusOf($name));
        $this->emit($event, fn () => $this->open()->orderEvents()->edited($name));
    }

    private function restock(int $order, int $line, int $units): void
    {
        $id = array_keys($this->orders[$order]['lines'] ?? [])[$line] ?? null;

        if ($id === null) {
            return;
        }

        try {
            $this->open()->sales()->planner->restock($this->orders[$order]['id'], [$id => $units]);
        } catch (ItemException|ShopException) {
            // The line does not hold that many, or was deleted without ever having taken any.
        }
    }

    private function refund(int $order, bool $whole, string|int $event): void
    {
        if ($this->exists($order)) {
            $name = $this->orders[$order]['id'];
            $this->emit($event, fn () => $this->open()->orderEvents()->refunded($name, $whole));
        }
    }

    private function deleteOrder(int $order, string|int $event): void
    {
        if ($this->exists($order)) {
            $name = $this->orders[$order]['id'];
            $this->desk()->delete($name);
            $this->orders[$order]['deleted'] = true;
            $this->emit($event, fn () => $this->open()->orderEvents()->edited($name));
        }
    }

    private function sell(int $item, int $units): void
    {
        $id = self::item($item);

        if (!isset($this->removed[$id])) {
            $this->clover->post('sale', ['itemId' => $id, 'quantity' => $units]);
            $this->store[$id] = $this->less($id, $units);
            $this->disturb($id, $units);
        }
    }

    /** @return ?int The store's count of an item after the till sold units; null = not counted */
    private function less(string $item, int $units): ?int
    {
        return $this->store[$item] === null ? null : $this->store[$item] - (1000 * $units);
    }

    private function setCount(int $item, int|float|null $count): void
    {
        $id = self::item($item);

        if (!isset($this->removed[$id])) {
            $this->clover->setStock($id, $count);
            $this->store[$id] = $count === null
                ? null
                : self::thousandths($count) + (1000 * ($this->taken[$id] - $this->overwritten[$id]));
            $this->disturb($id);
        }
    }

    private function removeItem(int $item): void
    {
        if (!isset($this->removed[self::item($item)])) {
            $this->clover->remove(self::item($item));
            $this->removed[self::item($item)] = true;
            $this->disturb(self::item($item));
        }
    }

    private function restoreItem(int $item): void
    {
        if (isset($this->removed[self::item($item)])) {
            $this->clover->restore(self::item($item));
            unset($this->removed[self::item($item)]);
            $this->disturb(self::item($item));
        }
    }

    private function pull(): void
    {
        Moment::next($this->sql);
        $result = $this->open()->runner()->run(new TimeBudget());
        Assert::assertSame([RunStatus::Done, 0], [$result->status, $result->failed]);

        if ($this->at > 0 || $this->orders !== []) {
            $this->checkPull();
        }
    }

    /** A worker runs while the pull's page of items, read before, is in progress. */
    private function pullSlowly(): void
    {
        // The shop cannot know what the till sold after the page was read.
        $this->overlap = null;
        [$pull] = $this->askForItems(['delay' => ['ms' => 80]]);
        $this->work(false, true);
        Assert::assertSame(RunStatus::Done->value, $pull->value());
        $this->clover->clearFaults();
        $this->faults = [];

        // With Push Stock off the shop has followed a count that is older by now.
        if ($this->push) {
            $this->checkPull();
        }
    }

    /**
     * @param string|array<string, mixed> $fault Fault that suppresses the response
     *
     * @return array{Child, int} A pull whose page of items was read and has not arrived yet; the number of that request
     */
    private function askForItems(string|array $fault): array
    {
        $this->clover->fault(Simulator::ITEM_PAGES, $fault);
        $known = $this->clover->mark($this->mark);
        $pull  = Child::fork(
            fn (): string => $this
                ->shop($this->push, $this->db->connect())
                ->runner()
                ->run(new TimeBudget())
                ->status
                ->value,
        );

        $end = hrtime(true) + 120e9;

        do {
            Assert::assertLessThan($end, hrtime(true), 'The pull asks for no page.');
            $asked = array_filter(
                $this->clover->requests($known),
                static fn (array $request): bool => preg_match('#/items\?#', $request['path']) === 1,
            );
        } while ($asked === []);

        return [$pull, (int) reset($asked)['n']];
    }

    private function work(bool $once, bool $scan): void
    {
        $this->run(fn (): WorkReport => $this
            ->shop($this->push, new WatchedSql($this->sql, $this->clover, $this->mark, $this->overlap))
            ->sales()
            ->worker()
            ->run($this->budget(), $once, $scan), $scan);
    }

    private function sellWithin(int $item, int $units): void
    {
        $this->overlap = [self::item($item), $units];
    }

    /** @param int|string $at A point of {@see KillingSql}, or "stored" or "written" of {@see WatchedSql} */
    private function crash(int|string $at, bool $scan): void
    {
        $this->run(function () use ($at, $scan): void {
            $child = Child::fork(fn (): WorkReport => $this
                ->shop($this->push, \is_int($at) ? new KillingSql($this->watched(), $at) : $this->watched($at))
                ->sales()
                ->worker()
                ->run($this->budget(), scan: $scan));

            if ($child->wasKilled()) {
                $this->figures['crashes']++;
                $this->returnPermits();
            } else {
                $child->value();
            }
        });
    }

    /** The limiter keeps the permits of a killed process for three seconds of real time; no test waits for that. */
    private function returnPermits(): void
    {
        $this->sql->execute('UPDATE #__j2commerce_clover_pace SET leases = \'\'');
    }

    private function race(): void
    {
        $this->run(function (): void {
            foreach (Child::together(2, function (Child $self): void {
                $worker = $this->shop($this->push, $this->watched())->sales()->worker();
                $self->pause();
                $worker->run($this->budget(), wait: 0.05);
            }) as $child) {
                if (($child->error()[0] ?? '') !== AlreadySendingException::class) {
                    $child->value();
                }
            }
        });
    }

    /** @param ?array{per_second: int, concurrent: int} $limits Lower ones than Clover documents */
    private function setWeather(int $latency, ?array $limits): void
    {
        $this->clover->switches(['latency' => $latency, 'rate_limit' => $limits ?? self::NO_LIMITS]);
        $this->isLimited                  = $limits !== null;
        $this->shops                      = [$this->shop(false), $this->shop(true)];
        $this->figures['of them slow']    += (int) ($latency > 0);
        $this->figures['of them limited'] += (int) $this->isLimited;
    }

    private function fault(int $item, string $do): void
    {
        if ($this->isLimited && $do === '429') {
            // Clover's journal would not tell it from a refusal by the limits.
            return;
        }

        $this->orderFault('item_stocks/' . self::item($item), $do);
        $this->faults[self::item($item)][] = $do;
    }

    private function faultOrder(string $path, string $do): void
    {
        $this->orderFault("orders$path", $do);
    }

    private function orderFault(string $path, string $do): void
    {
        [$fault, $with] = match ($do) {
            'truncate' => ['truncate', ['bytes' => 5]],
            '500'      => ['status', ['code' => 500]],
            '502'      => ['status', ['code' => 502, 'apply' => true]],
            '429'      => ['status', ['code' => 429, 'retry_after' => 1]],
            'delay'    => ['delay', self::SLOW],
            default    => [$do, []],
        };
        $this->clover->fault("POST /v3/merchants/*/$path", $fault, with: $with);
    }

    private function switchPush(bool $push): void
    {
        $this->push = $push;
    }

    /** The owner changes how many units of each item are kept for the till. */
    private function keep(int $units): void
    {
        $this->reserve = $units;
        $this->shops   = [$this->shop(false), $this->shop(true)];
    }

    private function wait(int $seconds): void
    {
        $this->clock->later += $seconds;
        $this->clover->post('clock', ['advance_s' => $seconds]);
    }

    /** The owner checks and decides what is true, or leaves the row. */
    private function decide(int $place, bool $leave): void
    {
        $row = $this->open()->sales()->ledger->waiting(10)[$place] ?? null;

        if ($row === null) {
            return;
        }

        try {
            $this
                ->open()
                ->sales()
                ->planner->resolve($row->orderId, $row->lineId, $row->seq, match (true) {
                    $leave => Resolution::Leave,
                    $this->last[$row->id] ?? false => Resolution::Applied,
                    default => Resolution::NotApplied,
                });
        } catch (ItemException) {
            // It depends on the decision about its sale.
        }
    }

    private function decideOrder(int $place): void
    {
        $row = $this->open()->sales()->pushes->waiting(10)[$place] ?? null;

        if ($row !== null) {
            $there = $this->inClover($row->reference);
            $this
                ->open()
                ->sales()
                ->pushes->resolve($row->id, match (true) {
                    $there === [] => Resolution::NotApplied,
                    self::isWhole($there[0]) => Resolution::Applied,
                    default => Resolution::Leave,
                });
        }
    }

    // The shop.

    private function exists(int $order): bool
    {
        return isset($this->orders[$order]) && !$this->orders[$order]['deleted'];
    }

    private function desk(): FakeCheckout
    {
        return new FakeCheckout($this->sql, $this->open()->links(), $this->clock);
    }

    private function move(int $order, int $status, string|int $event): void
    {
        $name   = $this->orders[$order]['id'];
        $before = $this->desk()->statusOf($name);
        $this->write($order, $status);
        $this->emit($event, fn () => $this->open()->orderEvents()->statusChanged($name, $before, $status));
    }

    private function write(int $order, int $status): void
    {
        ['id' => $id, 'number' => $number, 'lines' => $lines] = $this->orders[$order];
        $file = OrderFile::fromJson(json_encode([
            'order_id'           => $id,
            'number'             => $number,
            'new_status'         => $status,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org'],
            'lines'              => array_map(
                static fn (int $id, array $line): array => [
                    'line_id'    => $id,
                    'clover_id'  => self::item($line[0]),
                    'name'       => "Line $id",
                    'quantity'   => $line[1],
                    'unit_price' => 1250,
                    'tax'        => 103 * $line[1],
                ],
                array_keys($lines),
                $lines,
            ),
            'shipping'           => 500,
            'order_discount'     => ($number % 2) === 0 ? 101 : 0,
        ], JSON_THROW_ON_ERROR));
        $this->desk()->place($file);
        $this->orders[$order]['totals'][] = $file->total;
    }

    /** @param \Closure(): void $call */
    private function emit(string|int $event, \Closure $call): void
    {
        if (\is_int($event)) {
            $this->late[] = [$this->at + $event, $call];
        } elseif ($event !== 'lost') {
            $call();

            if ($event === 'twice') {
                $call();
            }
        }
    }

    private function deliver(int $upTo = 0): void
    {
        foreach ($this->late as $i => [$due, $call]) {
            if ($due <= ($this->at + $upTo)) {
                unset($this->late[$i]);
                $call();
            }
        }
    }

    // Events while a worker runs.

    /** Enough for any history. */
    private function budget(): TimeBudget
    {
        $this->rounds = 0;

        return new TimeBudget(stop: function (): bool {
            $this->rounds++;

            return $this->rounds > 300 ? throw new \RuntimeException('The worker finds no end.') : false;
        });
    }

    private function watched(?string $killed = null): Sql
    {
        // A sale inside a transaction that is rolled back would leave no note.
        return new WatchedSql(
            $this->db->connect(),
            $this->clover,
            $this->mark,
            $killed === null ? null : $this->overlap,
            $killed,
        );
    }

    /**
     * @param callable(): ?WorkReport $work
     * @param bool                    $scan Whether it finally scans for changes without an event
     */
    private function run(callable $work, bool $scan = false): ?WorkReport
    {
        $before   = $this->clover->state();
        $sent     = array_filter($this->ledger(), static fn (LedgerRow $row): bool => $row->state === SendState::Sent);
        $expected = $this->untold();
        $logged   = $this->loggedAsFound();
        $newest   = (int) $this->sql->fetchValue('SELECT MAX(id) FROM #__j2commerce_clover_ledger');
        $result   = $work();
        Assert::assertSame(
            0,
            $this->push ? 0 : $this->count("id > $newest AND state <> 'skipped'"),
            'With Push Stock off nothing is asked of Clover.',
        );
        $this->observe($before, $sent);

        if ($scan && $result !== null) {
            $found = [];

            foreach ($this->loggedAsFound() as $id => $times) {
                if ($times !== ($logged[$id] ?? 0)) {
                    $found[] = (string) $id;
                }
            }

            sort($found);
            Assert::assertSame(
                [$expected, \count($expected)],
                [$found, $result->found],
                'Orders that changed without an event are found and logged, and no others.',
            );
            $this->figures['found'] += $result->found;
        }

        Assert::assertSame([], $result?->paused ?? []);

        return $result;
    }

    /**
     * Checks every write, and determines what happened to those without a response.
     *
     * @param State                 $before Of Clover before the work
     * @param array<int, LedgerRow> $sent   Rows that had no response before it
     */
    private function observe(array $before, array $sent): void
    {
        $sends    = $this->sql->fetchAll('SELECT * FROM ' . WatchedSql::TABLE . ' ORDER BY mark');
        $requests = $this->clover->requests($this->mark);
        $posts    = [];
        $this->sql->execute('DELETE FROM ' . WatchedSql::TABLE);

        foreach ($requests as $request) {
            $this->mark                                  = max($this->mark, $request['n']);
            $this->figures['requests refused by limits'] += (int) ($this->isLimited && $request['status'] === 429);

            if ($request['method'] === 'POST' && preg_match('#/item_stocks/(\w+)$#', $request['path'], $m) === 1) {
                $posts[$m[1]][$request['n']] = $this->carriedOut($m[1], (int) $request['status']);
            }
        }

        $ledger = $this->ledger();
        $resent = [];
        $sales  = [];

        foreach ($ledger as $row) {
            $sales["$row->orderId/$row->lineId/$row->seq"] = $row->state;
        }

        foreach (array_reverse($sends) as $send) {
            $id      = Row::int($send, 'row_id');
            $item    = Row::string($send, 'clover_id');
            $mark    = Row::int($send, 'mark');
            $overlap = Row::int($send, 'overlap');
            $row     = $ledger[$id];
            $own     = array_filter($posts[$item] ?? [], static fn (int $n): bool => $n > $mark, ARRAY_FILTER_USE_KEY);

            $posts[$item]            = array_diff_key($posts[$item] ?? [], $own);
            $done                    = \count(array_filter($own));
            $isLast                  = !isset($resent[$id]);
            $resent[$id]             = true;
            $this->last[$id]         = $isLast ? $done > 0 : $this->last[$id];
            $this->figures['writes'] += \count($own);
            $this->applied[$id]      = ($this->applied[$id] ?? 0) + $done;
            $this->taken[$item]      += $done * Row::int($send, 'delta');
            $this->store[$item]      = $this->less($item, $overlap);
            Assert::assertLessThanOrEqual(1, $done, "Row $id was written twice.");

            if ($overlap > 0) {
                $this->overlap = null;

                if ($done > 0) {
                    $this->overwritten[$item]                += $overlap;
                    $this->lost[$item]                       = ($this->lost[$item] ?? 0) + $overlap;
                    $this->figures['of them without answer'] += $isLast && $row->state === SendState::Sent
                        ? $overlap
                        : 0;
                } else {
                    $this->disturbed[$id] = true;
                    $this->soldWhile[$id] = ($this->soldWhile[$id] ?? 0) + $overlap;
                }
            }

            if ($row->reverses !== null) {
                Assert::assertSame(
                    SendState::Confirmed,
                    $sales["$row->orderId/$row->lineId/$row->reverses"],
                    "Row $id gives back what may never have been taken.",
                );
            }

            // A write that was repeated in the same run must not have been executed before.
            match ($isLast ? $row->state : SendState::Intended) {
                SendState::Sent      => $this->figures['unanswered']++,
                SendState::Confirmed => Assert::assertSame(
                    1,
                    $done,
                    "Row $id counts as confirmed, and Clover has not carried it out.",
                ),
                default              => Assert::assertSame(
                    0,
                    $done,
                    "Row $id is {$row->state->value} though Clover has carried it out.",
                ),
            };
        }

        Assert::assertSame([], array_filter($posts), 'Clover was written to without a word in the ledger.');

        foreach ($sent as $id => $row) {
            $this->judge($row, $ledger[$id], isset($resent[$id]), $before['stock'][$row->cloverId]);
        }

        $this->state = $this->clover->state();
        $this->checkCounts();
        $this->checkReturns($ledger);
    }

    private function carriedOut(string $item, int $status): bool
    {
        if ($this->isLimited && $status === 429) {
            // Limits are looked at before faults.
            return false;
        }

        $waiting = $this->faults[$item] ?? [];
        $fault   = array_shift($waiting);

        $this->faults[$item] = $waiting;

        return match ($fault) {
            null, 'garbage', 'truncate', 'apply_then_drop', '502', 'delay' => $status !== 404,
            default                                                        => false,
        };
    }

    /**
     * Whether a row without a response was settled as the count allowed.
     *
     * @param LedgerRow $row    Before
     * @param LedgerRow $now    After
     * @param bool      $resent Whether it was sent again in between
     */
    private function judge(LedgerRow $row, LedgerRow $now, bool $resent, int|float|null $count): void
    {
        $id = $row->id;

        if (!$resent && $now->state === SendState::Sent) {
            return;
        }

        Assert::assertLessThanOrEqual(
            $this->clock->now() - self::QUIET,
            $row->sent,
            "Row $id was settled while its write could still arrive.",
        );
        $applied = $resent ? (($this->applied[$id] ?? 0) - (int) $this->last[$id]) > 0 : $this->last[$id] ?? false;

        if (!$resent && $now->state === SendState::Uncertain) {
            Assert::assertArrayHasKey(
                $id,
                $this->disturbed,
                "Row $id is uncertain, and only we have changed the count.",
            );
        } elseif (!$resent && $now->state === SendState::Confirmed) {
            if (!$applied) {
                Assert::assertSame(
                    [true, self::thousandths($row->target)],
                    [isset($this->disturbed[$id]), self::thousandths($count ?? 1e9)],
                    "Row $id was taken for carried out.",
                );
                $this->misjudge($row);
            }
        } elseif ($applied) {
            Assert::assertSame(
                [true, self::thousandths($row->countBefore)],
                [isset($this->disturbed[$id]), self::thousandths($count ?? 1e9)],
                "Row $id was put back though Clover has carried it out.",
            );
            $this->misjudge($row);
        }
    }

    /**
     * The count was misleading about a row. When the till has changed it, drift must name what it sold; a count that
     * was set by hand to exactly that number leaves no trace of what is true.
     */
    private function misjudge(LedgerRow $row): void
    {
        $id                   = $row->id;
        $this->misjudged[$id] = true;

        if (isset($this->handled[$id])) {
            $this->figures['undecidable']++;
        } else {
            $this->lost[$row->cloverId] = ($this->lost[$row->cloverId] ?? 0) + ($this->soldWhile[$id] ?? 0);
        }
    }

    /** @param ?int $sold Units that the till sold; null when the count was set by hand, or the item came or went */
    private function disturb(string $item, ?int $sold = null): void
    {
        foreach ($this->sql->fetchColumn(
            "SELECT id FROM #__j2commerce_clover_ledger
            WHERE state = 'sent' AND clover_id = ?",
            [
                $item,
            ],
        ) as $id) {
            $this->disturbed[(int) $id] = true;

            if ($sold === null) {
                $this->handled[(int) $id] = true;
            } else {
                $this->soldWhile[(int) $id] = ($this->soldWhile[(int) $id] ?? 0) + $sold;
            }
        }

        $this->state = $this->clover->state();
        $this->checkCounts();
    }

    // Expected state.

    /**
     * The count is the store's, minus the web sales that were written, plus what the till sold in between.
     */
    private function checkCounts(): void
    {
        foreach ($this->store as $item => $count) {
            $there = $this->state['stock'][$item];
            Assert::assertSame(
                $count === null ? null : $count - (1000 * ($this->taken[$item] - $this->overwritten[$item])),
                $there === null ? null : self::thousandths($there),
                "Count of $item in Clover",
            );
        }
    }

    /** @param array<int, LedgerRow> $ledger */
    private function checkReturns(array $ledger): void
    {
        foreach (self::byLine($ledger) as $key => $rows) {
            $sum = 0;

            foreach ($rows as $row) {
                $sum += $row->delta;
                Assert::assertGreaterThanOrEqual(0, $sum, "Line $key has given back more than it took.");
            }
        }
    }

    /** Directly after a pull: the shop offers no unit that is promised to a customer. */
    private function checkPull(): void
    {
        $this->state = $this->clover->state();
        $owed        = $this->owed();

        foreach ($this->state['stock'] as $item => $count) {
            $shop = $this->shopCount($item);

            if (isset($this->removed[$item])) {
                continue;
            }

            if ($count === null) {
                Assert::assertSame(0, Row::int($shop, 'manage_stock'), "$item is not counted.");
            } elseif ($this->push) {
                Assert::assertLessThanOrEqual(
                    max(0, (int) floor($count) - ($owed[$item] ?? 0) - $this->reserve),
                    Row::int($shop, 'quantity'),
                    "The shop offers units of $item that are not there.",
                );
            } else {
                Assert::assertSame(
                    max(0, (int) floor($count) - $this->reserve),
                    Row::int($shop, 'quantity'),
                    "The shop does not follow $item.",
                );
            }
        }
    }

    /**
     * @return array<string, int> Units that the shop holds and Clover still counts; a negative number is the opposite
     */
    private function owed(): array
    {
        $owed = [];
        $rows = self::byLine($this->ledger());

        foreach ($this->sql->fetchAll(
            'SELECT o.order_id, o.order_state_id, i.j2commerce_orderitem_id AS line_id, i.variant_id,
                i.orderitem_quantity FROM #__j2commerce_orders o
            JOIN #__j2commerce_orderitems i ON i.order_id = o.order_id WHERE o.stock_committed = 1',
        ) as $line) {
            $item  = $this->variants[Row::int($line, 'variant_id')];
            $order = Row::string($line, 'order_id');
            $key   = "$order/{$line['line_id']}/$item";

            if (
                !\in_array(Row::int($line, 'order_state_id'), self::REFUNDED, true)
                && !self::wasRefunded($this->events($order))
            ) {
                $units       = max(0, Row::int($line, 'orderitem_quantity') - self::byHand($rows[$key] ?? []));
                $owed[$item] = ($owed[$item] ?? 0) + $units;
            }
        }

        foreach ($rows as $of) {
            $bySeq = array_column($of, null, 'seq');

            foreach ($of as $row) {
                $sale = $row->reverses === null ? null : $bySeq[$row->reverses];
                // A skipped row is settled, together with the sale that it reverses when that was never executed.
                $part = $row->state !== SendState::Skipped
                    ? $this->isIn($row)
                    : $sale === null || $sale->state === SendState::Skipped || $this->isIn($sale);
                $owed[$row->cloverId] = ($owed[$row->cloverId] ?? 0) - ($part ? $row->delta : 0);
            }
        }

        return $owed;
    }

    private function isIn(LedgerRow $row): bool
    {
        return (
            $row->state === SendState::Confirmed
            || !isset($this->misjudged[$row->id])
            && ($this->applied[$row->id] ?? 0) > 0
        );
    }

    /** Waits until nothing is in progress, and checks everything. */
    private function rest(): void
    {
        $this->deliver(PHP_INT_MAX >> 1);
        $this->clover->clearFaults();
        $this->faults  = [];
        $this->overlap = null;
        $later         = 1;

        for ($i = 0; $i < 12 && $later > 0; $i++) {
            $this->wait(300);
            $this->work(false, true);
            $later = $this->open()->sales()->worker()->waiting()->later;
        }

        Assert::assertSame(0, $later, 'Rows that will never be settled: ' . json_encode($this->sql->fetchAll(
            "SELECT order_id, line_id, delta, state, message
                    FROM #__j2commerce_clover_ledger
                        WHERE state IN ('intended', 'sent')",
        ), JSON_THROW_ON_ERROR));
        $result = $this->run(fn (): WorkReport => $this
            ->shop($this->push, $this->watched())
            ->sales()
            ->worker()
            ->run($this->budget()), true);
        Assert::assertSame(
            [0, 0, 0],
            [$result?->claimed, $result?->found, $result?->later],
            'At rest there is nothing to do.',
        );
        $this->checkRows();
        $this->checkOrders();
        Assert::assertSame([], $this->untold(), 'Lines that do not stand where their orders want them.');
        $this->checkLevels();
        $this->pull();
    }

    private function checkRows(): void
    {
        $slack = $sold = array_fill_keys(array_keys($this->store), 0);

        foreach ($this->ledger() as $id => $row) {
            $confirmed = (int) ($row->state === SendState::Confirmed);
            $applied   = $this->applied[$id] ?? 0;
            $is        = "Row $id is {$row->state->value} $row->reason";
            Assert::assertNotContains($row->state, [SendState::Intended, SendState::Sent], $is);
            Assert::assertTrue($confirmed === 1 || (string) $row->reason !== '', "$is without a reason.");
            $sold[$row->cloverId] += $confirmed * $row->delta;

            if (!isset($this->misjudged[$id]) && $row->state !== SendState::Uncertain && $row->reason !== 'owner') {
                Assert::assertSame($confirmed, $applied, "$is, and Clover has carried it out $applied times.");
            } else {
                $slack[$row->cloverId] += ($applied - $confirmed) * $row->delta;
            }
        }

        foreach ($this->store as $item => $count) {
            if ($count !== null) {
                Assert::assertSame(
                    $count - (1000 * ($sold[$item] + $slack[$item] - $this->overwritten[$item])),
                    self::thousandths($this->state['stock'][$item] ?? Assert::fail("$item is not counted.")),
                    "$item: start, sales, edits and confirmed rows",
                );
            }
        }
    }

    private function checkOrders(): void
    {
        foreach ($this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_orders') as $row) {
            $there = $this->inClover(Row::string($row, 'reference'));
            Assert::assertLessThanOrEqual(1, \count($there), "Order {$row['order_id']} is in Clover more than once.");
            Assert::assertContains($row['state'], ['confirmed', 'skipped', 'uncertain', 'dead']);

            // The store does not touch the orders, so nothing else can make one uncertain.
            Assert::assertTrue(
                \in_array($row['state'], ['confirmed', 'skipped'], true)
                || $row['reason'] === 'not_found' && $there === [],
                "Order {$row['order_id']} is {$row['state']} {$row['reason']}: {$row['message']}",
            );

            if ($row['state'] === 'confirmed') {
                Assert::assertCount(1, $there, "Order {$row['order_id']} is not in Clover.");
                Assert::assertTrue(
                    self::isWhole($there[0]),
                    "The sums of order {$row['order_id']} do not agree: " . json_encode($there[0], JSON_THROW_ON_ERROR),
                );
                $totals = array_merge(...array_map(static fn (array $o): array => (
                    $o['id'] === $row['order_id'] ? $o['totals'] : []
                ), array_values($this->orders)));
                Assert::assertContains($there[0]['total'] ?? null, $totals);
            }
        }

        $known = $this->sql->fetchColumn('SELECT reference FROM #__j2commerce_clover_orders');
        Assert::assertSame(
            [],
            array_diff(
                array_filter(array_map(
                    static fn (array $order): string => $order['externalReferenceId'] ?? '',
                    $this->state['orders'],
                )),
                $known,
            ),
            'Clover has orders that the shop has not stored first.',
        );
    }

    private function checkLevels(): void
    {
        foreach ($this->levels() as $order => $lines) {
            foreach ($lines as $key => [$wanted, $asked]) {
                Assert::assertSame($wanted, $asked, "Units asked for line $key of order $order");
            }
        }
    }

    /**
     * @return list<string> Orders of which Clover or its counts lack something, and for which nothing waits to be
     *   processed
     */
    private function untold(): array
    {
        $pending = $this->sql->fetchColumn(
            "SELECT DISTINCT order_id FROM #__j2commerce_clover_outbox WHERE state = 'pending'",
        );
        $found = [];

        foreach ($this->levels() as $order => $lines) {
            $off = array_filter($lines, static fn (array $level): bool => $level[0] !== $level[1]) !== [];

            if (
                ($off || $this->isMissingInClover((string) $order))
                && !\in_array((string) $order, array_map(strval(...), $pending), true)
            ) {
                $found[] = (string) $order;
            }
        }

        sort($found);

        return $found;
    }

    private function isMissingInClover(string $order): bool
    {
        $status = $this->desk()->statusOf($order);

        return (
            $status !== null
            && self::standing($status, $this->events($order)) === 'paid'
            && self::word($status) === 'paid'
            && $this->sql->fetchValue('SELECT id FROM #__j2commerce_clover_orders WHERE order_id = ?', [$order])
            === null
        );
    }

    /**
     * @return array<string, array<string, array{int, int}>> By order and line: required units, and units in its ledger
     */
    private function levels(): array
    {
        $rows   = self::byLine($this->ledger());
        $levels = [];

        foreach ($this->orders as $order) {
            $standing = self::standing(
                $order['deleted'] ? null : $this->desk()->statusOf($order['id']),
                $this->events($order['id']),
            );

            if ($standing === null) {
                continue;
            }

            $levels[$order['id']] = [];
            // With a neutral status the earlier requirement remains, except for deleted lines.
            $decides = $order['deleted'] || self::word((int) $this->desk()->statusOf($order['id'])) !== null;

            foreach ($rows as $key => $of) {
                if (
                    str_starts_with($key, "{$order['id']}/")
                    && ($decides || self::item($order['lines'][$of[0]->lineId][0] ?? -1) !== $of[0]->cloverId)
                ) {
                    $units                      = array_map(static fn (LedgerRow $row): int => $row->delta, $of);
                    $levels[$order['id']][$key] = [0, array_sum($units)];
                }
            }

            foreach ($decides && $standing === 'paid' ? $order['lines'] : [] as $id => [$item, $quantity]) {
                $key                        = "{$order['id']}/$id/" . self::item($item);
                $levels[$order['id']][$key] = [
                    max(0, $quantity - self::byHand($rows[$key] ?? [])),
                    $levels[$order['id']][$key][1] ?? 0,
                ];
            }
        }

        return $levels;
    }

    private function drift(): void
    {
        $found = [];
        $this
            ->open()
            ->sales()
            ->drift()
            ->run(static function (array $item) use (&$found): void {
                if (
                    preg_match('/The till sold ([\d.]+) within/', English::of($item['reason']), $m) === 1
                    && is_numeric($m[1])
                ) {
                    $found[$item['clover_id']] = (float) $m[1];
                }
            });

        foreach ($this->lost as $item => $units) {
            if (!isset($this->removed[$item]) && $this->store[$item] !== null) {
                Assert::assertGreaterThanOrEqual(
                    $units,
                    $found[$item] ?? 0,
                    "Drift does not name what the till sold of $item.",
                );
                $this->figures['of them named by drift'] += $units;
            }
        }
    }

    /** The owner decides everything that waits, and every order is paid or released: then shop and Clover are equal. */
    private function settleAll(): void
    {
        $this->push = true;

        foreach (range(0, SalesHistory::ITEMS - 1) as $item) {
            $this->restoreItem($item);
        }

        foreach ($this->orders as $place => $order) {
            if ($this->exists($place) && self::word((int) $this->desk()->statusOf($order['id'])) === null) {
                $this->setStatus($place, 6, 'once');
            }
        }

        for ($i = 0; $i < 8; $i++) {
            foreach ([0, 1, 2, 3, 4, 5] as $place) {
                $this->decide(5 - $place, false);
                $this->decideOrder(5 - $place);
            }

            $this->rest();
            $waiting = $this->open()->sales()->worker()->waiting();

            if (($waiting->uncertain + $waiting->dead) === 0) {
                break;
            }
        }

        Assert::assertSame([0, 0], [$waiting->uncertain, $waiting->dead], 'What the owner has decided is settled.');

        foreach ($this->state['stock'] as $item => $count) {
            if ($count !== null) {
                Assert::assertSame(
                    max(0, (int) floor($count) - $this->reserve),
                    Row::int($this->shopCount($item), 'quantity'),
                    "At rest the shop has of $item what Clover has ($count) and does not keep ($this->reserve).",
                );
            }
        }
    }

    // State of the tables.

    /** @return array<string, int> How often each order was logged as found */
    private function loggedAsFound(): array
    {
        $times = [];

        foreach ($this->sql->fetchAll(
            "SELECT entity_id, COUNT(*) AS n FROM #__j2commerce_clover_log
                WHERE message LIKE '%order_found_by_scan%' GROUP BY entity_id",
        ) as $row) {
            $times[Row::string($row, 'entity_id')] = Row::int($row, 'n');
        }

        return $times;
    }

    /** @return array<int, LedgerRow> By id */
    private function ledger(): array
    {
        $rows = [];

        foreach ($this->sql->fetchAll(
            'SELECT * FROM #__j2commerce_clover_ledger ORDER BY order_id, line_id, seq',
        ) as $row) {
            $rows[Row::int($row, 'id')] = LedgerRow::fromRow($row);
        }

        return $rows;
    }

    /** @return list<Order> */
    private function inClover(string $reference): array
    {
        return array_values(array_filter(
            $this->clover->state()['orders'],
            static fn (array $order): bool => ($order['externalReferenceId'] ?? null) === $reference,
        ));
    }

    /** @param Order $order */
    private static function isWhole(array $order): bool
    {
        $sum =
            array_sum(array_column($order['lineItems']['elements'], 'price'))
            + array_sum(array_column($order['discounts']['elements'], 'amount'));

        return isset($order['total']) && $sum === $order['total'];
    }

    /** @return array<string, int|float|string|null> */
    private function shopCount(string $item): array
    {
        return (
            $this->sql->fetchOne(
                'SELECT v.manage_stock, q.quantity FROM #__j2commerce_clover_mappings m
                    JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
               JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id WHERE m.clover_id = ?',
                [$item],
            ) ?? throw new \LogicException("$item is not linked.")
        );
    }

    private function count(string $where): int
    {
        return (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_clover_ledger WHERE $where");
    }

    /** @return list<Event> */
    private function events(string $order): array
    {
        return array_map(
            static fn (array $row): array => [
                'event'      => Row::string($row, 'event'),
                'old_status' => Row::int($row, 'old_status'),
                'new_status' => Row::int($row, 'new_status'),
            ],
            $this->sql->fetchAll(
                "SELECT event, old_status, new_status FROM #__j2commerce_clover_outbox
                    WHERE order_id = ? AND event IN ('status', 'refund') ORDER BY id",
                [$order],
            ),
        );
    }

    /** @param list<Event> $events */
    private static function standing(?int $status, array $events): ?string
    {
        if ($status === null) {
            return 'released';
        }

        $standing = self::word($status);

        foreach (array_reverse($events) as $event) {
            $standing ??= $event['event'] === 'status' ? self::word($event['new_status']) : null;
        }

        return $standing === 'paid' && self::wasRefunded($events) ? 'released' : $standing;
    }

    private static function word(int $status): ?string
    {
        return match (true) {
            \in_array($status, [...self::RELEASING, ...self::REFUNDED], true) => 'released',
            \in_array($status, self::PAID, true) => 'paid',
            default => null,
        };
    }

    /** @param list<Event> $events */
    private static function wasRefunded(array $events): bool
    {
        foreach (array_reverse($events) as $event) {
            if ($event['event'] === 'refund') {
                return true;
            }

            if (self::word($event['new_status']) === 'paid' && self::word($event['old_status']) !== 'paid') {
                return false;
            }
        }

        return false;
    }

    /**
     * @param array<int, LedgerRow> $rows In the order of their numbers
     *
     * @return array<string, list<LedgerRow>> By order, line and item
     */
    private static function byLine(array $rows): array
    {
        $lines = [];

        foreach ($rows as $row) {
            $lines["$row->orderId/$row->lineId/$row->cloverId"][] = $row;
        }

        return $lines;
    }

    /** @param list<LedgerRow> $rows Of a line */
    private static function byHand(array $rows): int
    {
        $units = 0;

        foreach ($rows as $row) {
            $units = match ($row->cause) {
                LedgerCause::Release => 0,
                LedgerCause::Manual  => $units - $row->delta,
                LedgerCause::Order   => $units,
            };
        }

        return $units;
    }

    private static function thousandths(int|float|string $count): int
    {
        return (int) round(
            1000 * (is_numeric($count) ? (float) $count : throw new \LogicException("No count: $count")),
        );
    }
}
