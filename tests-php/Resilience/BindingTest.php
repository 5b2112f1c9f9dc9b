<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Page;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\InterruptedTokenStore;
use CloverSync\Tests\Support\MemoryTokenStore;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** The extension across forks, under signals, and while PHP code runs in its callbacks. */
#[Group('once')]
final class BindingTest extends ResilienceTestCase
{
    private const CALLS        = 20_000;
    private const GROWTH_LIMIT = 2 * 1024 * 1024;

    /** Memory growth that the test can detect. */
    private const LEAK = 'a list that grows';

    private MemoryTokenStore $store;

    protected function setUp(): void
    {
        parent::setUp();
        $this->store = new MemoryTokenStore();
    }

    protected function tearDown(): void
    {
        pcntl_alarm(0);
        pcntl_signal(SIGALRM, SIG_DFL);
        pcntl_async_signals(false);
        parent::tearDown();
    }

    #[TestDox('Objects used before a fork work in the child, in the child\'s child, and in the parent afterwards')]
    public function test_forks(): void
    {
        $connection = $this->connected();
        self::assertSame('USD', $connection->merchant()->currency);

        $grandchild = Child::fork(static function () use ($connection): array {
            $own = $connection->merchant()->currency;

            return [
                $own,
                Child::fork(static fn (): ?string => $connection->merchant()->currency)->value(),
                $connection->merchant()->currency,
            ];
        });
        self::assertSame('USD', $connection->merchant()->currency, 'Parent and child at the same time.');
        self::assertSame(['USD', 'USD', 'USD'], $grandchild->value());

        $children = Child::together(10, static function (Child $self) use ($connection): int {
            $self->pause();
            $read = 0;

            foreach ((new Catalog($connection, 'USD'))->pages() as $page) {
                $read += \count($page->itemIds());
            }

            return $read;
        });
        self::assertSame(array_fill(0, 10, \count($this->clover->items())), Child::values($children));
        self::assertSame('USD', $connection->merchant()->currency);
    }

    #[TestDox('Pages that were started before a fork are refused in the child and continue in the parent')]
    public function test_an_iterator_belongs_to_its_process(): void
    {
        $pages = (new Catalog($this->connected('synthetic:2300'), 'USD'))->pages();
        self::assertCount(1_000, $pages->current()?->itemIds() ?? []);

        foreach (['current', 'next', 'valid'] as $call) {
            $error = Child::fork(static fn (): mixed => $pages->$call() === null)->error();
            self::assertSame(BugException::class, $error[0] ?? null, $call);
            self::assertStringContainsString('fork', $error[1] ?? '');
        }

        $read = 0;

        while ($pages->valid()) {
            $read += \count($pages->current()?->itemIds() ?? []);
            $pages->next();
        }

        self::assertSame(2_300, $read);
    }

    #[TestDox('An exception in a signal handler ends the wait for a slow page promptly, and everything stays usable')]
    public function test_a_signal_ends_a_wait(): void
    {
        $connection = $this->connected('synthetic:1300');
        $catalog    = new Catalog($connection, 'USD');
        $this->clover->fault(Simulator::ITEM_PAGES, 'hold', 2);
        $pages  = $catalog->pages();
        $thrown = new \DomainException('time is over');
        $began  = microtime(true);
        $caught = $this->interrupted($thrown, static fn () => $pages->current());
        self::assertSame($thrown, $caught, (string) $caught?->getMessage());
        // A held request times out after 30 s.
        self::assertLessThan(29, microtime(true) - $began);
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertSame(1_300, self::read($catalog->pages()));
    }

    #[TestDox('Pages whose wait ended with an exception continue when asked again, and do not end the list early')]
    public function test_an_interrupted_iterator_goes_on(): void
    {
        $this->connected('synthetic:1300');
        $pages = (new Catalog($this->connection($this->store), 'USD'))->pages();
        $this->clover->fault(Simulator::ITEM_PAGES, 'delay', 2, 0, ['ms' => 20_000]);
        $this->interrupted(new \DomainException('time is over'), static fn () => $pages->current());

        try {
            $read = self::read($pages);
        } catch (CloverException) {
            // A refusal would be equally correct; the end of the list would not.
            $read = 1_300;
        }

        self::assertSame(1_300, $read);
    }

    #[TestDox('A signal handler that returns does not disturb a wait, and may use the same objects')]
    public function test_a_signal_handler_may_call_back(): void
    {
        $connection = $this->connected();
        $this->clover->fault('GET /v3/merchants/*/orders', 'delay', 1, 0, ['ms' => 1_500]);
        $seen = null;
        pcntl_async_signals(true);
        pcntl_signal(SIGALRM, static function () use ($connection, &$seen): void {
            $seen = $connection->status()->connected;
            $connection->requests();
        });
        pcntl_alarm(1);
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertTrue($seen, 'The handler did not run during the wait.');
    }

    #[TestDox('exit() inside the log callable ends the script with its code and its shutdown functions')]
    public function test_exit_in_the_log(): void
    {
        $this->clover = Simulator::start();
        self::assertSame([7, "logged\nshut down\n", ''], self::script(['exit-in-log.php', $this->clover->url]));
    }

    #[TestDox('An exception of the log callable reaches the caller unchanged')]
    public function test_a_throwing_log(): void
    {
        $this->connected();
        $thrown     = new \DomainException('the log is full');
        $connection = $this->connection($this->store, static fn () => throw $thrown);

        try {
            $connection->merchant();
            self::fail('Nothing was thrown.');
        } catch (\DomainException $e) {
            self::assertSame($thrown, $e);
        }
    }

    /**
     * @return array<string, array{string, bool}> Method, and whether only a token refresh calls it
     */
    public static function storeCalls(): array
    {
        return [
            'read'   => ['read', false],
            'lock'   => ['lock', true],
            'write'  => ['write', true],
            'unlock' => ['unlock', true],
        ];
    }

    #[DataProvider('storeCalls')]
    #[TestDox(
        'An exception of the token store\'s $method reaches the caller unchanged, and the connection stays usable',
    )]
    public function test_a_throwing_store(string $method, bool $refresh): void
    {
        $this->connected();
        $thrown = new \DomainException('the database is gone');
        /** @var bool $broken */
        $broken = true;
        $store  = new InterruptedTokenStore($this->store, static function (string $call) use (
            $method,
            $thrown,
            &$broken,
        ): void {
            if ($broken && $call === $method) {
                throw $thrown;
            }
        });
        $connection = $this->connection($store);

        if ($refresh) {
            $this->clover->tokens('expire');
        }

        for ($i = 0; $i < 2; $i++) {
            try {
                $connection->merchant();
                // After the new tokens are stored, no more lock is taken.
                self::assertSame('unlock', $method);
                self::assertSame(1, $i);
            } catch (\DomainException $e) {
                self::assertSame($thrown, $e);
            }
        }

        $broken = false;
        self::assertSame('USD', $connection->merchant()->currency);
        self::assertTrue($connection->status()->connected);
        self::assertLessThanOrEqual(
            1,
            $this->clover->refreshes(),
            'A broken store must not spend one refresh after the other.',
        );
    }

    #[TestDox('Twenty thousand calls of each cheap entry point, and walks over pages, do not make the process grow')]
    public function test_memory(): void
    {
        $this->clover = Simulator::start('synthetic:300');
        /** @var array<string, int> $growth Bytes */
        $growth = $this->json('memory.php', (string) self::CALLS);

        foreach ($growth as $what => $bytes) {
            self::report(\sprintf('%-24s %+8.1f KiB', $what, $bytes / 1024));
        }

        self::assertGreaterThan(self::GROWTH_LIMIT, $growth[self::LEAK], 'The measurement sees nothing.');
        unset($growth[self::LEAK]);
        self::assertCount(13, $growth);
        self::assertSame([], array_filter($growth, static fn (int $bytes): bool => $bytes > self::GROWTH_LIMIT));
    }

    private function connected(string $catalog = 'sandbox'): Connection
    {
        $this->clover  = Simulator::start($catalog);
        $connection    = $this->connection($this->store);
        $authorization = $connection->authorize(self::REDIRECT);
        $connection->complete(Simulator::approve($authorization->url), $authorization->state);

        return $connection;
    }

    /** @return ?\Throwable The exception that reached the caller when a signal handler threw it after a second */
    private function interrupted(\Throwable $thrown, callable $work): ?\Throwable
    {
        pcntl_async_signals(true);
        pcntl_signal(SIGALRM, static fn () => throw $thrown);
        // Late enough for the wait to have started on a busy machine.
        pcntl_alarm(2);

        try {
            $work();
        } catch (\Throwable $e) {
            return $e;
        } finally {
            pcntl_alarm(0);
            pcntl_signal(SIGALRM, SIG_DFL);
        }

        return null;
    }

    /** @param \Iterator<int, Page> $pages */
    private static function read(\Iterator $pages): int
    {
        $read = 0;

        foreach ($pages as $page) {
            $read += \count($page->itemIds());
        }

        return $read;
    }
}
