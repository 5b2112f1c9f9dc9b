<?php

/**
 * Exits inside a callback of the extension. Arguments: the simulator's URL; the store's method, or "log" for the log
 * callable while pages are fetched; and how: "exit", or "memory" for a fatal error of PHP.
 */

declare(strict_types=1);

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Settings;
use CloverSync\Tests\Support\AgedTokens;
use CloverSync\Tests\Support\InterruptedTokenStore;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

require __DIR__ . '/../../bootstrap.php';

// A process that hangs is killed by the signal, and the test sees that.
pcntl_alarm(60);

[, $url, $where, $how] = ($argv ?? []) + ['', '', '', ''];

$settings = Settings::fromArray([
    'app_id'     => Simulator::APP_ID,
    'app_secret' => Simulator::APP_SECRET,
    'base_url'   => $url,
]);
$vault    = new Vault('a site secret for tests only');
$memory   = new MemoryTokenStore();
$quiet    = new Connection($settings, $vault, $memory);
$approved = $quiet->authorize('http://127.0.0.1:8902/callback');
$quiet->complete(Simulator::approve($approved->url), $approved->state);

in_array($where, ['lock', 'write', 'unlock'], true) && ($memory->record = AgedTokens::of(
    (string) $memory->record,
    $vault,
    1_750,
));
$end = static function (string $call) use ($where, $how): void {
    if ($call !== $where) {
        return;
    }

    echo "$call\n";
    $how === 'memory' && str_repeat('x', 1 << 40);

    exit(7);
};
register_shutdown_function(static function () use ($quiet): void {
    // The extension still works at that point.
    echo 'shut down, ', $quiet->merchant()->currency, "\n";
});

$connection = new Connection($settings, $vault, new InterruptedTokenStore($memory, $end), static fn () => $end('log'));

match ($where) {
    'delete' => $connection->disconnect(),
    'log'    => iterator_count((new Catalog($connection, 'USD'))->pages()),
    'read'   => $connection->status(),
    default  => $connection->refresh(),
};

echo "went on\n";
