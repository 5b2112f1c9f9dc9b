<?php

/**
 * Throws from every callable that the extension calls, many times, exceptions and errors in turn. Prints as JSON, by
 * callable: how often it threw, how often the exception reached the caller unchanged, and the growth in bytes after the
 * first tenth. Arguments: the simulator's URL, the number of times.
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

const REDIRECT = 'http://127.0.0.1:8902/callback';

[, $url, $times] = ($argv ?? []) + ['', '', '0'];

/** The next exception, the callable that throws it, and the one that threw. */
final class Plan
{
    public static ?\Throwable $next = null;

    public static string $by = '';

    public static int $thrown = 0;

    public static function meet(string $call): void
    {
        if ($call === self::$by) {
            self::$thrown++;

            throw self::$next ?? new \LogicException('Nothing is planned.');
        }
    }
}

$resident = static function (): int {
    gc_collect_cycles();
    gc_mem_caches();
    preg_match('/^RssAnon:\s+(\d+) kB/m', (string) file_get_contents('/proc/self/status'), $match);

    return (int) $match[1] * 1024;
};

$settings = Settings::fromArray([
    'app_id'     => Simulator::APP_ID,
    'app_secret' => Simulator::APP_SECRET,
    'base_url'   => $url,
    'pace_share' => 100_000,
]);
$vault    = new Vault('a site secret for tests only');
$memory   = new MemoryTokenStore();
$store    = new InterruptedTokenStore($memory, Plan::meet(...));
$quiet    = new Connection($settings, $vault, $memory);
$approved = $quiet->authorize(REDIRECT);
$quiet->complete(Simulator::approve($approved->url), $approved->state);
$fresh = (string) $memory->record;
$aged  = AgedTokens::of($fresh, $vault, 1_750);

$connection = new Connection($settings, $vault, $store);
// While this one waits for the lock another process refreshes, so only the unlock remains.
$second = new Connection($settings, $vault, new InterruptedTokenStore($memory, static function (string $call) use (
    $memory,
    $fresh,
): void {
    $call === 'lock' && ($memory->record = $fresh);
    Plan::meet($call);
}));
$talkative = new Connection($settings, $vault, $store, static fn (string $level, string $message) => Plan::meet('log'));
$catalog   = new Catalog($talkative, 'USD');

$growth = [];

foreach ([
    'read'   => ['read', 10, static fn () => $connection->status()],
    'lock'   => [
        'lock',
        10,
        static function () use ($connection, $memory, $aged): void {
            $memory->record = $aged;
            $connection->refresh();
        },
    ],
    'unlock' => [
        'unlock',
        10,
        static function () use ($second, $memory, $aged): void {
            $memory->record = $aged;
            $second->refresh();
        },
    ],
    'delete' => ['delete', 10, static fn () => $connection->disconnect()],
    // These send a request each time, so they are called less often.
    'log'             => ['log', 2, static fn () => $talkative->merchant()],
    'log, over pages' => ['log', 2, static fn () => $catalog->pages()->current()],
    'write'           => [
        'write',
        1,
        static function () use ($connection): void {
            $authorization = $connection->authorize(REDIRECT);
            $connection->complete(Simulator::approve($authorization->url), $authorization->state);
        },
    ],
] as $name => [$by, $weight, $work]) {
    $count          = (int) $times * $weight;
    $arrived        = 0;
    $before         = 0;
    $memory->record = $fresh;
    Plan::$thrown   = 0;
    Plan::$by       = $by;

    for ($i = 0; $i < $count; $i++) {
        $i === intdiv($count, 10) && ($before = $resident());
        Plan::$next = ($i % 2) === 0 ? new \DomainException("the $i. time", $i) : new \TypeError("the $i. time", $i);

        try {
            $work();
        } catch (\Throwable $e) {
            $arrived += (int) (
                $e === Plan::$next
                && $e->getPrevious() === null
                && $e->getMessage() === "the $i. time"
                && $e->getCode() === $i
            );
        }
    }

    Plan::$by   = '';
    Plan::$next = null;
    unset($e);
    $growth[$name] = [
        'count'   => $count,
        'thrown'  => Plan::$thrown,
        'arrived' => $arrived,
        'bytes'   => $resident() - $before,
    ];
}

echo json_encode(['callables' => $growth, 'sound' => $connection->merchant()->currency], JSON_THROW_ON_ERROR);
