<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Resolution;
use CloverSync\Settings;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Sales\OrderEvents;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\KillingSql;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\Snapshot;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * The process that sends a sale to Clover is killed at every step towards the database and towards Clover. Whatever
 * state it leaves, a new process continues, and then the counts of shop, ledger and Clover agree.
 *
 * @phpstan-import-type Request from Simulator
 * @phpstan-type Columns array<string, int|float|string|null>
 * @phpstan-type Sent array{lines: int, modifications: list<int>, discounts: int, payments: int, total: int} An order in
 *   Clover; modifications: their amounts
 * @phpstan-type Found array{ledger: array<string, Columns>, order: ?Columns, counts: array<string, int>,
 *   orders: list<Sent>, settled: int, digest: list<mixed>}
 */
final class KilledSaleTest extends ResilienceTestCase
{
    private const CATALOG = 'synthetic:12';
    private const ORDER   = '179540797553';
    private const NUMBER  = 53;

    private const CONFIRMED = 1;
    private const PENDING   = 4;
    private const CANCELLED = 6;
    private const REFUNDED  = 9;

    /** The manual's permissions, and those that recording a payment needs in addition. */
    private const FOUR    = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];
    private const PAYMENT = ['MERCHANT_R', 'PAYMENTS_W'];

    /** Clover's search finds a new order only after this many milliseconds. */
    private const SEARCH_LAG = 60_000;

    /** Seconds by which the clocks of shop and Clover advance at once, and at most in total. */
    private const STEP     = 20;
    private const PATIENCE = 900;

    private const NEVER_MS = 600_000;

    /**
     * Seconds during which a write without a response may still be executed, and after which Clover's search finds
     * everything.
     */
    private const QUIET = 35;
    private const LATER = 80;

    /** Seconds until a missing permission is looked for again. */
    private const PAUSE = 300;

    /** @var array{string, string} Items that are sold */
    private array $items;

    /** @var array<string, int> Clover's counts before anything was sold, by id */
    private array $start;

    /** @var list<string> */
    private array $permissions = self::FOUR;

    /** @var array<string, mixed> */
    private array $settings = [];

    /** Of the first line, which is sold as the first item. */
    private int $quantity = 2;

    /** The payment plugin's element. */
    private string $method = '';

    private string $catalog = self::CATALOG;

    /** @var list<array{name: string, value: string}> What is chosen for each piece of the first line */
    private array $options = [];

    /** @var list<int> The amounts of all modifications of the order in Clover, in the end */
    private array $modifications = [];

    /** Of the order in Clover, in the end. */
    private string $title = 'PAID ONLINE 53';

    /** Unix seconds on the clock of the killed process. */
    private int $now;

    #[TestDox('A sale is killed at every step, and Clover loses its units once')]
    public function test_a_sale(): void
    {
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->killEverywhere('sale', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        ));
    }

    #[TestDox('A sale is killed at every step and cancelled before it continues, and Clover has its units')]
    public function test_a_sale_that_is_cancelled_at_once(): void
    {
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->killEverywhere(
            'sale, then cancelled',
            static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, 5, self::CONFIRMED),
            function (Services $shop): void {
                $this->place($shop, ['new_status' => self::CANCELLED]);
                $shop->orderEvents()->statusChanged(self::ORDER, self::CONFIRMED, self::CANCELLED);
            },
        );
    }

    #[TestDox('The cancellation of a sale is killed at every step, and Clover gets its units back once')]
    public function test_a_cancellation(): void
    {
        $this->open();
        $this->sold();
        $this->placed(self::CANCELLED);
        $this->killEverywhere('cancel', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            self::CONFIRMED,
            self::CANCELLED,
        ));
    }

    #[TestDox('The cancellation of an unsent sale is killed at every step, and Clover receives neither')]
    public function test_a_cancellation_before_the_sale_is_sent(): void
    {
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->fresh(
            fn (Sql $sql) => $this->shopOf($sql)->orderEvents()->statusChanged(self::ORDER, 5, self::CONFIRMED),
        );
        $this->fresh(fn (Sql $sql) => $this->shopOf($sql)->sales()->planner->plan(self::ORDER));
        $this->placed(self::CANCELLED);
        $this->killEverywhere(
            'cancel before sending',
            static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, self::CONFIRMED, self::CANCELLED),
            asks: false,
        );
    }

    #[TestDox('A refund by the owner\'s own status is killed at every step, and Clover gets its units back once')]
    public function test_a_refund_by_status(): void
    {
        $this->settings = ['refunded_statuses' => [self::REFUNDED]];
        $this->open();
        $this->sold();
        $this->placed(self::REFUNDED);
        $this->killEverywhere('refund by status', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            self::CONFIRMED,
            self::REFUNDED,
        ));
    }

    #[TestDox('A whole refund by the gateway is killed at every step, and Clover gets its units back once')]
    public function test_a_refund_by_the_gateway(): void
    {
        $this->open();
        $this->sold();
        $this->killEverywhere('refund by the gateway', static fn (OrderEvents $events) => $events->refunded(
            self::ORDER,
            true,
        ));
    }

    #[TestDox('An order with more lines than one request takes is killed at every step, and exists completely, once')]
    public function test_an_order(): void
    {
        $this->settings = ['sync_sale' => true];
        $this->quantity = 120;
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->killEverywhere('order', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        ));
    }

    #[TestDox('An order and its payment are killed at every step of their way to Clover, and exist completely, once')]
    public function test_an_order_with_its_payment(): void
    {
        $this->settings    = ['sync_sale' => true];
        $this->permissions = [...self::FOUR, ...self::PAYMENT];
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->killEverywhere('order with payment', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        ));
    }

    #[TestDox('An order that is printed, without its order type, is killed at every step, and is printed at most once')]
    public function test_a_printed_order(): void
    {
        $this->settings    = ['sync_sale' => true, 'print_orders' => true, 'order_type' => 'Nowhere'];
        $this->permissions = [...self::FOUR, ...self::PAYMENT];
        $this->open();
        $this->placed(self::CONFIRMED);
        $this->killEverywhere('printed order', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        ));
    }

    #[TestDox('An order with chosen modifiers is killed at every step, and exists completely, with each of them once')]
    public function test_an_order_with_modifiers(): void
    {
        $this->settings = ['sync_sale' => true, 'modifiers' => 'options'];
        $this->catalog  = 'sandbox';
        $this->options  = [
            ['name' => 'Doneness', 'value' => 'Rare'],
            ['name' => 'Extras', 'value' => 'Extra Cheese'],
        ];
        $this->modifications = [0, 0, 150, 150];
        $this->open(['House Burger', 'Enamel Mug']);
        $this->placed(self::CONFIRMED);
        $this->killEverywhere('order with modifiers', static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        ));
    }

    #[TestDox('The end of an order in Clover is killed at every step, and its title says it: $_dataName')]
    #[DataProvider('ends')]
    public function test_what_became_of_an_order(
        int $from,
        int $to,
        string $method,
        bool $isEdited,
        string $title,
    ): void {
        $this->settings    = ['sync_sale' => true];
        $this->method      = $method;
        $this->title       = $title;
        $this->permissions = $method === 'payment_cash' ? [...self::FOUR, ...self::PAYMENT] : self::FOUR;
        $this->open();
        $start = $this->now;
        $this->killEverywhere(
            "what became of it: $title",
            static fn (OrderEvents $events) => $isEdited
                ? $events->edited(self::ORDER)
                : $events->statusChanged(self::ORDER, $from, $to),
            before: function () use ($start, $from, $to, $isEdited): void {
                $this->now = $start;
                $this->placed(self::CONFIRMED);
                $event = static fn (
                    int $old,
                    int $new,
                ): \Closure => static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, $old, $new);
                $this->fresh(fn (Sql $sql) => $this->act($sql, $event(5, self::CONFIRMED)));

                if ($from !== self::CONFIRMED) {
                    $this->placed($from);
                    $this->fresh(fn (Sql $sql) => $this->act($sql, $event(self::CONFIRMED, $from)));
                }

                $more = $isEdited ? ['lines' => [$this->line(1, 0, 1), $this->line(2, 1, 3)]] : [];
                $this->fresh(fn (Sql $sql) => $this->place($this->shopOf($sql), ['new_status' => $to] + $more));
            },
        );
    }

    /** @return iterable<string, array{int, int, string, bool, string}> */
    public static function ends(): iterable
    {
        yield 'cancelled' => [self::CONFIRMED, self::CANCELLED, '', false, 'CANCELLED ONLINE 53'];
        yield 'its money comes in' => [self::PENDING, self::CONFIRMED, 'payment_cash', false, 'PAID ONLINE 53'];
        yield 'edited' => [self::CONFIRMED, self::CONFIRMED, '', true, 'CHANGED ONLINE - PAID ONLINE 53'];
    }

    #[TestDox('An edit of a paid order is killed at every step, and Clover\'s count matches the order')]
    public function test_an_edit(): void
    {
        $this->open();
        $this->sold();
        $this->fresh(fn (Sql $sql) => $this->place($this->shopOf($sql), ['lines' => [
            $this->line(1, 0, 1),
            $this->line(2, 1, 3),
            $this->line(3, 0, 2),
        ]]));
        $this->killEverywhere('edit', static fn (OrderEvents $events) => $events->edited(self::ORDER));
    }

    protected function settings(array $settings = []): Settings
    {
        // The points follow each other faster than the rate limit would allow.
        return parent::settings($settings + $this->settings + ['sync_sale' => false, 'pace_share' => 100_000]);
    }

    #[TestDox('The settlement of an unanswered sale is killed at every step, and Clover loses its units once')]
    public function test_a_settlement(): void
    {
        $this->open();
        $this->placed(self::CONFIRMED);
        $paid   = static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, 5, self::CONFIRMED);
        $before = $this->unanswered($paid, [
            "POST /v3/merchants/*/item_stocks/{$this->items[0]}" => 'apply_then_drop',
            "POST /v3/merchants/*/item_stocks/{$this->items[1]}" => 'drop',
        ]);
        $this->killEverywhere('settling a sale', static fn () => null, before: $before);
    }

    #[TestDox(
        'The search for an unanswered order, its lines and payment is killed at every step; it exists once, complete',
    )]
    public function test_a_search(): void
    {
        $this->settings    = ['sync_sale' => true];
        $this->permissions = [...self::FOUR, ...self::PAYMENT];
        $this->open();
        $this->placed(self::CONFIRMED);
        $paid = static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, 5, self::CONFIRMED);
        $this->killEverywhere('order without answer', static fn () => null, before: $this->unanswered($paid, [
            'POST /v3/merchants/*/orders' => 'apply_then_drop',
        ]));
    }

    #[TestDox(
        'The completion of an order with unanswered lines is killed at every step, and it exists completely, once',
    )]
    public function test_lines_without_answer(): void
    {
        $this->settings    = ['sync_sale' => true];
        $this->permissions = [...self::FOUR, ...self::PAYMENT];
        $this->quantity    = 120;
        $this->open();
        $this->placed(self::CONFIRMED);
        $paid = static fn (OrderEvents $events) => $events->statusChanged(self::ORDER, 5, self::CONFIRMED);
        $this->killEverywhere('lines without answer', static fn () => null, before: $this->unanswered($paid, [
            'POST /v3/merchants/*/orders/*/bulk_line_items' => 'apply_then_drop',
        ]));
    }

    #[TestDox('The first attempt after a pause is killed at every step; the units and the order reach Clover once')]
    public function test_the_end_of_a_pause(): void
    {
        $this->settings = ['sync_sale' => true];
        $this->open();
        // The attempt sends one row, so no two writes run in parallel.
        $this->fresh(fn (Sql $sql) => $this->place($this->shopOf($sql), ['lines' => [
            $this->line(1, 0, $this->quantity),
            $this->line(2, 0, 1),
        ]]));
        $start = $this->now;
        $this->killEverywhere('end of a pause', static fn () => null, before: function () use ($start): void {
            $this->now = $start;
            $this->clover->merchant(['permissions' => ['INVENTORY_R', 'ORDERS_R']]);
            $this->fresh(fn (Sql $sql) => $this->act($sql, static fn (OrderEvents $events) => $events->statusChanged(
                self::ORDER,
                5,
                self::CONFIRMED,
            )));
            $this->clover->merchant(['permissions' => self::FOUR]);
            $this->clover->post('clock', ['advance_s' => self::PAUSE]);
            $this->now = $start + self::PAUSE;
        });
    }

    /**
     * A connected shop with all items, before its first order.
     *
     * @param ?array{string, string} $names Of the items that are sold; null = any
     */
    private function open(?array $names = null): void
    {
        unset($this->sql);
        $this->clover = Simulator::start($this->catalog);
        $shelf        = $this->clover->shelf();
        $this->items  = $names === null
            ? [$shelf[0]['id'], $shelf[1]['id']]
            : [$this->clover->named($names[0])[0]['id'], $this->clover->named($names[1])[0]['id']];
        $this->start = array_combine($this->items, [$this->quantity + 10, 7]);
        $this->begin($this->start);
        self::assertDone($this->sync($this->settings));
        $this->now = time() + 10;
    }

    /** Stores the order in J2Commerce's own tables without an event. */
    private function placed(int $status): void
    {
        $this->fresh(fn (Sql $sql) => $this->place($this->shopOf($sql), ['new_status' => $status]));
    }

    /** A paid order that Clover has. */
    private function sold(): void
    {
        $this->placed(self::CONFIRMED);
        $this->fresh(fn (Sql $sql) => $this->act($sql, static fn (OrderEvents $events) => $events->statusChanged(
            self::ORDER,
            5,
            self::CONFIRMED,
        )));
        self::assertSame(
            [$this->start[$this->items[0]] - $this->quantity, $this->start[$this->items[1]] - 1],
            array_values($this->counts()),
        );
    }

    /**
     * Kills the hook and then the worker at every step, one step at a time, and continues. Each attempt starts from the
     * present state of shop and Clover.
     *
     * @param \Closure(OrderEvents): void $hook   The event of the shop
     * @param ?\Closure(Services): void       $then   A change of the shop before the work continues
     * @param ?\Closure(): void           $before Called before each attempt
     * @param bool                        $asks   Whether requests to Clover are expected
     */
    private function killEverywhere(
        string $title,
        \Closure $hook,
        ?\Closure $then = null,
        ?\Closure $before = null,
        bool $asks = true,
    ): void {
        $began    = microtime(true);
        $counts   = $this->counts();
        $snapshot = Snapshot::take($this->db);
        /** @var array<string, array{list<string>, list<string>}> $known By state: results of its rows and its order */
        $known = [];
        /** @var list<string> $rows */
        $rows = [];
        /** @var list<string> $orders */
        $orders = [];
        /** @var list<string> $doubts */
        $doubts = [];
        /** @var int $cuts */
        $cuts = 0;

        $forget = static function () use (&$known, &$rows, &$orders, &$doubts, &$cuts): void {
            [$known, $rows, $orders, $doubts, $cuts] = [[], [], [], [], 0];
        };
        $cut = function (string $where, \Closure $run) use (
            $snapshot,
            $counts,
            $then,
            $before,
            &$known,
            &$rows,
            &$orders,
            &$doubts,
            &$cuts,
        ): void {
            $snapshot->restore();
            $this->begin($counts);

            if ($before !== null) {
                $before();
            }

            $run();
            $this->clover->clearFaults();
            $found = $this->found();
            $state = json_encode([$found['digest'], $found['counts'], $found['orders']], JSON_THROW_ON_ERROR);
            // Points with the same state need to be continued only once.
            $known[$state] ??= $this->assertGoesOn($found, $then, $where);
            [$ofRows, $ofOrder] = $known[$state];
            array_push($rows, ...$ofRows);
            array_push($orders, ...$ofOrder);
            $cuts++;

            if (\in_array('uncertain', $ofOrder, true)) {
                $doubts[] = $where;
            }
        };

        /** @var list<string> $points */
        $points = [];
        /** @var list<array{match: string, skip: int}> $requests */
        $requests = [];
        $cut("$title, not killed", function () use ($hook, &$points, &$requests): void {
            $mark   = $this->clover->mark();
            $points = $this->fresh(function (Sql $inner) use ($hook): array {
                $sql = new KillingSql($inner);
                $this->act($sql, $hook);

                return $sql->points;
            });
            $requests = self::places($this->clover->requests($mark));
        });
        self::assertNotSame([], $points);
        self::assertSame($asks, $requests !== []);
        $forget();

        foreach ($points as $i => $point) {
            $cut("$title, point $i, $point", function () use ($hook, $i): void {
                $killed = Child::fork(fn (): mixed => $this->act(new KillingSql($this->db->connect(), $i), $hook));
                self::assertTrue(
                    $killed->wasKilled(),
                    'The point was not reached: ' . implode(': ', $killed->error() ?? []),
                );
            });
        }

        $ofPoints = $cuts;

        foreach (self::killingFaults($requests) as $where => $faults) {
            $cut("$title, killed during $where", function () use ($hook, $faults): void {
                $this->clover->post('faults', $faults);
                $child = Child::fork(fn (): mixed => $this->act($this->db->connect(), $hook));
                $this->untilMet();
                $child->kill();
                self::assertTrue($child->wasKilled());
            });
        }

        $ofRequests = $cuts - $ofPoints;

        foreach (self::silentFaults($requests) as $where => $faults) {
            $cut("$title, without answer to $where", function () use ($hook, $faults): void {
                $this->clover->post('faults', $faults);
                $this->fresh(fn (Sql $sql) => $this->act($sql, $hook));
                self::assertSame([], $this->clover->faultsLeft());
            });
        }

        self::report(\sprintf(
            '%s: killed at %d points of the database and %d times during the %d requests, %d responses lost; '
            . '%d states found; %.0f s',
            $title,
            $ofPoints,
            $ofRequests,
            \count($requests),
            $cuts - $ofPoints - $ofRequests,
            \count($known),
            microtime(true) - $began,
        ));

        foreach (['stock rows' => $rows, 'orders' => $orders] as $what => $outcomes) {
            if ($outcomes !== []) {
                $times = array_count_values($outcomes);
                arsort($times);
                self::report(
                    "    $what: "
                        . implode(', ', array_map(
                            static fn (string|int $outcome, int $n): string => "$n $outcome",
                            array_keys($times),
                            $times,
                        )),
                );
            }
        }

        foreach ($doubts as $where) {
            self::report("    uncertain: $where");
        }
    }

    /**
     * The shop records an event, its writes get no response, and then all requests have timed out.
     *
     * @param \Closure(OrderEvents): void $hook
     * @param array<string, string>       $faults Fault by request
     */
    private function unanswered(\Closure $hook, array $faults): \Closure
    {
        $start = $this->now;

        return function () use ($hook, $faults, $start): void {
            $this->now = $start;
            array_map($this->clover->fault(...), array_keys($faults), $faults);
            $this->fresh(fn (Sql $sql) => $this->act($sql, $hook));
            self::assertSame([], $this->clover->faultsLeft());
            $this->clover->post('clock', ['advance_s' => self::LATER]);
            $this->now = $start + self::LATER;
        };
    }

    /** One process of the shop: the hook records an event, the worker processes it. */
    private function act(Sql $sql, \Closure $hook): void
    {
        $shop = $this->shopOf($sql);
        $hook($shop->orderEvents());
        $shop->sales()->worker()->run(new TimeBudget());
    }

    /**
     * The initial state: Clover without orders, and a connected shop.
     *
     * @param array<string, int> $counts
     */
    private function begin(array $counts): void
    {
        $this->clover->reset($this->catalog);
        $this->clover->switches(['external_ref_search_lag' => self::SEARCH_LAG, 'default_printer' => true]);
        $this->clover->merchant(['permissions' => $this->permissions]);
        array_map($this->clover->setStock(...), array_keys($counts), $counts);
        $this->fresh(fn (Sql $sql) => $this->connect($this->shop($sql)));
    }

    /**
     * Each request in a form that identifies it for a fault.
     *
     * @param list<Request> $requests
     *
     * @return list<array{match: string, skip: int}>
     */
    private static function places(array $requests): array
    {
        $places = [];
        $seen   = [];

        foreach ($requests as $request) {
            if (!str_starts_with($request['path'], '/v3/')) {
                continue;
            }

            // The next time, the order has another id.
            $match =
                $request['method']
                . ' '
                . (string) preg_replace(
                    ['#\?.*#', '#^/v3/merchants/[^/]+#', '#/orders/[^/]+#', '#/line_items/[^/]+#'],
                    ['', '/v3/merchants/*', '/orders/*', '/line_items/*'],
                    $request['path'],
                );
            $seen[$match] = ($seen[$match] ?? -1) + 1;
            $places[]     = ['match' => $match, 'skip' => $seen[$match]];
        }

        return $places;
    }

    /**
     * For each request: Clover executes it, and the response is lost. A write that can run in parallel with another one
     * counts as two cases: with and without the execution of the other.
     *
     * A kill before the request is sent leaves the same state as one step earlier: a point of the database, or the
     * previous request.
     *
     * @param list<array{match: string, skip: int}> $requests
     *
     * @return array<string, list<array<string, mixed>>>
     */
    private static function killingFaults(array $requests): array
    {
        $faults = [];

        foreach ($requests as $request) {
            $name   = "$request[match] ($request[skip])";
            $late   = $request + ['times' => 1, 'do' => 'delay', 'ms' => self::NEVER_MS];
            $beside = self::isCount($request)
                ? array_values(array_filter(
                    $requests,
                    static fn (array $other): bool => (
                        self::isCount($other)
                        && $other['skip'] === $request['skip']
                        && $other['match'] !== $request['match']
                    ),
                ))
                : [];

            $faults[$name] = [
                $late,
                ...array_map(
                    static fn (array $other): array => $other + ['times' => 1, 'do' => 'delay', 'ms' => 0],
                    $beside,
                ),
            ];

            if ($beside !== []) {
                $faults["$name without the parallel one"] = [
                    $late,
                    ...array_map(static fn (array $other): array => $other + ['times' => 1, 'do' => 'drop'], $beside),
                ];
            }
        }

        return $faults;
    }

    /** @param array{match: string, skip: int} $request */
    private static function isCount(array $request): bool
    {
        return preg_match('#^POST .*/item_stocks/#', $request['match']) === 1;
    }

    /**
     * For each write: the connection is closed before and after its execution, and the process continues.
     *
     * @param list<array{match: string, skip: int}> $requests
     *
     * @return array<string, list<array<string, mixed>>>
     */
    private static function silentFaults(array $requests): array
    {
        $faults = [];

        foreach ($requests as $request) {
            if (str_starts_with($request['match'], 'POST ')) {
                $faults["$request[match] ($request[skip]), not carried out"] = [
                    $request + ['times' => 1, 'do' => 'drop'],
                ];
                $faults["$request[match] ($request[skip]), carried out"] = [
                    $request + ['times' => 1, 'do' => 'apply_then_drop'],
                ];
            }
        }

        return $faults;
    }

    /** A request with a fault is executed without a delay. */
    private function untilMet(): void
    {
        for ($end = microtime(true) + 60; $this->clover->faultsLeft() !== [];) {
            self::assertLessThan($end, microtime(true), 'The request was never made.');
            usleep(2_000);
        }
    }

    /**
     * The state that a new process finds.
     *
     * @return Found
     */
    private function found(): array
    {
        $sql    = $this->db->connect();
        $ledger = [];

        foreach ($sql->fetchAll("SELECT line_id, seq, clover_id, delta, reverses, state, reason, count_before, target,
            attempts, next_try, sent, claim <> '' AS claimed, settled IS NULL AS is_open,
            settled_ms IS NULL AS is_untimed
               FROM #__j2commerce_clover_ledger ORDER BY line_id, seq") as $row) {
            $ledger["$row[line_id]/$row[seq]"] = $row;
        }

        $order = $sql->fetchOne(
            "SELECT state, step, payment, reason, reference, attempts, next_try, claim <> '' AS claimed,
                plan IS NULL AS is_planless, mark, wanted, shown, fingerprint,
                print_state, print_tries, print_next, print_event IS NULL AS is_unprinted,
                clover_order_id IS NULL AS is_nameless FROM #__j2commerce_clover_orders",
        );

        return [
            'ledger'  => $ledger,
            'order'   => $order,
            'counts'  => $this->counts(),
            'orders'  => array_map(static fn (array $o): array => [
                'lines'         => \count($o['lineItems']['elements']),
                'modifications' => self::modifications($o['lineItems']['elements']),
                'discounts'     => \count($o['discounts']['elements']),
                'payments'      => \count($o['payments']['elements']),
                'total'         => $o['total'] ?? -1,
            ], $this->clover->state()['orders']),
            'settled' => (int) $sql->fetchValue(
                "SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE message LIKE '%units_found_in_clover%'",
            ),
            'digest'  => [
                $ledger,
                array_diff_key($order ?? [], ['reference' => true]),
                $sql->fetchAll('SELECT event, state FROM #__j2commerce_clover_outbox ORDER BY id'),
                $sql->fetchAll('SELECT action, status FROM #__j2commerce_clover_log ORDER BY id'),
                $sql->fetchColumn("SELECT name FROM #__j2commerce_clover_locks WHERE holder <> '' ORDER BY name"),
                $sql->fetchColumn('SELECT name FROM #__j2commerce_clover_state ORDER BY name'),
            ],
        ];
    }

    /**
     * A new process pulls, works while time passes, and pulls again.
     *
     * @param Found $found
     *
     * @return array{list<string>, list<string>} The result for each row of the ledger, and for the order
     */
    private function assertGoesOn(array $found, ?\Closure $then, string $where): array
    {
        $mark = $this->clover->mark();
        [$pulled, $atOnce, $result, $shop] = $this->fresh(function (Sql $sql) use ($then): array {
            $clock = new FakeClock($this->now + 1);
            $shop  = $this->shop($sql, [], $clock);

            if ($then !== null) {
                $then($shop);
            }

            self::assertDone($shop->runner()->run(new TimeBudget()));
            $pulled = $this->shopCounts($sql);
            $passed = 0;
            $result = $shop->sales()->worker()->run(new TimeBudget());
            $atOnce = $this->found()['ledger'];

            while ($result->later > 0 && $passed < self::PATIENCE) {
                $passed      += self::STEP;
                $clock->time += self::STEP;
                $this->clover->post('clock', ['advance_s' => self::STEP]);
                $result = $shop->sales()->worker()->run(new TimeBudget());
            }

            Moment::next($sql);
            self::assertDone($shop->runner()->run(new TimeBudget()));

            return [$pulled, $atOnce, $result, $this->shopCounts($sql)];
        });
        $sql     = $this->db->connect();
        $now     = $this->found();
        $desired = $this->desired($sql);
        $written = $this->clover->calls($mark, '#^POST /v3/-/item_stocks/#');

        self::assertSame([0, [], 0], [$result->later, $result->paused, $result->dead], $where);
        $this->assertLedger($now['ledger'], $where);

        foreach ($this->start as $item => $start) {
            $confirmed = array_sum(array_map(static fn (array $r): int => $r['state'] === 'confirmed'
                && $r['clover_id'] === $item
                    ? (int) $r['delta']
                    : 0, $now['ledger']));
            self::assertSame(
                $start - $confirmed,
                $now['counts'][$item],
                "$where: Clover's count of $item is not what the ledger says.",
            );
            self::assertSame(
                $start - $desired[$item],
                $now['counts'][$item],
                "$where: Clover's count of $item is not what the order asks for.",
            );
            self::assertSame(
                max(0, $now['counts'][$item] - ($desired[$item] - $confirmed)),
                $shop[$item],
                "$where: the shop's count of $item.",
            );
            self::assertLessThanOrEqual(
                $start - $desired[$item],
                $pulled[$item],
                "$where: a sync before any worker continued has restored sold units of $item.",
            );
        }

        $outcomes = [];

        foreach ($now['ledger'] as $key => $row) {
            $was = $found['ledger'][$key] ?? null;

            if ($was !== null && $was['state'] === 'sent' && ($this->now + 1 - Row::int($was, 'sent')) < self::QUIET) {
                self::assertSame(
                    'sent',
                    $atOnce[$key]['state'],
                    "$where: a write without an answer was settled while it could still be carried out.",
                );
            }

            $outcomes[] = match (true) {
                $row['state'] === 'skipped' => "skipped ($row[reason])",
                $was === null => 'planned by the next process',
                $was['state'] === 'intended' => 'sent by the next process',
                $was['state'] === 'confirmed' => 'confirmed already',
                (int) $was['target'] === $found['counts'][(string) $was['clover_id']] => 'settled by reading',
                default => 'sent again',
            };
        }

        $settledNow = \count(array_keys($outcomes, 'settled by reading', true));
        $already    = \count(array_filter($found['ledger'], static fn (array $r): bool => $r['state'] === 'confirmed'));
        $confirmed  = \count(array_filter($now['ledger'], static fn (array $r): bool => $r['state'] === 'confirmed'));
        self::assertSame($settledNow, $now['settled'] - $found['settled'], "$where: rows settled by reading.");
        self::assertCount(
            $confirmed - $already - $settledNow,
            $written,
            "$where: a count was written that was written already.",
        );

        return [$outcomes, $this->assertOrder($found, $now, $result, $where)];
    }

    /** @param array<string, Columns> $rows */
    private function assertLedger(array $rows, string $where): void
    {
        $sold     = [];
        $returned = [];

        foreach ($rows as $key => $row) {
            // There are no sales at the till, so nothing stays uncertain.
            self::assertContains($row['state'], ['confirmed', 'skipped'], "$where: row $key.");
            self::assertSame($row['state'] === 'skipped', $row['reason'] !== null, "$where: row $key.");
            $line            = Row::int($row, 'line_id');
            $delta           = Row::int($row, 'delta');
            $sold[$line]     = ($sold[$line] ?? 0) + max(0, $delta);
            $returned[$line] = ($returned[$line] ?? 0) + max(0, -$delta);
        }

        foreach ($sold as $line => $units) {
            self::assertLessThanOrEqual($units, $returned[$line], "$where: line $line.");
        }
    }

    /**
     * @param Found $found
     * @param Found $now
     *
     * @return list<string> The result; empty where no order is sent to Clover
     */
    private function assertOrder(array $found, array $now, WorkReport $result, string $where): array
    {
        if (!($this->settings['sync_sale'] ?? false)) {
            self::assertSame([], $now['orders'], $where);
            self::assertSame(0, $result->uncertain, $where);

            return [];
        }

        $was      = $found['order'];
        $row      = $now['order'];
        $isUnsent = $was !== null && $was['state'] === 'sent' && $was['step'] === 'create' && $found['orders'] === [];
        self::assertNotNull($row, $where);

        // It was stored as sent and never reached Clover: only the owner can distinguish that from an order that the
        // search does not find.
        if ($isUnsent) {
            self::assertSame(
                ['uncertain', 'not_found', 1, []],
                [$row['state'], $row['reason'], $result->uncertain, $now['orders']],
                $where,
            );

            $this->assertOwnerSendsIt($where);

            return ['uncertain'];
        }

        self::assertSame(0, $result->uncertain, $where);
        $this->assertWhole($now, $where);

        return [match (true) {
            $was === null => 'planned by the next process',
            $was['state'] === 'intended' => 'sent by the next process',
            $was['step'] === 'create' => 'found by its reference',
            $was['step'] === 'fill' => $found['orders'][0]['lines'] === 0
                ? 'filled by the next process'
                : 'filled to its end',
            $was['mark'] === 'due' => 'titled by the next process',
            $was['payment'] === 'due' && $was['shown'] === 'paid' => $found['orders'][0]['payments'] === 0
                ? 'asked for its payment by the next process'
                : 'found paid',
            default => 'confirmed already',
        }];
    }

    /** The order is listed, and the owner, who does not find it in Clover either, decides so. */
    private function assertOwnerSendsIt(string $where): void
    {
        $this->fresh(function (Sql $sql) use ($where): void {
            $shop  = $this->shop($sql, [], new FakeClock($this->now + (2 * self::PATIENCE)));
            $sales = $shop->sales();
            $rows  = $sales->pushes->waiting(10);
            self::assertSame([self::ORDER], array_column($rows, 'orderId'), $where);
            self::assertTrue($sales->pushes->resolve($rows[0]->id, Resolution::NotApplied), $where);
            $sales->worker()->run(new TimeBudget());
        });
        $this->assertWhole($this->found(), $where);
    }

    /** @param Found $now */
    private function assertWhole(array $now, string $where): void
    {
        $row = $now['order'];
        self::assertNotNull($row, $where);
        self::assertSame(['confirmed', null], [$row['state'], $row['reason']], $where);
        self::assertCount(1, $now['orders'], $where);
        $order = $this->clover->state()['orders'][0];
        self::assertSame([$this->title, ''], [$order['title'] ?? null, $row['mark']], $where);
        self::assertSame($this->modifications, $now['orders'][0]['modifications'], $where);
        $sum =
            array_sum(array_column($order['lineItems']['elements'], 'price'))
            + array_sum($this->modifications)
            + array_sum(array_column($order['discounts']['elements'], 'amount'));
        $total = $this->order()['total'];
        self::assertSame(
            [$row['reference'], $total, $total],
            [$order['externalReferenceId'] ?? null, $order['total'] ?? null, $sum],
            $where,
        );
        $paid = array_diff(self::PAYMENT, $this->permissions) === [];
        self::assertSame(
            $paid ? ['recorded', $total, 1] : ['not_granted', 0, 0],
            [
                $row['payment'],
                array_sum(array_column($order['payments']['elements'], 'amount')),
                $now['orders'][0]['payments'],
            ],
            $where,
        );
        $this->assertPrinted($row, $order['id'], $where);
    }

    /**
     * Printed at most once, and exactly once unless the shop says that it does not know.
     *
     * @param Columns $row
     */
    private function assertPrinted(array $row, string $order, string $where): void
    {
        $prints = array_map(static fn (mixed $event): string => Json::string(
            Json::object(Json::object($event)['orderRef'] ?? null)['id'] ?? null,
        ), Json::list($this->clover->state()['print_events'] ?? null));

        match ($row['print_state']) {
            ''        => self::assertSame([false, []], [$this->settings['print_orders'] ?? false, $prints], $where),
            'sent'    => self::assertSame([$order], $prints, $where),
            'unknown' => self::assertContains($prints, [[], [$order]], $where),
            default   => self::fail("$where: the print is $row[print_state]."),
        };
    }

    /**
     * Units that the shop requires Clover to remove.
     *
     * @return array<string, int> By item
     */
    private function desired(Sql $sql): array
    {
        $desired = array_fill_keys($this->items, 0);
        $status  = (int) $sql->fetchValue('SELECT order_state_id FROM #__j2commerce_orders WHERE order_id = ?', [
            self::ORDER,
        ]);
        $refunds = (int) $sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_clover_outbox WHERE event = 'refund'");

        if ($status === self::CONFIRMED && $refunds === 0) {
            foreach ($sql->fetchAll(
                'SELECT m.clover_id, i.orderitem_quantity FROM #__j2commerce_orderitems i
                    JOIN #__j2commerce_clover_mappings m ON m.variant_id = i.variant_id WHERE i.order_id = ?',
                [self::ORDER],
            ) as $line) {
                $desired[Row::string($line, 'clover_id')] += Row::int($line, 'orderitem_quantity');
            }
        }

        return $desired;
    }

    /** @return array<string, int> Clover's counts of the sold items */
    private function counts(): array
    {
        $stock = $this->clover->state()['stock'];

        return array_map(
            intval(...),
            array_combine(
                $this->items,
                array_map(static fn (string $item): float => (float) $stock[$item], $this->items),
            ),
        );
    }

    /** @return array<string, int> */
    private function shopCounts(Sql $sql): array
    {
        $counts = [];

        foreach ($this->items as $item) {
            $counts[$item] = (int) $sql->fetchValue(
                'SELECT q.quantity FROM #__j2commerce_productquantities q
                    JOIN #__j2commerce_clover_mappings m ON m.variant_id = q.variant_id WHERE m.clover_id = ?',
                [$item],
            );
        }

        return $counts;
    }

    /** @param array<string, mixed> $fields Fields that differ from the first order */
    private function place(Services $shop, array $fields): void
    {
        (new FakeCheckout($shop->sql, $shop->links(), $shop->clock))->place(OrderFile::fromJson(json_encode(
            $fields + $this->order(),
            JSON_THROW_ON_ERROR,
        )));
    }

    /** @return array<string, mixed> */
    private function order(): array
    {
        return [
            'order_id'           => self::ORDER,
            'number'             => self::NUMBER,
            'new_status'         => self::CONFIRMED,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'payment_method'     => $this->method,
            'customer'           => ['name' => 'Ann Doe', 'email' => 'ann@example.org', 'phone' => '+1 555 0100'],
            'lines'              => [$this->line(1, 0, $this->quantity), $this->line(2, 1, 1)],
            'shipping'           => 500,
            'order_discount'     => 150,
            'order_tax'          => 0,
            'total'              => ($this->quantity * 1_499) - 100 + 240 + 1_499 - 100 + 240 + 500 - 150,
        ];
    }

    /** @return array<string, mixed> */
    private function line(int $id, int $item, int $quantity): array
    {
        return [
            'line_id'    => $id,
            'clover_id'  => $this->items[$item],
            'name'       => "Item $item",
            'quantity'   => $quantity,
            'unit_price' => 1_499,
            'discount'   => 100,
            'tax'        => 240,
            'options'    => $id === 1 ? $this->options : [],
        ];
    }

    /**
     * @param list<array{modifications?: array{elements: list<array{amount: int, ...}>}, ...}> $lines
     *
     * @return list<int> The amounts, in numerical order
     */
    private static function modifications(array $lines): array
    {
        $amounts = [];

        foreach ($lines as $line) {
            foreach ($line['modifications']['elements'] ?? [] as $modification) {
                $amounts[] = $modification['amount'];
            }
        }

        sort($amounts);

        return $amounts;
    }

    private function shopOf(Sql $sql): Services
    {
        return $this->shop($sql, [], new FakeClock($this->now));
    }

    /**
     * Runs in a process of its own with its own connection: the parent has none, because the database is restored in
     * between.
     *
     * @template T
     *
     * @param \Closure(Sql): T $work
     *
     * @return T
     */
    private function fresh(\Closure $work): mixed
    {
        return Child::fork(fn (): mixed => $work($this->db->connect()))->value();
    }
}
