<?php

/**
 * Runs where preload.php was preloaded: checks the state before the first call, then connects a shop and syncs it.
 * Prints JSON. Argument: the simulator's URL.
 */

declare(strict_types=1);

use CloverSync\Cli\PdoSql;
use CloverSync\Settings;
use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

$threads = static function (): int {
    preg_match('/^Threads:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $match);

    return (int) $match[1];
};

$before = $threads();
$there  = array_map(static fn (string $class): bool => class_exists($class, false) || interface_exists($class, false), [
    Services::class,
    CloverSync\Shop\Catalog\SyncRunner::class,
    CloverSync\Shop\Connection\DatabaseTokenStore::class,
    CloverSync\Shop\Sales\Worker::class,
    CloverSync\Cli\Application::class,
]);

// Constants and autoloaders do not outlive the preloading, and a class that is loaded now ends PHP without _JEXEC.
require __DIR__ . '/../../../cli/autoload.php';
require __DIR__ . '/../../Support/Http.php';
require __DIR__ . '/../../Support/Simulator.php';

$sql    = PdoSql::connect('sqlite::memory:');
$schema = new Schema($sql);
$schema->install(__DIR__ . '/../../../dev/shop/shop.mysql.sql');
(new AppSchema($sql))->ensure();
$shop = new Services(
    $sql,
    Settings::fromArray([
        'app_id'           => Simulator::APP_ID,
        'app_secret'       => Simulator::APP_SECRET,
        'base_url'         => $argv[1],
        'default_category' => 2,
        'pace_share'       => 100_000,
    ]),
    new Vault('a site secret for tests only'),
    'https://shop.example',
);
$made     = $threads();
$approved = $shop->connection->authorize('http://127.0.0.1:8902/callback');
$shop->connection->complete(Simulator::approve($approved->url), $approved->state);
$shop->connectionService()->connected();
$result = $shop->runner()->run(new TimeBudget());

/** @var array{preload_statistics?: array{classes?: list<string>, ...}, ...} $opcache */
$opcache = opcache_get_status(false);

echo
    json_encode([
        'threads'   => [$before, $made],
        'there'     => $there,
        'preloaded' => count($opcache['preload_statistics']['classes'] ?? []),
        'status'    => $result->status,
        'read'      => $result->itemsRead,
        'failed'    => $result->failed,
    ], JSON_THROW_ON_ERROR)
;
