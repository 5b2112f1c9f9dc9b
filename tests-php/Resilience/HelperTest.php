<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\UnavailableException;
use CloverSync\RateLimiter;
use CloverSync\Settings;
use CloverSync\Shop\Engine\Engine;
use CloverSync\Shop\Engine\HelperException;
use CloverSync\Shop\Engine\HelperProblem;
use CloverSync\Shop\Engine\HelperProcess;
use CloverSync\Shop\Exception\HelperLostException;
use CloverSync\Stock;
use CloverSync\Tests\Support\AgedTokens;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\CloverTestCase;
use CloverSync\Tests\Support\HelperKiller;
use CloverSync\Tests\Support\InterruptedTokenStore;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\Program;
use CloverSync\Tests\Support\Simulator;
use CloverSync\TokenStore;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** The helper program and PHP: either may end, fork, throw or be interrupted at any time. */
#[Group('helper')]
#[Group('once')]
final class HelperTest extends CloverTestCase
{
    private const SECRET = 'a secret of the site';

    private const MERCHANT = 'GET /v3/merchants/*';

    /** PHP code: `$wait()` makes a call to a Clover that never answers. */
    private const WAITING = '
        $server     = stream_socket_server("tcp://127.0.0.1:0");
        $connection = new CloverSync\Connection(
            CloverSync\Settings::fromArray([
                "app_id"     => "APPID00000001",
                "app_secret" => str_repeat("1", 36),
                "base_url"   => "http://" . stream_socket_get_name($server, false),
            ]),
            new CloverSync\Vault("a secret of the site"),
            new CloverSync\Tests\Support\MemoryTokenStore(),
        );
        $state = $connection->authorize("https://shop.example/")->state;
        $wait  = static fn () => $connection->complete(
            "https://shop.example/?merchant_id=M1M2M3M4M5M6M&client_id=APPID00000001&code=x&state=$state",
            $state,
        );
    ';

    private string $folder = '';

    protected function setUp(): void
    {
        PhpEngine::require();

        if (!PhpEngine::isHelper()) {
            self::markTestSkipped('The extension is tested: CLOVERSYNC_ENGINE is not helper.');
        }

        $this->folder = sys_get_temp_dir() . '/cloversync-helper-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0o700);
        parent::setUp();
    }

    protected function tearDown(): void
    {
        if ($this->folder !== '') {
            pcntl_alarm(0);
            pcntl_async_signals(false);
            array_map(static fn (string $path): bool => @unlink($path) || rmdir($path), glob("$this->folder/*") ?: []);
            rmdir($this->folder);
            parent::tearDown();
        }
    }

    #[TestDox('A helper that is killed while it waits for Clover is an outage, and the next call has a new one')]
    public function test_killed_in_a_call(): void
    {
        $connection = $this->connected();
        $killed     = self::helper();
        $this->clover->fault(self::MERCHANT, 'delay', 1, 0, ['ms' => 20_000]);
        $this->onAlarm(1, static fn (): bool => posix_kill($killed, SIGKILL));

        self::thrown(HelperLostException::class, static fn (): mixed => $connection->merchant());
        self::assertFalse(HelperProcess::isRunning());
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertNotSame($killed, self::helper());
    }

    #[TestDox('A helper that is killed between two calls is an outage once')]
    public function test_killed_between_calls(): void
    {
        $connection = $this->connected();
        posix_kill(self::helper(), SIGKILL);
        $e = self::thrown(UnavailableException::class, static fn (): mixed => $connection->merchant());
        self::assertSame(60, $e->getRetryAfter());
        self::assertSame(__FILE__, $e->getFile());
        self::assertSame('USD', $connection->merchant()->currency);
    }

    #[TestDox('A helper that is killed while it holds the lock of the tokens leaves it free')]
    public function test_killed_under_the_lock(): void
    {
        $this->connected();
        $this->store->record = AgedTokens::of((string) $this->store->record, new Vault(self::SECRET), 86_400);
        /** @var list<string> $calls */
        $calls      = [];
        $connection = $this->connectedBy(new InterruptedTokenStore($this->store, static function (string $name) use (
            &$calls,
        ): void {
            // The first reading after the lock, once.
            if ($name === 'read' && end($calls) === 'lock' && !\in_array('unlock', $calls, true)) {
                posix_kill(self::helper(), SIGKILL);
            }

            $calls[] = $name;
        }));
        self::thrown(UnavailableException::class, static fn (): mixed => $connection->merchant());
        self::assertSame(['lock', 'read', 'unlock'], \array_slice($calls, -3));
        self::assertSame('USD', $connection->merchant()->currency);
        $calls = array_count_values($calls);
        self::assertSame($calls['lock'], $calls['unlock']);
    }

    #[TestDox('Counts that a helper has read die with it')]
    public function test_batch_of_a_dead_helper(): void
    {
        $connection = $this->connected();
        $stock      = new Stock($connection);
        $change     = ['key' => 1, 'clover_id' => $this->clover->shelf()[0]['id'], 'delta' => 1];
        $batch      = $stock->prepare([$change]);
        self::assertCount(1, $batch->rows());
        posix_kill(self::helper(), SIGKILL);
        self::thrown(UnavailableException::class, static fn (): mixed => $connection->merchant());
        $mark = $this->clover->mark();

        for ($i = 0; $i < 2; $i++) {
            $e = self::thrown(UnavailableException::class, static fn (): mixed => $stock->commit($batch, [1]));
            self::assertStringContainsString('had this answer', $e->getMessage());
        }

        self::assertSame([], $this->clover->requests($mark));
        self::assertCount(1, $stock->prepare([$change])->rows());
    }

    #[TestDox('After a fork both processes have a helper of their own')]
    public function test_fork(): void
    {
        $connection = $this->connected();
        $mine       = self::helper();
        $child      = Child::fork(static function (Child $self) use ($connection): array {
            $first = $connection->merchant()->currency;
            $self->pause(self::helper());

            return [$first, $connection->merchant()->currency, self::helper()];
        });
        $its = $child->awaitPause();
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertSame($mine, self::helper());
        self::assertNotSame($mine, $its);
        $child->resume();
        self::assertSame(['USD', 'USD', $its], $child->value());
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertSame($mine, self::helper());
    }

    #[TestDox('A fork within a callback does not talk to the helper of its parent')]
    public function test_fork_in_a_callback(): void
    {
        $this->connected();
        /** @var ?int $child */
        $child      = null;
        $connection = $this->connectedBy(new InterruptedTokenStore($this->store, static function (string $name) use (
            &$child,
        ): void {
            if ($name !== 'read' || $child !== null) {
                return;
            }

            $pid   = pcntl_fork();
            $child = $pid;

            if ($pid === 0) {
                $child = -1;
            }
        }));
        $parent = getmypid();
        $said   = null;

        try {
            $said = $connection->merchant()->currency;
        } catch (CloverException $e) {
            $said = $e::class;
        }

        if (getmypid() !== $parent) {
            file_put_contents("$this->folder/child", "$said " . (string) $connection->merchant()->currency);
            Child::killMyself();
        }

        pcntl_waitpid((int) $child, $status);
        self::assertSame('USD', $said);
        self::assertSame(HelperLostException::class . ' USD', file_get_contents("$this->folder/child"));
        self::assertSame('USD', $connection->merchant()->currency);
    }

    #[TestDox('PHP ends while a process that it forked goes on')]
    public function test_end_before_a_fork(): void
    {
        $code = $this->script('
            $vault = new CloverSync\Vault("a secret of the site");
            $vault->seal("x", "y");

            if (pcntl_fork() === 0) {
                sleep(20);
                posix_kill(getmypid(), SIGKILL);
            }
        ');
        $from = microtime(true);
        self::assertSame(0, Program::start([PHP_BINARY, $code])->end());
        self::assertLessThan(5, microtime(true) - $from);
    }

    /** @return iterable<string, array{string}> */
    public static function callbacks(): iterable
    {
        yield 'read' => ['read'];
        yield 'lock' => ['lock'];
        yield 'write' => ['write'];
        yield 'unlock' => ['unlock'];
    }

    #[DataProvider('callbacks')]
    #[TestDox('What the token store throws in $name comes out as itself, and the lock is released')]
    public function test_store_throws(string $name): void
    {
        $this->connected();
        $this->store->record = AgedTokens::of((string) $this->store->record, new Vault(self::SECRET), 86_400);
        $calls               = [];
        $connection          = $this->connectedBy(new InterruptedTokenStore(
            $this->store,
            static function (string $called) use ($name, &$calls): void {
                $calls[] = $called;

                if ($called === $name) {
                    throw new \DomainException("in $name");
                }
            },
        ));
        $e = self::thrown(\DomainException::class, static fn (): mixed => $connection->refresh(100_000));
        self::assertSame("in $name", $e->getMessage());
        self::assertSame(
            \count(array_keys($calls, 'lock', true)) - (int) ($name === 'lock'),
            \count(array_keys($calls, 'unlock', true)),
            implode(' ', $calls),
        );
        self::assertTrue(HelperProcess::isRunning());
    }

    #[TestDox('What the logger throws comes out as itself, and the lock is released')]
    public function test_logger_throws(): void
    {
        $this->connected();
        $this->store->record = AgedTokens::of((string) $this->store->record, new Vault(self::SECRET), 86_400);
        $locked              = 0;
        $store               = new InterruptedTokenStore($this->store, static function (string $name) use (
            &$locked,
        ): void {
            $locked += ['lock' => 1, 'unlock' => -1][$name] ?? 0;
        });
        $throws = $this->connectedBy($store, static function () use (&$locked): void {
            if ($locked > 0) {
                throw new \DomainException('disk full');
            }
        });
        self::thrown(\DomainException::class, static fn (): mixed => $throws->refresh(100_000));
        self::assertSame(0, $locked);
        self::assertTrue(HelperProcess::isRunning());
    }

    #[TestDox('What the rate limiter throws comes out as itself')]
    public function test_limiter_throws(): void
    {
        $this->connected();
        $limiter = new class implements RateLimiter {
            public function exchange(
                int $wanted,
                int $unused,
                int $inFlight,
                array $ended,
                bool $leaving,
                int $closedFor,
                array $learned,
            ): ?array {
                throw new \DomainException('no database');
            }
        };
        $connection = new Connection($this->settings(), new Vault(self::SECRET), $this->store, null, $limiter);
        self::thrown(\DomainException::class, static fn (): mixed => $connection->merchant());
        self::assertSame('USD', $this->connectedBy($this->store)->merchant()->currency);
    }

    #[TestDox('A callback may make calls, and what they throw may be caught there')]
    public function test_calls_in_a_callback(): void
    {
        $this->connected();
        $said  = [];
        $vault = new Vault(self::SECRET);
        $other = $this->connectedBy(new InterruptedTokenStore($this->store, static function (): void {
            throw new \DomainException('inside');
        }));
        $connection = $this->connectedBy(new InterruptedTokenStore($this->store, static function () use (
            $vault,
            $other,
            &$said,
        ): void {
            $said[] = $vault->open($vault->seal('text', 'a context'), 'a context');

            try {
                $other->merchant();
            } catch (\DomainException $e) {
                $said[] = $e->getMessage();
            }
        }));
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertSame(['text', 'inside'], \array_slice($said, 0, 2));
    }

    #[TestDox('A helper that dies in a call of a callback is an outage of both calls')]
    public function test_killed_in_a_nested_call(): void
    {
        $this->connected();
        /** @var ?UnavailableException $inner */
        $inner      = null;
        $vault      = new Vault(self::SECRET);
        $connection = $this->connectedBy(new InterruptedTokenStore($this->store, static function () use (
            $vault,
            &$inner,
        ): void {
            $inner ??= self::thrown(UnavailableException::class, static function () use ($vault): void {
                posix_kill(self::helper(), SIGKILL);
                $vault->seal('text', 'a context');
            });
        }));
        $outer = self::thrown(UnavailableException::class, static fn (): mixed => $connection->merchant());
        self::assertNotSame($inner, $outer);
        self::assertSame('USD', $connection->merchant()->currency);
    }

    #[TestDox('A signal handler makes calls while Clover answers slowly')]
    public function test_signal_handler_calls(): void
    {
        $connection = $this->connected();
        $vault      = new Vault(self::SECRET);
        $this->clover->fault(self::MERCHANT, 'delay', 1, 0, ['ms' => 3_000]);
        $said = [];
        $this->onAlarm(1, static function () use ($connection, $vault, &$said): void {
            $said[] = $vault->open($vault->seal('text', 'a context'), 'a context');
            // More than a pipe holds.
            $said[] = \strlen($vault->open($vault->seal(str_repeat('é', 300_000), 'x'), 'x'));
            $said[] = $connection->status()->connected;
            $said[] = \count(iterator_to_array((new Catalog($connection, 'USD'))->pages()));
        });
        $from = microtime(true);
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertGreaterThan(2.9, microtime(true) - $from);
        self::assertSame(['text', 600_000, true, 1], $said);
        self::assertTrue(pcntl_async_signals());
    }

    #[TestDox('A signal handler that throws ends the call at once, and the helper is of use after it')]
    public function test_signal_handler_throws(): void
    {
        $connection = $this->connected();
        $helper     = self::helper();
        $this->clover->fault(self::MERCHANT, 'delay', 1, 0, ['ms' => 20_000]);
        $this->onAlarm(1, static function (): void {
            throw new \DomainException('stopped');
        });
        $from = microtime(true);
        $e    = self::thrown(\DomainException::class, static fn (): mixed => $connection->merchant());
        self::assertSame('stopped', $e->getMessage());
        self::assertLessThan(3, microtime(true) - $from);
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertSame($helper, self::helper());
    }

    #[TestDox('A signal handler that throws while the lock is held releases it')]
    public function test_signal_handler_throws_under_the_lock(): void
    {
        $this->connected();
        $this->store->record = AgedTokens::of((string) $this->store->record, new Vault(self::SECRET), 86_400);
        $calls               = [];
        $connection          = $this->connectedBy(new InterruptedTokenStore(
            $this->store,
            static function (string $name) use (&$calls): void {
                $calls[] = $name;
            },
        ));
        $this->clover->fault('POST /oauth/v2/refresh', 'delay', 1, 0, ['ms' => 20_000]);
        $this->onAlarm(1, static function (): void {
            throw new \DomainException('stopped');
        });
        self::thrown(\DomainException::class, static fn (): mixed => $connection->refresh(100_000));
        self::assertContains('lock', $calls);
        self::assertSame('unlock', end($calls));
    }

    #[TestDox('A signal that comes while no handler may run is handled later in the call')]
    public function test_signal_is_kept(): void
    {
        $handled = 0;
        pcntl_async_signals(true);
        pcntl_signal(SIGUSR1, static function () use (&$handled): void {
            $handled++;
        });
        $vault = new Vault(self::SECRET);

        try {
            $store = new InterruptedTokenStore($this->store, static function (string $name): void {
                if ($name === 'read') {
                    // Without handlers, as between two halves of a frame.
                    pcntl_async_signals(false);
                    posix_kill((int) getmypid(), SIGUSR1);
                }
            });
            $this->connectedBy($store)->status();
            self::assertSame(1, $handled);
            self::assertTrue(pcntl_async_signals());
            self::assertTrue($vault->isCurrent($vault->seal('x', 'y')));
        } finally {
            pcntl_signal(SIGUSR1, SIG_DFL);
        }
    }

    #[TestDox('Ctrl-C and what a service manager sends to all processes do not end the helper')]
    public function test_signals_to_the_group(): void
    {
        $connection = $this->connected();
        $helper     = self::helper();

        foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
            posix_kill($helper, $signal);
            self::assertSame('USD', $connection->merchant()->currency);
            self::assertSame($helper, self::helper());
        }

        pcntl_sigprocmask(SIG_UNBLOCK, [SIGWINCH], $blocked);
        self::assertSame([], $blocked);
    }

    /** @return iterable<string, array{string}> */
    public static function exits(): iterable
    {
        $connection = '
            $store = new CloverSync\Tests\Support\InterruptedTokenStore(
                new CloverSync\Tests\Support\MemoryTokenStore(),
                static function (string $name): void {
                    echo CloverSync\Shop\Engine\HelperProcess::isRunning() ? children() : "", "\n";
                    %s
                },
            );
            register_shutdown_function(static function (): void {
                echo (new CloverSync\Vault("a secret of the site"))->isCurrent("x") ? "?" : "shut down", "\n";
            });
            (new CloverSync\Connection(
                CloverSync\Settings::fromArray(["app_id" => "APPID00000001", "app_secret" => str_repeat("1", 36)]),
                new CloverSync\Vault("a secret of the site"),
                $store,
            ))->status();
            echo "went on\n";
        ';
        yield 'exit' => [\sprintf($connection, 'exit(3);')];
        yield 'a fatal error' => [\sprintf($connection, 'ini_set("memory_limit", "8M"); str_repeat("x", 1 << 30);')];
        yield 'exit in a signal handler while Clover is slow' => [
            self::WAITING . '
                pcntl_async_signals(true);
                pcntl_signal(SIGALRM, static function (): void {
                    echo children(), "\n";
                    exit(3);
                });
                pcntl_alarm(1);
                register_shutdown_function(static function () use ($connection): void {
                    echo $connection->status()->connected ? "?" : "shut down", "\n";
                });
                $wait();
                echo "went on\n";
            ',
        ];
        yield 'an exception without a catch' => [\sprintf($connection, 'throw new DomainException("x");')];
    }

    #[DataProvider('exits')]
    #[TestDox('PHP that ends within a callback leaves no helper behind: $_dataName')]
    public function test_exit_in_a_callback(string $code): void
    {
        $php    = Program::start([PHP_BINARY, $this->script($code)]);
        $helper = (int) $php->line();
        self::assertGreaterThan(0, $helper);
        $said = $php->rest();
        self::assertContains($php->end(), [3, 255]);
        self::assertStringContainsString('shut down', $said);
        self::assertStringNotContainsString('went on', $said);
        self::assertGone($helper);
    }

    #[TestDox('PHP that is killed leaves no helper behind: $state')]
    #[DataProvider('states')]
    public function test_php_is_killed(string $state, string $code): void
    {
        $php    = Program::start([PHP_BINARY, $this->script($code)]);
        $helper = (int) $php->line();
        self::assertGreaterThan(0, $helper);
        $php->signal(SIGKILL);
        $php->end();
        self::assertGone($helper);
    }

    /** @return iterable<string, array{string, string}> */
    public static function states(): iterable
    {
        $start = '$vault = new CloverSync\Vault("a secret of the site"); $vault->seal("x", "y");';
        yield 'idle' => ['idle', "$start echo children(), \"\\n\"; sleep(60);"];
        yield 'after a fork' => [
            'its forked process goes on',
            "$start if (pcntl_fork() === 0) { sleep(20); } else { echo children(), \"\\n\"; sleep(60); }",
        ];
        yield 'waiting' => ['waiting for Clover', self::WAITING . 'echo children(), "\n"; $wait();'];
        yield 'busy' => ['busy', "$start echo children(), \"\\n\"; while (true) { \$vault->seal(\"x\", \"y\"); }"];
    }

    /** @return iterable<string, array{HelperProblem, \Closure(string, string): void}> Makes the file from a helper */
    public static function wrong(): iterable
    {
        $script = static fn (string $code): \Closure => static function (string $path) use ($code): void {
            file_put_contents($path, '#!' . PHP_BINARY . "\n<?php\n$code");
            chmod($path, 0o755);
        };
        $answer = static fn (string $json): \Closure => $script(
            '$j = \'' . $json . '\'; echo pack("N", strlen($j)), $j; fgets(STDIN);',
        );
        $file = static fn (string $bytes): \Closure => static function (string $path) use ($bytes): void {
            file_put_contents($path, $bytes);
            chmod($path, 0o755);
        };
        $cut = static fn (int $from, string $bytes, ?int $length = null): \Closure => static function (
            string $path,
            string $helper,
        ) use ($from, $bytes, $length): void {
            $program = (string) file_get_contents($helper);
            file_put_contents($path, substr(substr_replace($program, $bytes, $from, \strlen($bytes)), 0, $length));
            chmod($path, 0o755);
        };
        $older = '[1,"0.1.9"]';
        yield 'another version' => [HelperProblem::OtherVersion, $answer("{\"i\":1,\"r\":$older}")];
        yield 'another protocol' => [HelperProblem::NoAnswer, $answer('{"i":1,"r":[2,"' . Engine::VERSION . '"]}')];
        yield 'an older answer' => [HelperProblem::NoAnswer, $answer('{"i":1,"r":"hello"}')];
        yield 'no JSON' => [HelperProblem::NoAnswer, $answer('hello')];
        yield 'a program that echoes' => [
            HelperProblem::NoAnswer,
            $script('while (($c = fgetc(STDIN)) !== false) echo $c;'),
        ];
        yield 'a program that says much' => [HelperProblem::NoAnswer, $script('while (true) echo "yyyyyyyy";')];
        yield 'a program that ends' => [HelperProblem::NoAnswer, $script('exit(0);')];
        yield 'a program that says nothing' => [HelperProblem::NoAnswer, $script('sleep(60);')];
        yield 'cut in its head' => [HelperProblem::NoAnswer, $cut(0, '', 12)];
        yield 'cut in its middle' => [HelperProblem::NoAnswer, $cut(0, '', 5_000)];
        yield 'empty' => [HelperProblem::NoAnswer, $file('')];
        yield 'a text' => [HelperProblem::NoAnswer, $file("echo owned > owned\n")];
        yield 'a script of a program that is not there' => [HelperProblem::NotStarted, $file("#!/nowhere/php\n")];
        yield 'of another machine' => [
            HelperProblem::NotStarted,
            $cut(18, php_uname('m') === 'aarch64' ? "\x3e\x00" : "\xb7\x00"),
        ];
        yield 'a folder' => [HelperProblem::Missing, static fn (string $path): bool => mkdir($path)];
        yield 'nothing' => [HelperProblem::Missing, static fn (): null => null];
    }

    /** @param \Closure(string, string): mixed $make */
    #[DataProvider('wrong')]
    #[TestDox('What cannot be a helper has its problem: $_dataName')]
    public function test_problems(HelperProblem $problem, \Closure $make): void
    {
        $path = "$this->folder/clover-helper";
        $make($path, Engine::programs()[0]);
        $from = microtime(true);
        $e    = self::thrown(HelperException::class, static fn (): mixed => HelperProcess::start($path));
        self::assertSame($problem, $e->problem, $e->getMessage());
        self::assertLessThan(15, microtime(true) - $from);
        self::assertSame([], glob("$this->folder/owned") ?: []);
        self::assertFalse(is_file('owned'));
    }

    #[TestDox('A helper without the permission to be executed gets it')]
    public function test_made_executable(): void
    {
        $path = "$this->folder/clover-helper";
        copy(Engine::programs()[0], $path);
        chmod($path, 0o644);
        $helper = HelperProcess::start($path);
        self::assertTrue($helper->isUsable());
        self::assertSame(0o755, fileperms($path) & 0o777);
        $helper->end();
        self::assertFalse($helper->isUsable());
    }

    #[TestDox('A file that PHP locks is free when PHP has closed it, while the helper goes on')]
    public function test_locked_file(): void
    {
        $file = fopen("$this->folder/locked", 'c');
        self::assertIsResource($file);
        flock($file, LOCK_EX);
        $helper = HelperProcess::start(Engine::programs()[0]);
        fclose($file);
        $again = fopen("$this->folder/locked", 'c');
        self::assertIsResource($again);
        self::assertTrue(flock($again, LOCK_EX | LOCK_NB), 'The helper keeps it locked.');
        self::assertSame(
            [HelperProcess::PROTOCOL, Engine::VERSION],
            $helper->call(
                'hello',
                null,
                [
                    HelperProcess::PROTOCOL,
                ],
            ),
        );
        $helper->end();
    }

    #[TestDox('A hundred thousand calls and objects leave the helper as large as it was')]
    public function test_memory(): void
    {
        $vault = new Vault(self::SECRET);
        $parts = [];

        for ($part = 0; $part < 4; $part++) {
            for ($i = 0; $i < 12_500; $i++) {
                $vault->seal('a text of some length', 'a context');
                new Vault(self::SECRET);
            }

            $parts[] = self::memory(self::helper());
        }

        fwrite(STDERR, "\n    helper's RSS after 25,000 to 100,000 calls: " . implode(', ', $parts) . " KiB\n");
        self::assertLessThan($parts[0] + 1_024, $parts[3]);
    }

    #[TestDox('No helper is started before there is a call')]
    public function test_started_at_the_first_call(): void
    {
        $php = Program::start([PHP_BINARY, $this->script('
            $sql = CloverSync\Tests\Support\TestDatabase::create(CloverSync\Shop\Database\Dialect::Sqlite)->connect();
            $events = new CloverSync\Shop\Sales\OrderEvents(
                $sql,
                CloverSync\Environment::Sandbox->value,
                new CloverSync\Shop\Support\SystemClock(),
                static function (Throwable $e): never { throw $e; },
            );
            $events->statusChanged("1795407975", 5, 1);
            $events->edited("1795407975");
            class_exists(CloverSync\Connection::class);
            $isRunning = CloverSync\Shop\Engine\HelperProcess::isRunning(...);
            echo (int) $isRunning(), children(), "\n";
            CloverSync\Catalog::alias("A name");
            echo (int) $isRunning(), (int) (children() !== ""), "\n";
        ')]);
        self::assertSame("0\n11\n", $php->rest());
        self::assertSame(0, $php->end());
    }

    #[TestDox('No exception shows a secret in its trace')]
    public function test_traces(): void
    {
        $this->connected();
        $secret = 'the only secret of this test';
        $vault  = new Vault($secret);
        $seen   = [];
        $store  = new InterruptedTokenStore($this->store, static function () use ($vault, $secret): void {
            posix_kill(self::helper(), SIGKILL);
            $vault->seal($secret, 'a context');
        });
        $connection = new Connection($this->settings(['app_secret' => $secret]), $vault, $store);
        $before     = ini_set('zend.exception_ignore_args', '0');

        foreach ([
            static fn (): mixed => $connection->merchant(),
            static fn (): mixed => $vault->open($vault->seal($secret, 'x'), 'y'),
            static fn (): mixed => Settings::fromArray(['app_secret' => $secret, 'environment' => 'nowhere']),
            static fn (): mixed => new Vault(substr($secret, 0, 12)),
        ] as $work) {
            $e = self::thrown(CloverException::class, $work);

            for (; $e !== null; $e = $e->getPrevious()) {
                $seen[] = self::text($e->getTrace());
                $seen[] = (string) $e;
            }
        }

        ini_set('zend.exception_ignore_args', (string) $before);
        self::assertGreaterThan(7, \count($seen));
        self::assertStringNotContainsString('the only secr', implode("\n", $seen));
    }

    /** @param array<array-key, mixed> $trace */
    private static function text(array $trace): string
    {
        $text = '';

        foreach ($trace as $frame) {
            // Those of the test itself have its closures, which have the secret.
            if (
                \is_array($frame)
                && preg_match('/^(PHPUnit|CloverSync\\\\Tests)/', (string) ($frame['class'] ?? '')) !== 1
            ) {
                $text .= print_r($frame['args'] ?? [], true);
            }
        }

        return $text;
    }

    /** @param array<string, mixed> $more */
    private function settings(array $more = []): Settings
    {
        return Settings::fromArray(
            $more
            + [
                'app_id'     => Simulator::APP_ID,
                'app_secret' => Simulator::APP_SECRET,
                'base_url'   => $this->clover->url,
            ],
        );
    }

    private function connectedBy(TokenStore $store, ?callable $log = null): Connection
    {
        return new Connection($this->settings(), new Vault(self::SECRET), $store, $log);
    }

    private function onAlarm(int $seconds, \Closure $work): void
    {
        pcntl_async_signals(true);
        pcntl_signal(SIGALRM, static function () use ($work): void {
            $work();
        });
        pcntl_alarm($seconds);
    }

    /** @return string Path of a script with the project's classes and `children()`, the first child's id */
    private function script(string $code): string
    {
        $path = "$this->folder/script.php";
        file_put_contents(
            $path,
            '<?php require ' . var_export(\dirname(__DIR__) . '/bootstrap.php', true) . ';
            function children(): string {
                return explode(" ", (string) file_get_contents("/proc/self/task/" . getmypid() . "/children"))[0];
            }
            ' . $code,
        );

        return $path;
    }

    /** The helper's process, which is the only child of this one that runs it. */
    private static function helper(): int
    {
        self::assertTrue(HelperProcess::isRunning());
        $found = HelperKiller::of((int) getmypid());
        self::assertCount(1, $found);

        return $found[0] ?? 0;
    }

    /** @return int KiB of resident memory */
    private static function memory(int $pid): int
    {
        self::assertSame(1, preg_match('/^VmRSS:\s+(\d+) kB$/m', (string) file_get_contents("/proc/$pid/status"), $m));

        return (int) $m[1];
    }

    private static function assertGone(int $pid): void
    {
        // What has ended stays as a zombie until its exit code is read.
        $lives = static fn (): bool => (
            preg_match('/^State:\s+[^ZX]/m', (string) @file_get_contents("/proc/$pid/status")) === 1
        );

        for ($i = 0; $i < 50 && $lives(); $i++) {
            usleep(100_000);
        }

        self::assertFalse($lives());
    }

    /**
     * @template T of \Throwable
     *
     * @param class-string<T> $class
     *
     * @return T What was thrown
     */
    private static function thrown(string $class, callable $work): \Throwable
    {
        try {
            $work();
        } catch (\Throwable $e) {
            self::assertInstanceOf($class, $e, $e->getMessage());

            return $e;
        }

        self::fail("No $class was thrown.");
    }
}
