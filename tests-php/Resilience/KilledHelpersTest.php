<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\HelperKiller;
use CloverSync\Tests\Support\Http;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\LaterClock;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\Program;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Tests\Support\WebhookStorm;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;
use Random\Engine\Xoshiro256StarStar;
use Random\Randomizer;

/**
 * Commands work for a shop that sells while their helper programs are killed at random moments. Afterwards nothing is
 * lost, doubled or hung.
 *
 * CLOVERSYNC_KILLS_SECONDS is how long it takes, CLOVERSYNC_KILLS_SEED chooses who is killed and what is sold.
 */
#[Group('helper')]
final class KilledHelpersTest extends ResilienceTestCase
{
    private const SECONDS = 12.0;
    private const SEED    = 1;

    private const AUTH = 'a-webhook-secret-0123456789';

    /** What the payment of an order needs too. */
    private const PERMISSIONS = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R', 'PAYMENTS_W'];

    /** The others follow. */
    private const FIRST_ORDER = '179540800000';

    private const CONFIRMED = 1;
    private const CANCELLED = 6;

    /** Of the items: the first are sold on the web only, the next also at the till, the last only there. */
    private const WEB  = 24;
    private const BOTH = 8;
    private const TILL = 8;

    private const START = 1_000;

    /** Commands that run all the time, each in a place of its own. */
    private const COMMANDS = [['work'], ['work', '--once'], ['sync'], ['sync', '--stock-only'], ['drift']];

    /** What a command may end with: its helper was killed, or another command was at work. */
    private const KINDS = ['unavailable', 'already_running'];

    /** The same of a helper that was killed before its first answer. */
    private const FIRST = 'does not answer';

    /** Seconds that a command may go on without a request to Clover: it waits for another one, or for a limit. */
    private const PATIENCE = 75.0;

    /** Milliseconds of Clover's answers, so that many helpers are killed while one is on its way. */
    private const LATENCY = 25;

    /** Seconds of a token's life: fifteen more than a call needs, so that the commands compete for refreshes. */
    private const LIFETIME = 135;

    /** Percent of Clover's documented limit. */
    private const SHARE = 400;

    private Randomizer $random;

    /** @var list<CommandLine> One for each place */
    private array $shells = [];

    /** @var array<int, array{program: Program, out: string, began: float}> By place */
    private array $running = [];

    /** The webhook server */
    private ?Program $server = null;

    /** Number of the last request to Clover that was seen of commands that take long */
    private int $seen = 0;

    /** @var array<string, int> */
    private array $figures = [];

    /** @var list<string> */
    private array $items = [];

    /** @var array<string, array{status: int, lines: list<array{item: string, quantity: int}>}> By order id */
    private array $orders = [];

    /** @var array<string, int> Units that the till has sold, by item */
    private array $till = [];

    private string $helper = '';

    protected function setUp(): void
    {
        if (!PhpEngine::isHelper()) {
            self::markTestSkipped('The extension is tested: CLOVERSYNC_ENGINE is not helper.');
        }

        parent::setUp();
        $this->random = new Randomizer(new Xoshiro256StarStar((int) (getenv('CLOVERSYNC_KILLS_SEED') ?: self::SEED)));
        // By this name the helpers of the commands are distinguished from this process's.
        $this->helper = sys_get_temp_dir() . '/clover-helper-' . bin2hex(random_bytes(6));
        symlink((string) realpath(Engine::programs()[0]), $this->helper);
    }

    protected function tearDown(): void
    {
        foreach ($this->running as ['program' => $program]) {
            $program->signal(SIGKILL);
            $program->end();
        }

        $this->endServer();

        if ($this->helper !== '') {
            unlink($this->helper);
        }

        $this->running = $this->shells = [];
        parent::tearDown();
    }

    #[TestDox('Helpers of commands and of the webhook server are killed at random: nothing is lost, doubled or hung')]
    public function test_a_storm(): void
    {
        $wanted  = getenv('CLOVERSYNC_KILLS_SECONDS');
        $seconds = is_numeric($wanted) ? (float) $wanted : self::SECONDS;
        $this->open();
        $killer = Child::fork(
            fn (): array => (new HelperKiller($this->helper, $this->random))->run($seconds),
            (int) $seconds + 60,
        );
        $url  = $this->serve();
        $till = Child::fork(fn (): array => $this->sellAtTheTill($seconds, $url), (int) $seconds + 60);
        $this->storm($seconds);
        $killed = $killer->value();

        [$this->till, $statuses] = $till->value();

        $this->figures['webhooks']            = \count($statuses);
        $this->figures['webhooks unanswered'] = \count(array_diff($statuses, [200]));
        $ended                                = microtime(true);
        $this->awaitCommands();
        $this->endServer();
        $this->assertNoHelperIsLeft();
        $this->figures['s until all had ended'] = (int) (microtime(true) - $ended);
        $this->settle();
        $this->figures['s until all was settled'] = (int) (microtime(true) - $ended);

        self::report(\sprintf(
            '%.0f s, seed %d, killed: %s; %s',
            $seconds,
            (int) (getenv('CLOVERSYNC_KILLS_SEED') ?: self::SEED),
            self::counted($killed),
            self::counted($this->figures),
        ));
        self::assertGreaterThan(2 * $seconds, array_sum($killed), 'Hardly any helper was killed.');
        self::assertSame([], array_diff(['work', 'sync', 'serve'], array_keys($killed)), self::counted($killed));
        $this->assertCounts();
        $this->assertOrders();
    }

    /** @return iterable<string, array{string}> */
    public static function writes(): iterable
    {
        foreach (['item_stocks/*', 'orders', 'orders/*/bulk_line_items', 'orders/*/payments'] as $path) {
            yield $path => [$path];
        }
    }

    #[DataProvider('writes')]
    #[TestDox('A write to $_dataName that Clover carries out while the helper is killed is not repeated')]
    public function test_killed_during_a_write(string $path): void
    {
        $this->open();
        $this->clover->merchant(['permissions' => self::PERMISSIONS]);
        $this->place(self::FIRST_ORDER, self::CONFIRMED, [['item' => $this->items[0], 'quantity' => 2]]);
        $this->clover->fault("POST /v3/merchants/*/$path", 'hold');
        $child = Child::fork(fn (): mixed => $this
            ->shop($this->db->connect())
            ->sales()
            ->worker()
            ->run(new TimeBudget()));

        for ($end = microtime(true) + 60; $this->clover->held() === []; usleep(20_000)) {
            self::assertLessThan($end, microtime(true), 'Nothing was written.');
        }

        $helpers = HelperKiller::of($child->pid);
        self::assertCount(1, $helpers);
        posix_kill($helpers[0], SIGKILL);
        self::assertSame(HelperLostException::class, $child->error()[0] ?? null);
        $this->clover->release();
        $this->settle();
        self::assertSame(0, $this->figures['uncertain'] + $this->figures['dead']);
        $this->assertCounts();
        $this->assertOrders();
    }

    /** A connected shop with all items. */
    private function open(): void
    {
        $count = self::WEB + self::BOTH + self::TILL;
        $this->connectTo('synthetic:' . (2 * $count));
        $shelf       = array_column($this->clover->shelf(), 'id');
        $this->items = \array_slice($shelf, 0, $count);
        self::assertCount($count, $this->items);

        foreach ($this->items as $item) {
            $this->clover->setStock($item, self::START);
        }

        self::assertDone($this->sync());
        $this->clover->switches(['latency' => self::LATENCY, 'access_ttl' => self::LIFETIME]);
        $this->clover->tokens('expire');

        for ($i = 0; $i <= \count(self::COMMANDS); $i++) {
            $shell              = new CommandLine($this->clover);
            $shell->environment = [
                'CLOVERSYNC_HELPER' => $this->helper,
                ...$this->db->environment(),
                'CLOVERSYNC_SITE'           => self::SITE,
                'CLOVERSYNC_SITE_SECRET'    => self::SECRET,
                'CLOVERSYNC_WEBHOOK_SECRET' => self::AUTH,
                'CLOVERSYNC_SETTINGS'       => json_encode([
                    'default_category' => 2,
                    'import_status'    => 'published',
                    'pace_share'       => self::SHARE,
                ], JSON_THROW_ON_ERROR),
            ] + $shell->environment;
            $this->shells[] = $shell;
        }
    }

    /** @return string The address of the webhook server */
    private function serve(): string
    {
        $listen = '127.0.0.1:' . Http::freePort();

        for ($end = microtime(true) + 20; !Http::listens($listen); usleep(20_000)) {
            // The helper may have been killed before the server began.
            if ($this->server === null || !$this->server->isRunning()) {
                $this->server = $this->shells[\count(self::COMMANDS)]->start(['serve', '--listen', $listen]);
            }

            self::assertLessThan($end, microtime(true), 'The server did not begin.');
        }

        return "http://$listen/webhook";
    }

    private function endServer(): void
    {
        if ($this->server !== null) {
            $this->server->signal(SIGTERM);
            $this->server->end();
            $this->server = null;
        }
    }

    /** Sells and cancels on the web while the commands run. */
    private function storm(float $seconds): void
    {
        for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(100_000)) {
            $this->keepRunning();
            $this->random->getInt(0, 2) > 0 ? $this->sellOnTheWeb() : $this->cancel();
        }
    }

    /** Starts a command where none runs. */
    private function keepRunning(bool $again = true): void
    {
        foreach (self::COMMANDS as $place => $words) {
            $now = $this->running[$place] ?? null;

            if ($now !== null) {
                $program                      = $now['program'];
                $this->running[$place]['out'] .= $program->available();

                if ($program->isRunning()) {
                    if ((microtime(true) - $now['began']) > self::PATIENCE) {
                        // One that works on asks Clover; at the end it is the only one.
                        $seen = $this->clover->mark($this->seen);
                        self::assertGreaterThan($this->seen, $seen, implode(' ', $words) . ' hangs.');
                        $this->seen                     = $seen;
                        $this->running[$place]['began'] = microtime(true);
                    }

                    continue;
                }

                $out = $this->running[$place]['out'] . $program->rest();
                unset($this->running[$place]);
                $this->assertEnded($words, $program->end(), $out, $program->errors());
            }

            if ($again) {
                $this->running[$place] = [
                    'program' => $this->shells[$place]->start([...$words, '--json']),
                    'out'     => '',
                    'began'   => microtime(true),
                ];
            }
        }
    }

    private function awaitCommands(): void
    {
        while ($this->running !== []) {
            $this->keepRunning(again: false);
            usleep(20_000);
        }
    }

    /** @param list<string> $words */
    private function assertEnded(array $words, int $code, string $out, string $errors): void
    {
        $lines = explode("\n", trim($out));
        $last  = json_decode(end($lines), true);
        $name  = implode(' ', $words);
        self::assertIsArray($last, "$name said: $out$errors");

        if ($last['event'] === 'done') {
            self::assertContains($code, [0, 1, 3], $out);
        } else {
            self::assertSame([1, 'error'], [$code, $last['event']], $out);
            $isFirst = str_contains(Json::string($last['message']), self::FIRST);
            self::assertContains($isFirst ? 'unavailable' : $last['kind'], self::KINDS, "$name: $out");
        }

        $what                 = $words[0] . ' ' . Json::string($last['kind'] ?? 'done');
        $this->figures[$what] = ($this->figures[$what] ?? 0) + 1;
    }

    private function sellOnTheWeb(): void
    {
        $lines = [];

        foreach (range(0, $this->random->getInt(0, 2)) as $_) {
            $item    = $this->items[$this->random->getInt(0, self::WEB + self::BOTH - 1)];
            $lines[] = ['item' => $item, 'quantity' => $this->random->getInt(1, 3)];
        }

        $this->place(
            (string) ((int) self::FIRST_ORDER + \count($this->orders)),
            self::CONFIRMED,
            $lines,
            $this->isHeard(),
        );
    }

    /** One of the last orders, which may be on its way to Clover. */
    private function cancel(): void
    {
        $recent = array_filter(
            \array_slice($this->orders, -4, preserve_keys: true),
            static fn (array $order): bool => $order['status'] === self::CONFIRMED,
        );

        if ($recent !== []) {
            $order = (string) array_keys($recent)[$this->random->getInt(0, \count($recent) - 1)];
            $this->place($order, self::CANCELLED, $this->orders[$order]['lines'], $this->isHeard());
        }
    }

    /** Some of the shop's events are lost. */
    private function isHeard(): bool
    {
        return $this->random->getInt(0, 7) > 0;
    }

    /** @param list<array{item: string, quantity: int}> $lines */
    private function place(string $id, int $status, array $lines, bool $isHeard = true): void
    {
        $number = 1 + (int) substr($id, -6);
        $file   = OrderFile::fromJson(json_encode([
            'order_id'           => $id,
            'number'             => $number,
            'new_status'         => $status,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => array_map(
                static fn (int $i, array $line): array => [
                    'line_id'    => (10 * $number) + $i,
                    'clover_id'  => $line['item'],
                    'name'       => "Line $i",
                    'quantity'   => $line['quantity'],
                    'unit_price' => 1250,
                ],
                array_keys($lines),
                $lines,
            ),
        ], JSON_THROW_ON_ERROR));
        $shop   = $this->shop();
        $desk   = new FakeCheckout($this->sql, $shop->links(), new LaterClock());
        $before = $desk->statusOf($id);
        $desk->place($file);
        $this->orders[$id] = ['status' => $status, 'lines' => $lines];

        if ($isHeard) {
            $shop->orderEvents()->statusChanged($id, $before ?? 5, $status);
        }
    }

    /**
     * Each sale is followed by Clover's webhook.
     *
     * @return array{array<string, int>, list<int>} Sold units by item, and what the webhooks were answered
     */
    private function sellAtTheTill(float $seconds, string $url): array
    {
        $webhooks = new WebhookStorm($url, self::AUTH);
        $merchant = $this->clover->state()['merchant_id'];
        $sold     = [];

        for ($end = microtime(true) + $seconds; microtime(true) < $end; usleep(200_000)) {
            $item  = $this->items[$this->random->getInt(self::WEB, self::WEB + self::BOTH + self::TILL - 1)];
            $units = $this->random->getInt(1, 3);
            $this->clover->post('sale', ['itemId' => $item, 'quantity' => $units]);
            $sold[$item] = ($sold[$item] ?? 0) + $units;
            $webhooks->send(1, 1_000.0, static fn (): string => json_encode([
                'appId'     => Simulator::APP_ID,
                'merchants' => [$merchant => [['objectId' => "I:$item", 'type' => 'UPDATE', 'ts' => 1]]],
            ], JSON_THROW_ON_ERROR));
        }

        return [$sold, $webhooks->statuses];
    }

    private function assertNoHelperIsLeft(): void
    {
        for ($end = microtime(true) + 5; ($left = HelperKiller::find($this->helper)) !== []; usleep(20_000)) {
            self::assertLessThan($end, microtime(true), 'Helpers are left: ' . implode(', ', array_keys($left)));
        }
    }

    /** Without kills, until nothing waits: unanswered writes are settled when their requests can no longer arrive. */
    private function settle(): void
    {
        $this->figures['refreshes']  = $this->clover->refreshes();
        $this->figures['recoveries'] = $this->clover->recoveries();
        $this->clover->switches(['latency' => 0, 'access_ttl' => 864_000]);
        $this->openTheGate();
        $clock = new FakeClock(microtime(true));
        $shop  = $this->shop(settings: ['pace_share' => 100_000], clock: $clock);
        // Clover's clock runs ahead from now on: a token that lasts.
        StoredTokens::age($this->sql, self::SECRET, 1_750);
        self::assertTrue($shop->connection->refresh());

        for ($i = 0; $i < 12; $i++) {
            $clock->time += 300;
            $this->clover->post('clock', ['advance_s' => 300]);
            $shop->inboxWorker()->drain(new TimeBudget());
            $left = $shop->sales()->worker()->run(new TimeBudget());

            if (($left->later + $shop->inbox()->count()) === 0) {
                break;
            }
        }

        self::assertSame([0, 0, []], [$left->later, $shop->inbox()->count(), $left->paused]);
        // The first ends the run that a killed helper has left.
        $shop->runner()->run(new TimeBudget());
        self::assertDone($shop->runner()->run(new TimeBudget()));
        self::assertSame(0, $this->rows('j2commerce_clover_runs', 'requests < 0'), 'A new helper counts from zero.');
        $this->figures['orders']    = \count($this->orders);
        $this->figures['uncertain'] = $left->uncertain;
        $this->figures['dead']      = $left->dead;
    }

    /** Each sold unit is taken once. Where the till sells too, the ledger or drift names what is not certain. */
    private function assertCounts(): void
    {
        $wanted = $this->till;

        foreach ($this->orders as ['status' => $status, 'lines' => $lines]) {
            foreach ($status === self::CONFIRMED ? $lines : [] as ['item' => $item, 'quantity' => $quantity]) {
                $wanted[$item] = ($wanted[$item] ?? 0) + $quantity;
            }
        }

        $rows = [];

        foreach ($this->sql->fetchAll(
            'SELECT clover_id, delta, state, reason FROM #__j2commerce_clover_ledger',
        ) as $row) {
            $rows[Row::string($row, 'clover_id')][] = $row;
        }

        $named = $this->named();
        $stock = $this->clover->state()['stock'];

        foreach ($this->items as $place => $item) {
            $rest      = (int) $stock[$item];
            $uncertain = array_filter(
                $rows[$item] ?? [],
                static fn (array $row): bool => !\in_array($row['state'], ['confirmed', 'skipped'], true),
            );
            $missing = $rest - self::START + ($wanted[$item] ?? 0);

            if ($place < self::WEB) {
                self::assertSame([[], 0], [$uncertain, $missing], "$item is sold on the web only.");
            } else {
                foreach ($uncertain as $row) {
                    self::assertSame('uncertain', $row['state']);
                    self::assertNotSame('', (string) $row['reason']);
                }

                // A sale that is not certain may have been taken or not, and one of the till may be written over.
                $taken = array_sum(array_map(static fn (array $row): int => abs((int) $row['delta']), $uncertain));
                self::assertLessThanOrEqual($taken + ($named[$item] ?? 0), abs($missing), $item);
            }

            if ($uncertain === []) {
                self::assertSame($rest, (int) $this->product($item)['quantity'], "$item in the shop");
            }
        }
    }

    /** @return array<string, int> Units of the till that drift names, by item */
    private function named(): array
    {
        $named = [];
        $this
            ->shop()
            ->sales()
            ->drift()
            ->run(static function (array $item) use (&$named): void {
                if (preg_match('/The till sold ([\d.]+) within/', English::of($item['reason']), $m) === 1) {
                    $named[$item['clover_id']] = (int) $m[1];
                }
            });
        $this->figures['named by drift'] = (int) array_sum($named);

        return $named;
    }

    /** No order is in Clover twice, and each paid one is there as a whole, or the shop names it. */
    private function assertOrders(): void
    {
        $there = [];

        foreach ($this->clover->state()['orders'] as $order) {
            // The till's have none.
            if (isset($order['externalReferenceId'])) {
                $there[$order['externalReferenceId']][] = $order;
            }
        }

        $rows = [];

        foreach ($this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_orders') as $row) {
            $rows[Row::string($row, 'order_id')] = $row;
        }

        $known = array_map(static fn (array $row): string => Row::string($row, 'reference'), $rows);
        self::assertSame([], array_diff(array_keys($there), $known), 'Not the shop\'s.');

        foreach ($this->orders as $id => $order) {
            $row = $rows[$id] ?? null;

            if ($row === null) {
                self::assertSame(self::CANCELLED, $order['status'], "Order $id was paid, and is not in Clover.");

                continue;
            }

            $found = $there[Row::string($row, 'reference')] ?? [];
            self::assertLessThanOrEqual(1, \count($found), "Order $id is in Clover more than once.");
            // A creation that never came to Clover is not repeated on a guess.
            self::assertContains(
                $row['state'] === 'uncertain' ? $row['reason'] : $row['state'],
                ['confirmed', 'skipped', ...($found === [] ? ['not_found'] : [])],
                "Order $id: {$row['message']}",
            );

            if ($row['state'] === 'confirmed') {
                self::assertCount(1, $found, "Order $id is not in Clover.");
                self::assertLessThanOrEqual(1, \count($found[0]['payments']['elements'] ?? []));
                self::assertSame(
                    array_sum(array_column($found[0]['lineItems']['elements'], 'price'))
                    + array_sum(array_column($found[0]['discounts']['elements'] ?? [], 'amount')),
                    $found[0]['total'],
                    "The sums of order $id do not agree.",
                );
            }
        }
    }

    /** @param array<string, int> $figures */
    private static function counted(array $figures): string
    {
        ksort($figures);

        return implode(', ', array_map(
            static fn (string $what, int $n): string => "$n $what",
            array_keys($figures),
            $figures,
        ));
    }
}
