<?php

/**
 * Forks after the extension was used, and again in the middle of a list of pages. Parent and children all continue and
 * end normally, with destructors and shutdown functions. Prints a line for each child. Arguments: the simulator's URL,
 * the number of children.
 */

declare(strict_types=1);

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Settings;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

require __DIR__ . '/../../bootstrap.php';

[, $url, $children] = ($argv ?? []) + ['', '', '0'];

$parent   = getmypid();
$settings = Settings::fromArray([
    'app_id'     => Simulator::APP_ID,
    'app_secret' => Simulator::APP_SECRET,
    'base_url'   => $url,
    'pace_share' => 100_000,
]);
/** @var ArrayObject<int, string> $logged */
$logged = new ArrayObject();

// The object exists across the fork, as in a server that forks: its pages are in progress, its connections open.
$connection = new Connection(
    $settings,
    new Vault('a site secret for tests only'),
    new MemoryTokenStore(),
    static function (string $level) use ($logged): void {
        $logged[] = $level;
    },
);
$approved = $connection->authorize('http://127.0.0.1:8902/callback');
$connection->complete(Simulator::approve($approved->url), $approved->state);
$pages = (new Catalog($connection, 'USD'))->pages();
$read  = count($pages->current()?->itemIds() ?? []);
$pids  = [];

register_shutdown_function(static function () use ($parent, $connection): void {
    // It also runs in the children, after their work.
    if (getmypid() !== $parent && $connection->merchant()->currency !== 'USD') {
        exit(9);
    }
});

$work = static function () use ($connection): int {
    $items = 0;

    foreach ((new Catalog($connection, 'USD'))->pages() as $page) {
        $items += count($page->itemIds());
    }

    return $items;
};

for ($i = 0; $i < (int) $children; $i++) {
    $pid = pcntl_fork();

    if ($pid === 0) {
        // A process that hangs is killed by the signal, and the parent sees that.
        pcntl_alarm(60);
        $logged->exchangeArray([]);

        exit($connection->merchant()->currency === 'USD' && $work() === 1_300 && count($logged) > 0 ? 10 + $i : 1);
    }

    $pids[] = $pid;
}

pcntl_alarm(90);

// In parallel with the children.
for ($pages->next(); $pages->valid(); $pages->next()) {
    $read += count($pages->current()?->itemIds() ?? []);
}

echo 'parent: ', $read, ' ', $work(), "\n";

foreach ($pids as $i => $pid) {
    $status = Child::reap($pid);
    $end    = pcntl_wifexited($status) ? ['exit', pcntl_wexitstatus($status)] : ['signal', pcntl_wtermsig($status)];
    vprintf("child $i: %s %d\n", $end);
}

echo 'parent: ', $connection->merchant()->currency, "\n";
