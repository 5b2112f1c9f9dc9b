<?php

/**
 * Exits inside the log callable while the extension waits for Clover. Argument: the simulator's URL.
 */

declare(strict_types=1);

use CloverSync\Connection;
use CloverSync\Settings;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

require __DIR__ . '/../../bootstrap.php';

$settings = Settings::fromArray([
    'app_id'     => Simulator::APP_ID,
    'app_secret' => Simulator::APP_SECRET,
    'base_url'   => $argv[1] ?? '',
]);
$connection = new Connection(
    $settings,
    new Vault('a site secret for tests only'),
    new MemoryTokenStore(),
    static function (string $level, string $message): void {
        echo "logged\n";

        exit(7);
    },
);
register_shutdown_function(static function (): void {
    echo "shut down\n";
});

$authorization = $connection->authorize('http://127.0.0.1:8902/callback');
$connection->complete(Simulator::approve($authorization->url), $authorization->state);
$connection->merchant();
echo "went on\n";
