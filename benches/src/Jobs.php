<?php

declare(strict_types=1);

namespace CloverSync\Bench;

use CloverSync\Cli\PdoSql;
use CloverSync\Shop\Catalog\SyncRunner;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Connection\MerchantProfile;
use CloverSync\Shop\Connection\SiteGuard;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Sales\Committed;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Vault;

/**
 * What benches/job.php can do, each in a process of its own.
 *
 * @phpstan-import-type Address from Workspace
 * @phpstan-import-type Values from Plain\Settings as SettingsValues
 *
 * @phpstan-type Keyed array{dsn: string, user: ?string, password: ?string, prefix: string, url: string,
 *   merchant: string, token: string, prints?: array<string, string>, settings?: array<string, string>}
 */
final class Jobs
{
    /**
     * @param Address $at
     *
     * @return array<string, mixed>
     */
    public static function run(string $name, array $at): array
    {
        /** @var Keyed $keyed The counterpart's jobs get its keys */
        $keyed = $at;

        return match ($name) {
            'sync'           => self::sync($at),
            'work'           => self::work($at),
            'plainSync'      => self::plainSync($keyed),
            'mapping'        => self::mapping($keyed),
            'compareMapping' => self::compareMapping($keyed),
            default          => throw new \LogicException("There is no job $name."),
        };
    }

    /**
     * Runs a complete sync.
     *
     * @param Address $at
     *
     * @return array<string, mixed>
     */
    public static function sync(array $at): array
    {
        self::compile();
        $shop = Workspace::shopAt(self::sql($at), $at['url']);
        // The memory of an idle process.
        $shop->connection->status();
        $runner = $shop->runner();

        return self::measured(static fn (): object => $runner->run(new TimeBudget()));
    }

    /**
     * Does all sales work that is due.
     *
     * @param Address $at
     *
     * @return array<string, mixed>
     */
    public static function work(array $at): array
    {
        self::compile();
        $worker = Workspace::shopAt(self::sql($at), $at['url'], ['sync_sale' => false])->sales()->worker();

        return self::measured(static fn (): object => $worker->run(new TimeBudget()));
    }

    /**
     * The same run with plain PHP instead of the extension, which must not be loaded.
     *
     * @param Keyed $at
     *
     * @return array<string, mixed>
     */
    public static function plainSync(array $at): array
    {
        if (\extension_loaded('cloversync')) {
            throw new \LogicException('The counterpart takes the places of the extension\'s classes.');
        }

        foreach ([
            'Catalog',
            'Connection',
            'ConnectionStatus',
            'Ledger',
            'Page',
            'ProductChange',
            'GroupChanges',
            'Settings',
        ] as $class) {
            class_alias("CloverSync\\Bench\\Plain\\$class", "CloverSync\\$class");
        }

        spl_autoload_register(static function (string $class): void {
            // Interfaces and exceptions of the stubs are plain PHP.
            $file = __DIR__ . '/../../stubs/' . str_replace(['CloverSync\\', '\\'], ['', '/'], $class) . '.php';
            if (is_file($file)) {
                require $file;
            }
        });
        self::compile();
        $sql   = self::sql($at);
        $clock = new \CloverSync\Shop\Support\SystemClock();
        $state = new KeyValueStore($sql, 'sandbox', $clock);
        /** @var \CloverSync\Connection $connection */
        $connection = self::standIn(new Plain\Connection($at['url'], $at['merchant'], $at['token']));
        /** @var \CloverSync\Ledger $rules */
        $rules = self::standIn(new Plain\Ledger());
        /** @var SettingsValues $values */
        $values = $at['settings'] ?? [];
        /** @var \CloverSync\Settings $settings */
        $settings = self::standIn(new Plain\Settings($values));
        $runner   = new SyncRunner(
            $sql,
            $connection,
            static fn (Links $links): CommittedUnits => Committed::create(
                $sql,
                $links,
                $state,
                $rules,
                $settings,
                $clock,
            ),
            $settings,
            new SiteGuard($state, Workspace::SITE),
            $state,
            new MerchantProfile($state, $connection),
            new SyncLog($sql, 'sandbox', $clock),
            $clock,
        );

        return self::measured(static fn (): object => $runner->run(new TimeBudget()));
    }

    /** The counterpart has the extension's names by now, by an alias that no analysis sees. */
    private static function standIn(object $counterpart): mixed
    {
        return $counterpart;
    }

    /**
     * Measures both mappings on an unchanged catalog.
     *
     * @param Keyed $at
     *
     * @return array<string, int|array{list<float>, list<float>}> Seconds of the extension and of plain PHP; bytes
     */
    public static function mapping(array $at): array
    {
        [$ours, $plain] = Mapping::both($at);

        foreach ([$ours, $plain] as $self) {
            if ($self->all() !== [] || $self->errors() !== []) {
                throw new \LogicException('The catalog has changed, so there is no measurement.');
            }
        }

        $times           = [];
        $times['all']    = Measure::pairs($ours->all(...), $plain->all(...), 21);
        $times['pages']  = Measure::pairs($ours->pages(...), $plain->pages(...), 11);
        $times['groups'] = Measure::pairs($ours->groups(...), $plain->groups(...), 11);

        return $times + ['bytes' => $ours->bytes()];
    }

    /**
     * Checks that both mappings return the same results: for an empty shop, for an unchanged one, and for one whose
     * data in Clover has changed.
     *
     * @param Keyed $at
     *
     * @return array{changes: int}
     */
    public static function compareMapping(array $at): array
    {
        [$ours, $plain] = Mapping::both($at);
        $prints   = $plain->fingerprints();
        $compared = self::same($ours->emptied(), $plain->emptied()) + self::same($ours, $plain);
        $clover   = Simulator::at($at['url']);
        $items    = array_values(array_filter(
            $clover->state()['items'],
            static fn (array $item): bool => !$item['deleted'],
        ));

        foreach ($items as $i => $item) {
            match ($i % 40) {
                1       => $clover->edit($item['id'], ['price' => 100 + $i]),
                5       => $clover->edit($item['id'], ['name' => "Renamed $i  \u{e9}\t{$item['id']} "]),
                9       => $clover->edit($item['id'], ['hidden' => true]),
                13      => $clover->edit($item['id'], ['sku' => "NEW-$i"]),
                17      => $clover->setStock($item['id'], ($i % 3) === 0 ? null : 0),
                21      => $clover->setStock($item['id'], 2.5),
                25      => $clover->edit($item['id'], ['available' => false]),
                29      => $clover->edit($item['id'], ['priceType' => 'VARIABLE']),
                33      => $clover->edit($item['id'], ['code' => '']),
                37      => $clover->edit($item['id'], ['price' => 0]),
                default => null,
            };
        }

        [$ours, $plain] = Mapping::both(['prints' => $prints] + $at);
        $changed = self::same($ours, $plain);

        if ($changed < (\count($items) / 10)) {
            throw new \LogicException("Only $changed changes were found, which compares nothing.");
        }

        return ['changes' => $compared + $changed];
    }

    /** @return int How many changes both found */
    private static function same(Mapping $ours, Mapping $plain): int
    {
        [$first, $second] = [self::answers($ours), self::answers($plain)];

        foreach ($first as $key => $value) {
            $other = $second[$key] ?? null;

            if ($other !== $value) {
                throw new \LogicException(
                    "The two mappings differ in $key: "
                        . json_encode([$value, $other], JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR),
                );
            }
        }

        if (\count($first) !== \count($second)) {
            throw new \LogicException(
                'Plain PHP finds what the extension does not: '
                    . implode(', ', array_keys(array_diff_key($second, $first))),
            );
        }

        return \count($first);
    }

    /** @return array<string, array<array-key, mixed>> Changes by Clover id, and errors */
    private static function answers(Mapping $self): array
    {
        $answers = [];
        $errors  = [];

        foreach ($self->all() as $change) {
            $values = get_object_vars($change);
            // The digests differ, and so do the transliteration tables for letters outside ASCII. That causes no
            // change and no cost on an unchanged page.
            unset($values['fingerprint'], $values['alias']);
            $answers["change $change->cloverId"] = $values;
        }

        foreach ($self->errors() as $error) {
            // The texts of messages differ.
            $errors[] = "{$error['item_id']} {$error['path']}";
        }

        sort($errors);
        ksort($answers);

        return $answers + ['errors' => $errors];
    }

    /** @return string The access token, which the counterpart cannot buy by itself */
    public static function token(Workspace $workspace): string
    {
        [$merchant, $sealed] = explode(
            '.',
            (string) (new DatabaseTokenStore($workspace->db->connect(), 'sandbox'))->read(),
            2,
        );
        /** @var array{tokens: string} $record */
        $record = json_decode(
            (new Vault(Workspace::SECRET))->open($sealed, "sandbox/$merchant/tokens"),
            true,
            8,
            JSON_THROW_ON_ERROR,
        );

        /** @var array{access?: string} $tokens */
        $tokens = json_decode($record['tokens'], true, 8, JSON_THROW_ON_ERROR);

        return $tokens['access'] ?? throw new \LogicException(
            'The stored record has no access token: adapt this code.',
        );
    }

    /** @param Address|Keyed $at */
    public static function sql(array $at): PdoSql
    {
        return PdoSql::connect($at['dsn'], $at['user'], $at['password'], $at['prefix']);
    }

    /** Compiles the shop side, so that a run pays for itself alone. */
    private static function compile(): void
    {
        $folder = __DIR__ . '/../../php-plugin/lib/src/';
        /** @var iterable<\SplFileInfo> $files */
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(
            $folder,
            \FilesystemIterator::SKIP_DOTS,
        ));

        foreach ($files as $file) {
            $name = substr($file->getPathname(), \strlen($folder), -4);

            if (!str_starts_with($name, 'Joomla/')) {
                $class = 'CloverSync\\Shop\\' . str_replace('/', '\\', $name);
                class_exists($class) || interface_exists($class) || enum_exists($class);
            }
        }
    }

    /**
     * @param \Closure(): object $work
     *
     * @return array<string, mixed>
     */
    private static function measured(\Closure $work): array
    {
        // From here on, the peak is that of the work.
        @file_put_contents('/proc/self/clear_refs', '5');
        $idle   = Measure::memory('VmRSS');
        $before = getrusage() ?: [];
        $began  = hrtime(true);
        $result = $work();
        $took   = (hrtime(true) - $began) / 1e9;
        $usage  = getrusage() ?: [];
        $cpu    = static fn (string $kind): float => (
            ($usage["ru_$kind.tv_sec"] ?? 0) - ($before["ru_$kind.tv_sec"] ?? 0)
            + ((($usage["ru_$kind.tv_usec"] ?? 0) - ($before["ru_$kind.tv_usec"] ?? 0)) / 1e6)
        );

        return [
            'seconds'     => $took,
            'cpu_seconds' => round($cpu('utime') + $cpu('stime'), 3),
            'idle_kib'    => $idle,
            'peak_kib'    => Measure::memory('VmHWM'),
            'result'      => get_object_vars($result),
        ];
    }
}
