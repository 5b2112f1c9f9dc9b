<?php

/**
 * Calls each cheap entry point many times, and walks over pages, in a process that has freed nothing before: a leak
 * could hide in freed memory. Prints the growth in bytes as JSON, by name. Arguments: the simulator's URL, the number
 * of calls.
 */

declare(strict_types=1);

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\SettingsException;
use CloverSync\Exception\VaultException;
use CloverSync\Settings;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

require __DIR__ . '/../../bootstrap.php';

const SECRET = 'a site secret for tests only';

const REDIRECT = 'http://127.0.0.1:8902/callback';

[, $url, $calls] = ($argv ?? []) + ['', '', '0'];

$resident = static function (): int {
    gc_collect_cycles();
    gc_mem_caches();
    preg_match('/^RssAnon:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/status'), $match);

    return (int) $match[1] * 1024;
};
$growth = static function (callable $call, int $times) use ($resident): int {
    for ($i = 0; $i < ($times / 10); $i++) {
        $call();
    }

    $before = $resident();

    for ($i = 0; $i < $times; $i++) {
        $call();
    }

    return $resident() - $before;
};
$misread = static fn (): Settings => Settings::fromArray(['environment' => 'moon', 'app_id' => 'x']);
$caught  = static function (string $class, callable $work): void {
    try {
        $work();
    } catch (\Throwable $e) {
        if (!$e instanceof $class) {
            throw $e;
        }

        return;
    }

    throw new \LogicException("No $class.");
};

$valid         = ['app_id' => Simulator::APP_ID, 'app_secret' => Simulator::APP_SECRET, 'base_url' => $url];
$vault         = new Vault(SECRET);
$sealed        = $vault->seal(str_repeat('secret', 50), 'na/M/tokens');
$store         = new MemoryTokenStore();
$connection    = new Connection(Settings::fromArray($valid), $vault, $store, static function (): void {});
$empty         = new Connection(Settings::fromArray($valid), $vault, new MemoryTokenStore());
$refresh       = static fn (): bool => $empty->refresh();
$authorization = $connection->authorize(REDIRECT);
$connection->complete(Simulator::approve($authorization->url), $authorization->state);
$kept = [];

echo json_encode([
    'a list that grows' => $growth(
        static function () use (&$kept): void {
            $kept[] = random_bytes(200);
        },
        (int) $calls,
    ),
    ...array_map(static fn (callable $call): int => $growth($call, (int) $calls), [
        'Settings::fromArray'    => static fn () => Settings::fromArray($valid)->withDefaultCategory(7),
        'SettingsException'      => static fn () => $caught(SettingsException::class, $misread),
        'Vault::seal'            => static fn () => $vault->seal('secret', 'na/M/tokens'),
        'Vault::open'            => static fn () => $vault->open($sealed, 'na/M/tokens'),
        'VaultException'         => static fn () => $caught(VaultException::class, static fn () => $vault->open(
            $sealed,
            'na/N/tokens',
        )),
        'new Vault'              => static fn () => new Vault('another secret of a site'),
        'Connection::status'     => static fn () => $connection->status()->connected,
        'Connection::authorize'  => static fn () => $connection->authorize(REDIRECT)->url,
        'new Connection'         => static fn () => new Connection(Settings::fromArray($valid), $vault, $store),
        'ReconnectException'     => static fn () => $caught(ReconnectException::class, $refresh),
        'new Catalog, new pages' => static fn () => (new Catalog($connection, 'USD'))->pages(),
        'Catalog::alias'         => static fn () => Catalog::alias('Crème brûlée, 2 × große'),
    ]),
    'walks over 300 items' => $growth(static function () use ($connection): void {
        foreach ((new Catalog($connection, 'USD'))->pages() as $page) {
            $page->changes([]);
            $page->members();
        }
    }, 20),
], JSON_THROW_ON_ERROR);
