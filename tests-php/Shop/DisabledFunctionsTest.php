<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Cli\PdoSql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\NeededFunctions;
use CloverSync\Shop\Support\Platform;
use CloverSync\Tests\Support\CommandLine;
use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\Http;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\WebhookStorm;
use PHPUnit\Framework\Attributes\Group;

/**
 * Hosts disable functions with disable_functions. The main job runs without those that have a substitute; without any
 * other, one sentence names it.
 *
 * CLOVERSYNC_EVERY_FUNCTION=1 disables each function that the product calls, one by one, which takes some minutes.
 *
 * @phpstan-import-type Result from CommandLine
 */
#[Group('once')]
final class DisabledFunctionsTest extends CommandLineTestCase
{
    /** Functions that shared hosts have disabled, whether or not the product calls them. */
    private const USUAL = [
        'exec',
        'passthru',
        'shell_exec',
        'system',
        'proc_open',
        'proc_close',
        'popen',
        'getmypid',
        'getmyuid',
        'readlink',
        'symlink',
        'link',
        'hrtime',
        'gethostname',
        'php_uname',
        'posix_kill',
        'posix_getpid',
        'posix_getpwuid',
        'posix_get_last_error',
        'set_time_limit',
        'ini_set',
        'ini_get',
        'usleep',
        'sleep',
        'time_nanosleep',
        'disk_free_space',
        'sys_getloadavg',
        'register_shutdown_function',
        'ignore_user_abort',
        'fastcgi_finish_request',
        'mt_rand',
        'phpversion',
        'phpinfo',
        'getenv',
        'putenv',
        'dl',
        'error_log',
        'stream_socket_server',
        'stream_socket_client',
        'fsockopen',
        'umask',
        'chmod',
        'chown',
        'pcntl_signal',
        'pcntl_async_signals',
        'pcntl_exec',
        'pcntl_fork',
        'function_exists',
        'getrusage',
        'opcache_get_status',
        'mail',
    ];

    #[Group('module')]
    public function test_the_list_of_needed_functions_is_the_one_that_the_script_makes(): void
    {
        $file  = \dirname(__DIR__, 2) . '/php-plugin/lib/src/Support/NeededFunctions.php';
        $kept  = (string) file_get_contents($file);
        $fresh = (string) shell_exec(
            escapeshellarg(PHP_BINARY)
            . ' '
            . escapeshellarg(\dirname(__DIR__, 2) . '/scripts/functions.php')
            . ' --print',
        );
        self::assertSame($fresh, $kept, 'Run php scripts/functions.php --write');
        self::assertGreaterThan(100, \count(self::needed()));
        self::assertSame([], array_intersect(self::needed(), Platform::OPTIONAL));
    }

    #[Group('module')]
    public function test_the_main_job_runs_without_everything_that_has_a_stand_in(): void
    {
        $this->disable(...Platform::OPTIONAL);
        $this->mainJob();
    }

    #[Group('module')]
    public function test_the_main_job_runs_without_what_shared_hosts_disable(): void
    {
        $this->disable(...self::USUAL);
        self::assertSame([], array_intersect(self::USUAL, self::needed()), 'Needs what is often taken away.');
        $this->mainJob();
    }

    public function test_needed_functions_are_named_before_the_first_use(): void
    {
        // Without this one no file of the product can be read, so the message differs.
        $this->disable(...array_diff(self::needed(), ['defined']));
        $result = $this->shell->run(['status']);
        self::assertSame([1, ''], [$result['code'], $result['out']]);
        self::assertSame(1, substr_count($result['err'], "\n"), $result['err']);

        foreach (array_diff(array_merge(...array_values(NeededFunctions::LIBRARY)), ['defined']) as $function) {
            self::assertMatchesRegularExpression("/\b$function\b/", $result['err']);
        }
    }

    public function test_an_extension_of_php_that_is_not_there_is_named(): void
    {
        foreach (['mbstring', 'ctype', 'pdo_sqlite'] as $extension) {
            $folder  = $this->shell->folder . '/without';
            $removed = false;
            @mkdir($folder);

            foreach (array_filter(array_map(trim(...), explode(',', (string) php_ini_scanned_files()))) as $file) {
                // A built-in extension cannot be removed.
                if (preg_match("/^\\d*-?$extension\.ini$/", basename($file)) === 1) {
                    $removed = true;
                } else {
                    copy($file, $folder . '/' . basename($file));
                }
            }

            $this->shell->environment['PHP_INI_SCAN_DIR'] = $folder;
            $result                                       = $this->shell->run(['status']);
            array_map(unlink(...), Files::matching("$folder/*"));
            rmdir($folder);

            if ($removed) {
                self::assertSame([
                    1,
                    "error: PHP's extension $extension is not loaded on this server: ask the host to enable it.\n",
                ], [$result['code'], $result['err']]);
            } else {
                self::assertSame(0, $result['code'], $result['err']);
            }
        }
    }

    public function test_one_needed_function_is_named_also_for_programs(): void
    {
        foreach (['strlen', 'json_encode', 'fwrite', 'defined', 'array_map'] as $function) {
            $this->disable($function);
            $result = $this->shell->run(['sync', '--json']);
            $this->assertNamed($function, $result);

            if ($function !== 'defined') {
                self::assertSame(['error', 'host'], [$result['lines'][0]['event'], $result['lines'][0]['kind']]);
                self::assertStringContainsString(
                    "PHP's function $function is disabled on this server (disable_functions)",
                    Json::string($result['lines'][0]['message']),
                );
            }
        }
    }

    public function test_without_process_ids_a_lock_is_judged_by_its_lease_alone(): void
    {
        $this->disable('getmypid', 'posix_getpid');
        $this->shell->run(['connect', '--approve']);
        $sql  = PdoSql::connect("sqlite:{$this->shell->folder}/cloversync.sqlite");
        $lock = new Lock($sql, 'sync:sandbox', process: new ProcessIdentity('unknown:another', 0, 0));
        self::assertTrue($lock->acquire());
        self::assertSame('already_running', $this->shell->run(['sync', '--json'])['last']['kind']);
        $sql->execute('UPDATE #__j2commerce_clover_locks SET expires = 1');
        self::assertSame(0, $this->shell->run(['sync'])['code']);

        $nameless = new ProcessIdentity('here', 0, 0);
        self::assertFalse($nameless->isDead('here', 0, 0), 'Id 0 is not a process.');
        self::assertFalse((new ProcessIdentity('here', (int) getmypid(), 1))->isDead('here', 0, 0));
    }

    #[Group('module')]
    public function test_webhooks_are_answered_and_worked_without_everything_that_has_a_stand_in(): void
    {
        $this->shell->environment['CLOVERSYNC_WEBHOOK_SECRET'] = 'the auth code';
        $this->shell->environment['CLOVERSYNC_SETTINGS']       = '{"webhooks":true}';
        $this->shell->run(['connect', '--approve']);
        $this->shell->run(['sync']);
        $this->disable(...array_diff(Platform::OPTIONAL, ['pcntl_exec']));
        $listen = '127.0.0.1:' . Http::freePort();
        $item   = $this->clover->shelf()[0];
        $count  = $this->clover->mark();
        $server = $this->shell->serve($listen);

        try {
            $storm = new WebhookStorm("http://$listen/webhook", 'the auth code');
            $storm->send(1, 1_000.0, fn (): string => json_encode([
                'appId'     => Simulator::APP_ID,
                'merchants' => [
                    $this->clover->state()['merchant_id'] => [[
                        'objectId' => "I:{$item['id']}",
                        'type'     => 'UPDATE',
                        'ts'       => 1,
                    ]],
                ],
            ], JSON_THROW_ON_ERROR));
            self::assertSame([200], $storm->statuses);

            for (
                $end = microtime(true) + 20;
                !str_contains(implode("\n", array_column($this->clover->requests($count), 'path')), $item['id']);
                usleep(50_000)
            ) {
                self::assertLessThan($end, microtime(true), 'The item was not looked at after the response.');
            }
        } finally {
            $server->signal(SIGTERM);
            $server->rest();
            $server->end();
        }

        $this->disable('pcntl_exec', 'proc_open');
        $result = $this->shell->run(['serve']);
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('pcntl_exec and proc_open are disabled', $result['err']);
    }

    #[Group('module')]
    public function test_each_function_by_itself(): void
    {
        if (getenv('CLOVERSYNC_EVERY_FUNCTION') !== '1') {
            $this->expectNotToPerformAssertions();

            return;
        }

        $ran = $named = [];

        foreach (array_unique([...Platform::OPTIONAL, ...self::USUAL]) as $function) {
            $this->shell = new CommandLine($this->clover);
            $this->clover->reset();
            $this->disable($function);
            $this->mainJob($function);
            $ran[] = $function;
        }

        foreach (self::needed() as $function) {
            $this->disable($function);
            $this->assertNamed($function, $this->shell->run(['sync']));
            $named[] = $function;
        }

        fwrite(STDERR, \sprintf(
            "\n%d functions disabled one by one: the main job ran without %d, %d were named.\n",
            \count($ran) + \count($named),
            \count($ran),
            \count($named),
        ));
    }

    /** @param Result $result */
    private function assertNamed(string $function, array $result): void
    {
        self::assertSame(1, $result['code'], "$function: {$result['err']}");
        self::assertMatchesRegularExpression("/\b$function\b.*/", $result['err']);
        self::assertSame(1, substr_count($result['err'], "\n"), $result['err']);
        self::assertStringNotContainsString('report it', $result['err']);
    }

    /** @return list<string> */
    private static function needed(): array
    {
        return array_values(array_unique(array_merge(
            ...array_values(NeededFunctions::LIBRARY),
            ...array_values(NeededFunctions::COMMAND_LINE),
        )));
    }

    private function disable(string ...$functions): void
    {
        file_put_contents(
            $this->shell->folder . '/disabled.ini',
            'disable_functions=' . implode(',', $functions) . "\n",
        );
        $this->shell->environment['PHP_INI_SCAN_DIR'] = ':' . $this->shell->folder;
    }

    private function mainJob(string $without = 'many'): void
    {
        $item = $this->clover->shelf()[0];
        $this->clover->setStock($item['id'], 10);
        $done = [];

        foreach ([['connect', '--approve'], ['sync'], ['order', 'order.json'], ['work'], ['status']] as $words) {
            file_put_contents($this->shell->folder . '/order.json', json_encode([
                'order_id'           => 'W1',
                'number'             => 1,
                'new_status'         => 1,
                'currency'           => 'USD',
                'prices_include_tax' => false,
                'lines'              => [[
                    'line_id'    => 1,
                    'clover_id'  => $item['id'],
                    'name'       => $item['name'],
                    'quantity'   => 2,
                    'unit_price' => $item['price'],
                ]],
            ], JSON_THROW_ON_ERROR));
            $result = $this->shell->run([...$words, '--json']);
            self::assertSame(0, $result['code'], "$without: {$words[0]}: {$result['err']}{$result['out']}");
            $done[$words[0]] = $result['last'];
        }

        self::assertSame([true, 55], [$done['status']['connected'], $done['sync']['imported']], $without);
        self::assertSame(
            8,
            (int) $this->clover->state()['stock'][$item['id']],
            "$without: the two units were not taken out of Clover.",
        );
    }
}
