<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Cli\Application;
use CloverSync\Cli\MissingEngine;
use CloverSync\Shop\Console\CommandName;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Http;
use CloverSync\Tests\Support\Json;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * ./cloversync from its users' view: words, JSON, exit codes.
 *
 * @phpstan-import-type Result from CommandLine
 */
#[Group('once')]
final class CommandLineTest extends CommandLineTestCase
{
    #[TestDox('Every command is in the printed list, and a method runs it')]
    public function test_commands(): void
    {
        $listed = $run = [];
        $result = $this->run_('help');
        self::assertSame([0, ''], [$result['code'], $result['err']]);
        preg_match_all('/^  ([a-z]+) /m', $result['out'], $listed);
        $code = Files::read((string) (new \ReflectionClass(Application::class))->getFileName());
        preg_match_all("/^            '([a-z]+)' +=> /m", (string) strstr($code, 'return match ($command) {'), $run);
        $shared = array_column(CommandName::cases(), 'value');
        self::assertSame(array_keys(Application::commands()), $listed[1]);
        self::assertSame([], array_diff($listed[1], $run[1], $shared));
        self::assertSame([], array_intersect($run[1], $shared), 'A command has one implementation.');

        foreach (Application::commands() as $name => $usage) {
            self::assertStringContainsString($usage->summary, $result['out'], $name);
        }
    }

    public function test_connect_sync_and_the_lists_answer_with_the_fixed_keys(): void
    {
        $connect = $this->json('connect', '--approve');
        self::assertSame([true, 'sandbox', 'USD'], [
            $connect['connected'],
            $connect['environment'],
            $connect['currency'],
        ]);

        $sync = $this->json('sync');
        self::assertSame(
            [
                'event',
                'imported',
                'updated',
                'unchanged',
                'deleted',
                'failed',
                'conflicts',
                'product_rows_written',
                'requests',
                'seconds',
                'peak_memory_bytes',
            ],
            array_slice(array_keys($sync), 0, 11),
        );
        self::assertSame(55, $sync['imported']);
        self::assertSame(0, $this->json('sync')['product_rows_written']);

        $status = $this->json('status');
        self::assertSame(
            [
                'event',
                'connected',
                'environment',
                'merchant_id',
                'token_expires_at',
                'last_sync',
                'products',
                'errors',
                'pending',
            ],
            array_slice(array_keys($status), 0, 9),
        );
        self::assertSame([true, 55, 0], [$status['connected'], $status['products'], $status['errors']]);
        self::assertSame(['per_second' => 16, 'concurrent' => 5, 'learned' => false], $status['rate_limit']);

        $log = $this->run_('log', '--json', '--limit', '3');
        self::assertSame(
            ['at', 'action', 'entity_type', 'entity_id', 'status', 'message', 'code', 'details'],
            array_keys($log['lines'][0]),
        );
        self::assertSame(3, $log['last']['entries']);

        $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $preview = $this->run_('preview', '--json');
        self::assertSame('create', $preview['lines'][0]['action']);
        self::assertSame([['variant' => null, 'old' => null, 'new' => '3.00']], $preview['lines'][0]['prices']);
        self::assertSame([1, 0, 0, 0], [
            $preview['last']['creates'],
            $preview['last']['updates'],
            $preview['last']['deletes'],
            $preview['last']['conflicts'],
        ]);
        $dry = $this->json('sync', '--dry-run');
        self::assertSame([1, 0], [$dry['imported'], $dry['product_rows_written']]);
        self::assertSame(55, $this->json('products')['products']);
        self::assertFalse($this->json('disconnect')['connected']);
        self::assertSame(1, $this->run_('sync')['code']);
    }

    public function test_units_kept_for_the_till_are_a_setting_and_a_product_may_have_its_own(): void
    {
        $mug    = $this->clover->itemBySku('MUG-01')['id'];
        $candle = $this->clover->itemBySku('CANDLE')['id'];
        $this->clover->setStock($mug, 9);
        $this->clover->setStock($candle, 9);
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = '{"stock_reserve":2}';
        $this->json('connect', '--approve');
        $this->json('sync');
        $listed = function (string ...$words) use ($mug, $candle): array {
            $rows = array_column($this->run_('products', '--json', ...$words)['lines'], null, 'clover_id');
            $one  = Json::object($rows[$mug] ?? null);

            return [$one['quantity'], $one['reserve'], Json::object($rows[$candle] ?? null)['quantity']];
        };
        self::assertSame([7, null, 7], $listed());
        self::assertSame([7, 4, 7], $listed('--reserve', "$mug:4"));
        self::assertGreaterThan(0, $this->json('sync', '--stock-only')['product_rows_written']);
        self::assertSame([5, 4, 7], $listed());
        self::assertSame(0, $this->json('sync')['product_rows_written']);
        self::assertSame([5, null, 7], $listed('--reserve', "$mug:"));

        foreach (['nonsense', "$mug:1000001", "$mug:-1", 'NOTHING:1'] as $wrong) {
            self::assertSame(2, $this->run_('products', '--reserve', $wrong)['code'], $wrong);
        }
    }

    #[TestDox(
        'The preview names the items that the settings leave out, with the reason, and a sync does not import them',
    )]
    public function test_items_that_are_left_out(): void
    {
        $this->json('connect', '--approve');
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = json_encode([
            'default_category'  => 2,
            'import_categories' => ['mode' => 'only', 'names' => ['Mains']],
            'import_hidden'     => 'skip',
        ], JSON_THROW_ON_ERROR);
        $preview = $this->run_('preview', '--json');
        $lines   = array_column($preview['lines'], null, 'clover_id');
        $apron   = $lines[$this->clover->itemBySku('APRON')['id']] ?? [];
        self::assertSame([10, 54], [$preview['last']['creates'], $preview['last']['left_out']]);
        self::assertSame([
            'left_out',
            [],
            '“Apron” is left out by the settings (none of its categories is chosen: Shop)',
        ], [$apron['action'] ?? null, $apron['fields'] ?? null, $apron['title'] ?? null]);
        self::assertSame([10, 0], [($sync = $this->json('sync'))['imported'], $sync['deleted']]);
        self::assertStringContainsString('54 left out. Nothing was written.', $this->run_('preview')['out']);
    }

    public function test_the_site_secret_is_made_once_and_readable_by_its_owner_only(): void
    {
        $this->run_('status');
        $secret = file_get_contents($this->shell->folder . '/cloversync.sqlite-secret');
        self::assertSame(0o600, fileperms($this->shell->folder . '/cloversync.sqlite-secret') & 0o777);
        $this->run_('status');
        self::assertSame($secret, file_get_contents($this->shell->folder . '/cloversync.sqlite-secret'));
    }

    public function test_after_a_change_of_the_site_secret_the_previous_one_still_opens_until_the_next_refresh(): void
    {
        $this->shell->environment['CLOVERSYNC_SITE_SECRET'] = 'the secret of before';
        $this->json('connect', '--approve');
        $this->shell->environment['CLOVERSYNC_SITE_SECRET'] = 'the secret of today';
        self::assertSame(1, $this->run_('sync')['code']);
        $this->shell->environment['CLOVERSYNC_PREVIOUS_SITE_SECRET'] = 'the secret of before';
        $this->clover->tokens('expire');
        self::assertSame(55, $this->json('sync')['imported']);
        unset($this->shell->environment['CLOVERSYNC_PREVIOUS_SITE_SECRET']);
        self::assertSame(0, $this->json('sync')['failed']);
    }

    public function test_wrong_settings_are_listed_one_a_line_by_field(): void
    {
        $settings = '{"import_status":"maybe","sync_interval":1,"no_such_thing":1}';

        $this->shell->environment['CLOVERSYNC_SETTINGS'] = $settings;

        $result = $this->run_('status');

        self::assertSame([2, ''], [$result['code'], $result['out']]);

        foreach (['import_status', 'sync_interval', 'no_such_thing'] as $field) {
            self::assertMatchesRegularExpression("/^  $field: .+$/m", $result['err']);
        }
    }

    public function test_a_wrong_markup_of_a_category_is_listed_with_the_category(): void
    {
        $markup                                          = ['type' => 'percentage', 'value' => 'ten'];
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = json_encode(['category_markups' => [
            'Drinks' => $markup,
        ]], JSON_THROW_ON_ERROR);
        $result = $this->run_('status');
        self::assertSame(2, $result['code']);
        self::assertMatchesRegularExpression('/^  category_markups: .*“Drinks”/m', $result['err']);
    }

    public function test_the_preview_names_old_and_new_prices(): void
    {
        $this->json('connect', '--approve');
        $this->json('sync');
        $this->clover->edit($this->clover->itemBySku('MUG-01')['id'], ['price' => 2000]);
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = '{"price_ending":"0.50"}';
        self::assertMatchesRegularExpression(
            '/^update .*: price \(14\.99 -> 20\.50\)$/m',
            $this->run_('preview')['out'],
        );
    }

    public function test_the_preview_and_the_products_name_tax_profiles(): void
    {
        $this->json('connect', '--approve');
        $this->json('sync');
        $this->shell->environment['CLOVERSYNC_SETTINGS'] = '{"tax_mapping":{"Spirits Tax":7}}';
        self::assertMatchesRegularExpression(
            '/^update .*Draft Lager: tax \(Not taxable -> 7 \(missing or disabled\)\)$/m',
            $this->run_('preview')['out'],
        );
        $this->json('sync');
        $rows = array_column($this->run_('products', '--json')['lines'], 'tax_profile', 'title');
        self::assertSame([7, 0], [$rows['Draft Lager'], $rows['Tap Water']]);
        self::assertMatchesRegularExpression(
            '/^  Clover taxes it at 10% \(Spirits Tax\), the shop by the tax profile 7 \(missing .*\) at 0%\./m',
            $this->run_('products')['out'],
        );
    }

    public function test_settings_stand_in_a_file_too_and_variables_win(): void
    {
        file_put_contents($this->shell->folder . '/cloversync.json', json_encode([
            'environment' => 'eu',
            'app_id'      => 'APPID00000001',
            'app_secret'  => '11111111-2222-3333-4444-555555555555',
            'settings'    => ['import_status' => 'published'],
        ]));
        $this->shell->environment = ['CLOVERSYNC_ENVIRONMENT' => 'la'];
        self::assertSame('la', $this->json('status')['environment']);
        $this->shell->environment = [];
        self::assertSame('eu', $this->json('status')['environment']);
        file_put_contents($this->shell->folder . '/cloversync.json', '{"app-id": 1}');
        self::assertSame(2, $this->run_('status')['code']);
    }

    public function test_what_is_not_understood_is_said_with_exit_code_two(): void
    {
        foreach ([
            [],
            ['frobnicate'],
            ['sync', '--fast'],
            ['log', '--limit', 'many'],
            ['connect', '--port'],
            ['status', 'now'],
        ] as $words) {
            $result = $this->run_(...$words);
            self::assertSame(2, $result['code'], implode(' ', $words));
            self::assertNotSame('', $result['err']);
        }
    }

    #[Group('module')]
    public function test_without_the_extension_one_sentence_says_what_to_do(): void
    {
        $this->shell->environment['CLOVERSYNC_EXTENSION'] = '/nowhere/libcloversync.so';
        $result                                           = $this->run_('status');
        self::assertSame([1, ''], [$result['code'], $result['out']]);
        self::assertStringContainsString('make build', $result['err']);
        self::assertSame(1, substr_count($result['err'], "\n"), $result['err']);
    }

    #[Group('module')]
    public function test_a_library_that_php_refuses_is_told_with_php_s_own_reason(): void
    {
        $bad = $this->shell->folder . '/libcloversync.so';
        file_put_contents($bad, "\x7fELF and nothing more");
        $this->shell->environment['CLOVERSYNC_EXTENSION'] = $bad;
        $result                                           = $this->run_('status');
        self::assertSame([1, 1], [$result['code'], substr_count($result['err'], "\n")], $result['err']);
        self::assertStringContainsString("(PHP says: $bad: file too short)", $result['err']);

        $reason = '/lib/libc.so.6: version `GLIBC_2.38\' not found (required by /x/cloversync.so)';
        $other  = '/usr/lib/php/x.so: cannot open shared object file: No such file or directory';
        self::assertSame($reason, MissingEngine::reasonIn(
            "PHP Warning:  PHP Startup: Unable to load dynamic library '/x/cloversync.so'"
            . " (tried: /x/cloversync.so ($reason), /usr/lib/php/x.so ($other)) in Unknown on line 0\n",
            '/x/cloversync.so',
        ));
        self::assertSame('cloversync: Unable to initialize module Module compiled with module API=20230831 '
        . 'PHP compiled with module API=20240924 These options need to match', MissingEngine::reasonIn(
            "PHP Warning:  PHP Startup: Unable to load dynamic library 'other' (tried: a (b), c (d))"
            . " in Unknown on line 0\nPHP Warning:  PHP Startup: cloversync: Unable to initialize module\n"
            . "Module compiled with module API=20230831\nPHP    compiled with module API=20240924\n"
            . "These options need to match\n in Unknown on line 0\n",
            'cloversync',
        ));
    }

    public function test_the_database_is_its_owner_s_alone_and_so_is_what_lies_beside_it(): void
    {
        $before = umask(0o022);
        $this->run_('connect', '--approve');
        umask($before);
        $connection = new \PDO("sqlite:{$this->shell->folder}/cloversync.sqlite");
        $connection->exec('CREATE TABLE IF NOT EXISTS held (x)');
        $files = Files::matching($this->shell->folder . '/cloversync.sqlite*');
        self::assertGreaterThanOrEqual(3, \count($files), 'The write-ahead log is there while a connection is open.');

        foreach ($files as $file) {
            self::assertSame('600', decoct(fileperms($file) & 0o777), $file);
        }

        unset($connection);
        chmod($this->shell->folder . '/cloversync.sqlite', 0o664);
        $this->run_('status');
        clearstatcache();
        self::assertSame(
            '660',
            decoct(fileperms($this->shell->folder . '/cloversync.sqlite') & 0o777),
            'What an earlier version left open.',
        );
    }

    public function test_settings_that_cannot_be_a_database_are_refused_and_leave_no_file(): void
    {
        foreach (['sqlite::memory:', 'sqlite:', 'sqlite:file:x.sqlite?mode=memory'] as $dsn) {
            $this->shell->environment['CLOVERSYNC_DSN'] = $dsn;
            $result                                     = $this->run_('status');
            self::assertSame(2, $result['code'], $dsn);
            self::assertMatchesRegularExpression('/^  dsn: must name a file/m', $result['err']);
        }

        unset($this->shell->environment['CLOVERSYNC_DSN']);

        foreach (['j`os', 'jos; DROP', '1jos_', "jos_\n", 'ü_', str_repeat('a', 33)] as $prefix) {
            $this->shell->environment['CLOVERSYNC_DB_PREFIX'] = $prefix;
            $result                                           = $this->run_('status');
            self::assertSame(2, $result['code'], $prefix);
            self::assertMatchesRegularExpression('/^  db_prefix: must be/m', $result['err']);
        }

        self::assertSame([], glob($this->shell->folder . '/*sqlite*') ?: glob($this->shell->folder . '/*secret*'));
        $this->shell->environment['CLOVERSYNC_DB_PREFIX'] = 'J3_shop_';
        self::assertSame(0, $this->run_('status')['code']);
    }

    public function test_a_fatal_error_is_said_with_exit_code_one(): void
    {
        $this->run_('connect', '--approve');
        $limit                                        = $this->shell->folder . '/limit.php';
        $this->shell->environment['PHP_INI_SCAN_DIR'] = ':' . $this->shell->folder;
        file_put_contents($this->shell->folder . '/prepend.ini', "auto_prepend_file=$limit\n");

        foreach ([
            '$eat = static function (): void { ini_set("memory_limit", "32M"); $x = str_repeat("x", 1 << 26); };' => [
                'memory_limit is 32 MB',
                'fatal',
            ],
            '$eat = static function (): void { throw new \LogicException("a slip"); };'                           => [
                'a slip (limit.php:1)',
                'failed',
            ],
            '$eat = static function (): void { eval("class Twice {} class Twice {}"); };'                         => [
                'declare class Twice',
                'fatal',
            ],
            '$eat = static function (): void { eval("this is not PHP"); };'                                       => [
                'syntax error',
                'failed',
            ],
        ] as $code => [$words, $kind]) {
            // The error occurs in the first class of the command line that is loaded.
            file_put_contents(
                $limit,
                "<?php $code spl_autoload_register(static function (string \$class) use (\$eat): void {"
                . " if (\$class === 'CloverSync\\Cli\\Application') { \$eat(); } });",
            );
            $result = $this->run_('status', '--json');
            self::assertSame(1, $result['code'], $code);
            self::assertSame(1, substr_count($result['err'], "\n"), $result['err']);
            self::assertStringContainsString($words, $result['err']);
            self::assertSame(['error', $kind], [$result['lines'][0]['event'], $result['lines'][0]['kind']]);
        }
    }

    public function test_without_root_certificates_the_loopback_works_and_the_real_clover_is_not_asked(): void
    {
        $none                     = ['SSL_CERT_FILE' => '/nowhere/roots.pem', 'SSL_CERT_DIR' => '/nowhere'];
        $this->shell->environment += $none;
        self::assertTrue($this->json('connect', '--approve')['connected']);

        // The connection is the sandbox's own; only the address is now the real one, to which nothing is sent.
        unset($this->shell->environment['CLOVERSYNC_BASE_URL']);
        $result = $this->run_('sync', '--json');
        self::assertSame(1, $result['code']);
        $message = Json::string($result['last']['message']);
        self::assertStringContainsString('root certificates', $message);
        self::assertStringContainsString('SSL_CERT_FILE', $message);
        self::assertStringNotContainsString('report it', $message);
    }

    public function test_whatever_else_knocks_neither_ends_nor_delays_the_wait_for_the_browser(): void
    {
        $port    = Http::freePort();
        $process = $this->shell->start(['connect', '--json', '--port', (string) $port, '--timeout', '60']);
        $line    = Json::decode($process->line());
        $silent  = Http::connect("127.0.0.1:$port");
        $slow    = Http::connect("127.0.0.1:$port");
        fwrite($slow, 'GET /callback?code=');
        $ask = static fn (string $request): string => self::exchange($port, $request);
        self::assertStringStartsWith('HTTP/1.1 404', $ask("GET /favicon.ico HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 404', $ask("GET /callback HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 404', $ask("POST /callback?code=x&state=y HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 400', $ask("GET /callback?code=x&state=another HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 400', $ask("GET /callback?code=x&state[]=a HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 400', $ask("GET /callback?code=x HTTP/1.1\r\n\r\n"));
        self::assertStringStartsWith('HTTP/1.1 404', $ask("\x16\x03\x01\r\n\r\n"));
        self::assertSame('', $ask(str_repeat('x', 20_000)), 'What is too long is cut off.');

        $many = [];

        for ($i = 0; $i < 70; $i++) {
            $many[] = Http::connect("127.0.0.1:$port");
        }

        $began    = hrtime(true);
        $callback = \CloverSync\Cli\Callback::approve(Json::string($line['url']), "http://127.0.0.1:$port/callback");
        self::assertStringContainsString('close this window', (string) file_get_contents($callback));
        self::assertLessThan(30.0, (hrtime(true) - $began) / 1e9, 'Silent clients do not delay the others.');
        $lines = CommandLine::lines($process->rest());
        self::assertTrue(end($lines)['connected'] ?? null);
        self::assertSame(0, $process->end());
        self::assertNotEmpty([$silent, $slow, $many]);
    }

    /** @return string The whole response */
    private static function exchange(int $port, string $request): string
    {
        $socket = Http::connect("127.0.0.1:$port");
        stream_set_timeout($socket, 5);
        fwrite($socket, $request);

        return (string) @stream_get_contents($socket);
    }

    public function test_before_connecting_and_without_clover_the_messages_say_so(): void
    {
        $result = $this->run_('sync');
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('not connected', $result['err']);

        $this->shell->environment['CLOVERSYNC_BASE_URL'] = 'http://127.0.0.1:9';
        $result                                          = $this->run_('connect', '--approve');
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('could not be reached', $result['err']);
    }

    public function test_only_what_time_can_mend_is_to_be_tried_again(): void
    {
        $this->json('connect', '--approve');
        $http                                            = $this->clover->url;
        $this->shell->environment['CLOVERSYNC_BASE_URL'] = str_replace('http:', 'https:', $http);
        $insecure                                        = $this->run_('sync', '--json')['last'];
        self::assertSame('blocked', $insecure['kind']);
        self::assertStringContainsString('root certificates', Json::string($insecure['message']));
        self::assertStringNotContainsString('Try again', Json::string($insecure['message']));

        $this->shell->environment['CLOVERSYNC_BASE_URL'] = $http;
        $page                                            = ['code' => 403, 'body' => '<html>Access Denied</html>'];
        $this->clover->fault('GET /v3/merchants/*/items', 'status', 99, with: $page);
        $intercepted = $this->run_('sync', '--json')['last'];
        self::assertSame('blocked', $intercepted['kind']);
        self::assertStringNotContainsString('Try again', Json::string($intercepted['message']));
        $this->clover->clearFaults();

        $this->shell->environment['CLOVERSYNC_BASE_URL'] = 'http://127.0.0.1:9';
        $unreachable                                     = $this->run_('sync', '--json')['last'];
        self::assertSame('unavailable', $unreachable['kind']);
        self::assertStringContainsString('Try again', Json::string($unreachable['message']));
    }

    public function test_a_firewalls_page_in_place_of_a_refresh_costs_no_connection(): void
    {
        foreach ([
            ['code' => 403, 'body' => '<html>Access Denied</html>'],
            ['code' => 400, 'body' => ['message' => 'Internal Error']],
        ] as $answer) {
            // One is handled within the run; when it lasts for the run, the next one works.
            foreach ([1, 2] as $times) {
                $this->run_('connect', '--approve');
                $this->clover->fault('POST /oauth/v2/refresh', 'status', $times, with: $answer);
                $this->clover->tokens('expire');
                self::assertSame($times === 1 ? 0 : 1, $this->run_('sync')['code']);
                $next = $this->run_('sync');
                self::assertSame(0, $next['code'], $next['err']);
                $status = $this->json('status');
                self::assertSame([true, null, null], [
                    $status['connected'],
                    $status['reconnect_reason'],
                    $status['refused_at'],
                ]);
            }
        }
    }

    public function test_a_refusal_is_told_with_its_times_until_it_is_repeated(): void
    {
        $this->run_('connect', '--approve');
        $this->clover->tokens('revoke');
        $refused = $this->run_('sync', '--json');
        self::assertSame([1, 'refused'], [$refused['code'], $refused['last']['kind']]);
        self::assertMatchesRegularExpression(
            '/refused the connection at \d\d:\d\d UTC.* from \d\d:\d\d UTC on/',
            Json::string($refused['last']['message']),
        );
        $status = $this->json('status');
        self::assertSame([true, null], [$status['connected'], $status['reconnect_reason']]);
        $refusedAt = new \DateTimeImmutable(Json::string($status['refused_at']));
        self::assertEquals(
            $refusedAt->modify('+600 seconds'),
            new \DateTimeImmutable(Json::string($status['next_try_at'])),
        );
        self::assertStringContainsString('refused the connection', $this->run_('status')['err']);
        self::assertTrue($this->json('connect', '--approve')['connected']);
        self::assertNull($this->json('status')['refused_at']);
    }

    public function test_failed_items_end_the_sync_with_exit_code_three(): void
    {
        $this->clover->add([
            'name'    => 'T-Shirt Red S again',
            'price'   => 100,
            'group'   => 'T-Shirt',
            'options' => ['Color' => 'Red', 'Size' => 'S'],
        ]);
        $this->run_('connect', '--approve');
        $result = $this->run_('sync', '--json');
        self::assertSame([3, 1], [$result['code'], $result['last']['failed']]);
    }

    public function test_another_currency_is_refused(): void
    {
        $this->shell->environment['CLOVERSYNC_CURRENCY'] = 'EUR';
        $this->run_('connect', '--approve');
        $result = $this->run_('sync', '--json');
        self::assertSame([1, 'currency'], [$result['code'], $result['last']['kind']]);
    }

    public function test_a_copied_database_sends_nothing_until_it_is_told_which_one_it_is(): void
    {
        $this->run_('connect', '--approve');
        $this->run_('sync');
        copy($this->shell->folder . '/cloversync.sqlite', $this->shell->folder . '/copy.sqlite');
        copy($this->shell->folder . '/cloversync.sqlite-secret', $this->shell->folder . '/copy.sqlite-secret');
        $this->shell->environment['CLOVERSYNC_DSN'] = 'sqlite:copy.sqlite';
        $result                                     = $this->run_('sync', '--json');
        self::assertSame([1, 'site_moved'], [$result['code'], $result['last']['kind']]);
        self::assertSame(0, $this->run_('connect', '--move')['code']);
        self::assertSame(0, $this->run_('sync')['code']);
    }

    public function test_the_browser_s_answer_is_waited_for_and_a_pasted_one_is_taken(): void
    {
        $port    = Http::freePort();
        $process = $this->shell->start(['connect', '--json', '--port', (string) $port, '--timeout', '20']);
        $line    = Json::decode($process->line());
        self::assertSame('authorize', $line['event']);
        $callback = \CloverSync\Cli\Callback::approve(Json::string($line['url']), "http://127.0.0.1:$port/callback");
        self::assertStringContainsString('close this window', (string) file_get_contents($callback));
        $lines = CommandLine::lines($process->rest());
        self::assertTrue(end($lines)['connected'] ?? null);
        self::assertSame(0, $process->end());

        // The address remains usable after its listener has ended, for browsers on another machine.
        $port = Http::freePort();
        $late = $this->shell->start(['connect', '--json', '--port', (string) $port, '--timeout', '1']);
        $url  = Json::string(Json::decode($late->line())['url']);
        $late->rest();
        self::assertSame(1, $late->end());
        self::assertSame(
            0,
            $this->run_(
                'connect',
                '--callback',
                \CloverSync\Cli\Callback::approve($url, "http://127.0.0.1:$port/callback"),
            )['code'],
        );
    }

    public function test_an_interrupted_sync_goes_on_where_it_stopped(): void
    {
        $this->clover->reset('synthetic:4000');
        $this->run_('connect', '--approve');
        $process = $this->shell->start(['sync', '--json']);

        while (Json::decode($process->line())['event'] !== 'progress');

        $process->signal(SIGINT);
        $lines = CommandLine::lines($process->rest());
        self::assertSame(1, $process->end());
        self::assertSame('running', end($lines)['status'] ?? null);
        $sync = $this->json('sync');
        self::assertSame(4000, $this->items());
        self::assertSame('done', $sync['status']);
    }

    private function items(): int
    {
        return (int) $this->shell->rows(
            "SELECT COUNT(*) FROM jos_j2commerce_clover_mappings WHERE clover_type = 'item' AND state = 'synced'",
        )[0][0];
    }

    /** @return array<string, mixed> The last line of a command that must succeed */
    private function json(string ...$words): array
    {
        return $this->shell->done(array_values($words));
    }

    /** @return Result */
    private function run_(string ...$words): array
    {
        return $this->shell->run(array_values($words));
    }
}
