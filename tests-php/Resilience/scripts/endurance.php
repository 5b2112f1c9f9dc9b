<?php

/**
 * Calls the classes that send no request one after the other, including refused calls, like a worker that is never
 * restarted. Prints as JSON the resources of the process after a tenth of the calls and at the end. Arguments: the
 * simulator's URL, the number of calls, and the bytes to keep of each call.
 */

declare(strict_types=1);

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Ledger;
use CloverSync\LedgerCause;
use CloverSync\OrderEventKind;
use CloverSync\Orders;
use CloverSync\OrderStanding;
use CloverSync\Resolution;
use CloverSync\SaleState;
use CloverSync\SendState;
use CloverSync\Settings;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;
use CloverSync\Webhook;

require __DIR__ . '/../../bootstrap.php';

[, $url, $calls, $kept] = ($argv ?? []) + ['', '', '0', '0'];

$held = static function (): array {
    gc_collect_cycles();
    gc_mem_caches();
    $status = (string) file_get_contents('/proc/self/status');
    preg_match('/^RssAnon:\s+(\d+) kB/m', $status, $resident);
    preg_match('/^Threads:\s+(\d+)/m', $status, $threads);

    return [
        'bytes'   => (int) $resident[1] * 1024,
        'threads' => (int) $threads[1],
        'files'   => count((array) scandir('/proc/self/fd')),
    ];
};

$valid = [
    'app_id'         => Simulator::APP_ID,
    'app_secret'     => Simulator::APP_SECRET,
    'base_url'       => $url,
    'webhook_secret' => 'a secret of the webhook',
];
$settings   = Settings::fromArray($valid);
$vault      = new Vault('a site secret for tests only');
$sealed     = $vault->seal(str_repeat('secret', 50), 'sandbox/M/tokens');
$store      = new MemoryTokenStore();
$connection = new Connection($settings, $vault, $store, static function (): void {});
$approved   = $connection->authorize('http://127.0.0.1:8902/callback');
$connection->complete(Simulator::approve($approved->url), $approved->state);

$catalog = new Catalog($connection, 'USD');
$pages   = [];
$staged  = [];

foreach ($catalog->pages() as $page) {
    $pages[] = $page;
    array_push($staged, ...array_map(static fn (array $m): array => [
        'group_id' => $m['group_id'],
        'payload'  => $m['payload'],
    ], $page->members()));
}

$page   = $pages[0] ?? throw new \LogicException('There is no page.');
$staged = array_slice($staged, 0, 8);
$staged = array_values(array_filter(
    $staged,
    static fn (array $member): bool => $member['group_id'] === $staged[0]['group_id'],
));

$webhook  = new Webhook($settings);
$ledger   = new Ledger($settings);
$orders   = new Orders($connection, 'USD');
$merchant = (string) $connection->status()->merchantId;
$header   = ['X-Clover-Auth' => 'a secret of the webhook'];
$body     = json_encode([
    'appId'     => Simulator::APP_ID,
    'merchants' => [$merchant => [['objectId' => 'I:A', 'type' => 'UPDATE', 'ts' => 1_767_000_300_000]]],
], JSON_THROW_ON_ERROR);
$sale = [
    'seq'       => 1,
    'cause'     => LedgerCause::Order,
    'reverses'  => null,
    'clover_id' => 'ITEM000000001',
    'delta'     => 3,
    'state'     => SendState::Confirmed,
];
$line = ['clover_id' => 'ITEM000000001', 'quantity' => 2, 'rows' => [$sale]];
$row  = [
    'clover_id'        => 'ITEM000000001',
    'delta'            => 3,
    'state'            => SendState::Confirmed,
    'settled'          => 5,
    'reversed_state'   => null,
    'reversed_settled' => null,
    'counted'          => 1,
];
$events = [
    ['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 1],
    ['kind' => OrderEventKind::Status, 'old' => 1, 'new' => 6],
];
$order = [
    'number'   => 77,
    'order_id' => '179540797577',
    'currency' => 'USD',
    'customer' => ['name' => 'Ada Lovelace'],
    'note'     => 'Ring twice',
    'lines'    => [['name' => 'Nail', 'sku' => 'N-1', 'quantity' => '3', 'unit_price' => '1.50000']],
    'total'    => '4.50000',
];

$works = [
    static fn () => $webhook->judge($body, $header, $merchant)->events,
    static fn () => $webhook->judge('{"verificationCode":"11111111-2222-4333-8444-555555555555"}', [], null)->code,
    static fn () => $webhook->judge('{"merchants":', $header, $merchant)->problem,
    static fn () => Settings::fromArray($valid)->withDefaultCategory(7),
    static fn () => $vault->open($vault->seal('secret', 'sandbox/M/tokens'), 'sandbox/M/tokens'),
    static fn () => $vault->isCurrent($sealed),
    static fn () => $ledger->plan($line, $ledger->saleState(6, $events)),
    static fn () => $ledger->plan($line, SaleState::Paid),
    static fn () => $ledger->restock($line, 1),
    static fn () => $ledger->nextStep(['rows' => [['state' => SendState::Intended] + $sale]] + $line, 1),
    static fn () => $ledger->resolve(
        ['rows' => [['state' => SendState::Uncertain] + $sale]] + $line,
        1,
        Resolution::NotApplied,
    ),
    static fn () => $ledger->committed(['ITEM000000001' => 4], [$row], 9),
    static fn () => $orders->plan($order, OrderStanding::ToPay),
    static fn () => Orders::reference(Orders::siteTag('12345678'), 77),
    static fn () => $catalog->groups($staged, []),
    static fn () => $page->changes([]),
    static fn () => Catalog::alias('Crème brûlée, 2 × große'),
    static fn () => $connection->status()->connected,
    static fn () => $page->errors(),
    static fn () => $catalog->groups([['group_id' => 'G', 'payload' => '{']], [])->errors,
    static fn () => serialize($page->members()),
    static fn () => Orders::fingerprint($order),
    static fn () => $ledger->standing(1, $events, 'payment_cash'),
];
$refused = [
    static fn () => Settings::fromArray(['environment' => 'moon']),
    static fn () => new Vault('short'),
    static fn () => $vault->open($sealed, 'sandbox/N/tokens'),
    static fn () => $webhook->judge($body, $header, 'no id'),
    static fn () => $ledger->plan(['quantity' => 'two'] + $line, SaleState::Paid),
    static fn () => $orders->plan(['total' => 'much'] + $order, OrderStanding::Paid),
    static fn () => Orders::reference('k', 1),
];

// A page of the sandbox has about fifty items: it is mapped only in every tenth round, or the test would measure
// nothing else.
$heavy    = [$works[15], $works[20]];
$light    = array_values(array_filter($works, static fn (callable $work): bool => !in_array($work, $heavy, true)));
$list     = [];
$began    = hrtime(true);
$done     = 0;
$caught   = 0;
$measured = [];

for ($round = 0; $done < (int) $calls; $round++) {
    foreach (($round % 10) === 0 ? [...$light, ...$heavy] : $light as $work) {
        $work();
        $done++;
    }

    foreach ($refused as $work) {
        try {
            $work();
        } catch (CloverException) {
            $caught++;
        }

        $done++;
    }

    if ((int) $kept > 0) {
        $list[] = random_bytes((count($light) + count($refused)) * (int) $kept);
    }

    if ($measured === [] && $done >= intdiv((int) $calls, 10)) {
        $measured[] = ['calls' => $done] + $held();
    }
}

$measured[] = ['calls' => $done] + $held();

echo
    json_encode([
        'measured' => $measured,
        'refused'  => $caught / (count($refused) * $round),
        'grouped'  => count($catalog->groups($staged, [])->changes),
        'mapped'   => count($page->changes([])),
        'seconds'  => (hrtime(true) - $began) / 1e9,
    ], JSON_THROW_ON_ERROR)
;
