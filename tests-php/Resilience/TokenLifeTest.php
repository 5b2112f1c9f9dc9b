<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Exception\ReconnectException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\UnavailableException;
use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\InterruptedTokenStore;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Vault;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** A refresh token works once: which process uses it, and what happens when a process or a response is lost. */
final class TokenLifeTest extends ResilienceTestCase
{
    private const REFRESH  = 'POST /oauth/v2/refresh';
    private const RECOVERY = 'POST /oauth/v2/recovery';

    protected function setUp(): void
    {
        parent::setUp();
        $this->connectTo();
    }

    #[TestDox('Of fifty processes that find an expired token at once, one refreshes and all get their response')]
    public function test_fifty_processes_whose_token_clover_refuses_refresh_once(): void
    {
        $this->clover->tokens('expire');
        $this->assertOneRefreshServes(
            50,
            fn (Sql $sql): ?string => $this->shop($sql)->connection->merchant()->currency,
            'USD',
        );
    }

    #[TestDox('Of fifty processes that see a token about to expire, one refreshes and all get their response')]
    public function test_fifty_processes_whose_token_is_old_refresh_once(): void
    {
        StoredTokens::age($this->sql, self::SECRET, 1_750);
        $this->assertOneRefreshServes(
            50,
            fn (Sql $sql): ?string => $this->shop($sql)->connection->merchant()->currency,
            'USD',
        );
    }

    #[TestDox('Of eight scheduled tasks that refresh early at once, exactly one reports that it did')]
    public function test_refreshing_ahead_is_done_once(): void
    {
        StoredTokens::age($this->sql, self::SECRET, 700);
        $said = $this->assertOneRefreshServes(8, fn (Sql $sql): bool => $this->shop($sql)->connection->refresh());
        self::assertSame(1, \count(array_keys($said, true, true)));
    }

    #[TestDox('A task every 25 minutes keeps the token valid, and the owner is warned only without such a task')]
    public function test_the_owner_is_warned_of_a_token_that_ends(): void
    {
        self::assertFalse($this->shop()->dashboard()->read()->tokenEndsSoon);
        StoredTokens::age($this->sql, self::SECRET, 1_400);
        self::assertFalse($this->shop()->dashboard()->read()->tokenEndsSoon);
        StoredTokens::age($this->sql, self::SECRET, 110);
        self::assertTrue($this->shop()->dashboard()->read()->tokenEndsSoon);
        self::assertTrue($this->shop()->connection->refresh());
        self::assertFalse($this->shop()->dashboard()->read()->tokenEndsSoon);
        self::assertFalse($this->shop()->connection->refresh(), 'A fresh one is left alone.');
        $this->shop()->connectionService()->disconnect();
        self::assertFalse($this->shop()->dashboard()->read()->tokenEndsSoon);
    }

    #[TestDox('A refresh whose response Clover loses is recovered, and the recovered tokens are stored')]
    public function test_a_refresh_that_clover_lost_is_recovered(): void
    {
        $this->clover->switches(['refresh_lost_response' => 1]);
        $this->assertLostRefreshIsRecovered();
    }

    #[TestDox('A refresh whose response is dropped on the way is recovered, and the recovered tokens are stored')]
    public function test_a_refresh_that_was_dropped_is_recovered(): void
    {
        $this->clover->fault(self::REFRESH, 'apply_then_drop');
        $this->assertLostRefreshIsRecovered();
    }

    #[TestDox('A refresh whose response is cut or garbled is recovered')]
    public function test_a_refresh_that_was_garbled_is_recovered(): void
    {
        $this->clover->fault(self::REFRESH, 'garbage');
        $this->assertLostRefreshIsRecovered(200);
    }

    #[TestDox('When all responses to a refresh are lost the error is temporary, and the next call recovers')]
    public function test_two_lost_answers_leave_the_connection_sound(): void
    {
        $this->clover->fault(self::REFRESH, 'apply_then_drop', 2);
        $this->clover->tokens('expire');

        self::thrown(UnavailableException::class, fn () => $this->shop()->connection->merchant());
        $status = $this->shop()->connection->status();
        self::assertTrue($status->connected);
        self::assertNull($status->reconnectReason);

        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertSame([1, 1], [$this->clover->refreshes(), $this->clover->recoveries()]);
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('A recovery whose response is lost too is repeated')]
    public function test_a_lost_recovery_is_repeated(): void
    {
        $this->clover->fault(self::REFRESH, 'apply_then_drop');
        $this->clover->fault(self::RECOVERY, 'apply_then_drop');
        $this->clover->tokens('expire');

        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertSame([1, 2], [$this->clover->refreshes(), $this->clover->recoveries()]);
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox(
        'After a kill between the refresh\'s response and its storing, the lock is free and the tokens are recovered',
    )]
    public function test_a_kill_before_the_tokens_are_stored_is_recovered(): void
    {
        $this->clover->tokens('expire');
        $child = Child::fork(function (): void {
            $store = new InterruptedTokenStore(
                new DatabaseTokenStore($this->db->connect(), 'sandbox'),
                static function (string $call): void {
                    if ($call === 'write') {
                        Child::killMyself();
                    }
                },
            );
            $this->connection($store)->merchant();
        });
        self::assertTrue($child->wasKilled(), implode(': ', $child->error() ?? ['It went on.']));
        self::assertSame(1, $this->clover->refreshes());
        self::assertNotSame(
            '',
            $this->sql->fetchValue("SELECT holder FROM #__j2commerce_clover_locks WHERE name = 'tokens:sandbox'"),
            'The killed process held the lock.',
        );

        $mark  = $this->clover->mark();
        $began = microtime(true);
        self::assertSame(
            'USD',
            Child::fork(fn (): ?string => $this->shop($this->db->connect())->connection->merchant()->currency)->value(),
        );
        // The lease lasts 50 s.
        self::assertLessThan(45, microtime(true) - $began, 'It waited for the lease to end.');
        self::assertSame([1, 1], [$this->clover->refreshes(), $this->clover->recoveries()]);
        self::assertSame([self::REFRESH . ' 401', self::RECOVERY . ' 200'], $this->oauthCalls($mark));
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('A process killed while it waits for the refresh\'s response costs only a recovery')]
    public function test_a_kill_during_the_refresh_is_recovered(): void
    {
        $this->clover->fault(self::REFRESH, 'delay', with: ['ms' => 20_000]);
        $this->clover->tokens('expire');
        $mark  = $this->clover->mark();
        $child = Child::fork(fn (): mixed => $this->shop($this->db->connect())->connection->merchant());
        $this->untilRefreshing($mark);
        $child->kill();
        self::assertTrue($child->wasKilled());
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertSame([1, 1], [$this->clover->refreshes(), $this->clover->recoveries()]);
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('An exception of the log callable during a refresh arrives unchanged, and leaves the lock to others')]
    public function test_a_log_that_throws_during_a_refresh(): void
    {
        $this->clover->tokens('expire');
        $thrown = new \DomainException('The log is full.');
        $store  = new DatabaseTokenStore($this->db->connect(), 'sandbox');
        $shop   = $this->connection($store, static function (string $level, string $message) use ($thrown): void {
            str_contains($message, '/oauth/v2/refresh') && throw $thrown;
        });
        self::assertSame($thrown, self::thrown(\DomainException::class, static fn () => $shop->merchant()));
        self::assertSame(
            '',
            $this->sql->fetchValue("SELECT holder FROM #__j2commerce_clover_locks WHERE name = 'tokens:sandbox'"),
        );
        self::assertSame('USD', $this->shop($this->db->connect())->connection->merchant()->currency);
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox(
        'When refresh and recovery are both refused, no request is sent for ten minutes; a second refusal ends it',
    )]
    public function test_refused_twice(): void
    {
        $this->clover->tokens('revoke');
        $first = self::thrown(RefusedException::class, fn () => $this->shop()->connection->merchant());
        \assert($first instanceof RefusedException);
        self::assertEqualsWithDelta(time(), $first->getRefusedAt(), 10);
        self::assertSame($first->getRefusedAt() + 600, $first->getNextTryAt());
        self::assertEqualsWithDelta(600, $first->getRetryAfter(), 10);
        self::assertSame([0, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);

        $status = $this->shop($this->db->connect())->connection->status();
        self::assertSame([true, null, $first->getRefusedAt(), $first->getNextTryAt()], [
            $status->connected,
            $status->reconnectReason,
            $status->refusedAt,
            $status->nextTryAt,
        ]);
        $this->assertNothingIsAsked(RefusedException::class);

        StoredTokens::age($this->sql, self::SECRET, 600);
        $second = self::thrown(ReconnectException::class, fn () => $this->shop()->connection->merchant());
        $status = $this->shop($this->db->connect())->connection->status();
        self::assertSame([false, null, null], [$status->connected, $status->refusedAt, $status->nextTryAt]);
        self::assertNotNull($status->reconnectReason);
        self::assertEquals($second->getProblem(), $status->reconnectReason);
        $this->assertNothingIsAsked(ReconnectException::class);

        $this->connect($this->shop());
        self::assertTrue($this->shop()->connection->status()->connected);
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
    }

    #[TestDox('After the first refusal the owner can connect again at once')]
    public function test_connecting_again_clears_a_refusal(): void
    {
        $this->clover->tokens('revoke');
        self::thrown(RefusedException::class, fn () => $this->shop()->connection->merchant());
        $this->connect($this->shop());
        self::assertNull($this->shop()->connection->status()->refusedAt);
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
    }

    #[TestDox('A refusal that Clover does not repeat is forgotten')]
    public function test_one_refusal_is_survived(): void
    {
        $refusal = ['code' => 401, 'body' => ['message' => 'Invalid refresh token']];
        $this->clover->fault(self::REFRESH, 'status', with: $refusal);
        $this->clover->fault(self::RECOVERY, 'status', 2, with: $refusal);
        $this->clover->tokens('expire');
        self::thrown(RefusedException::class, fn () => $this->shop()->connection->merchant());
        $this->assertNothingIsAsked(RefusedException::class);
        StoredTokens::age($this->sql, self::SECRET, 600);
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertNull($this->shop()->connection->status()->refusedAt);
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('A refusal while the access token is still valid delays no call')]
    public function test_a_refused_refresh_ahead_of_time(): void
    {
        $this->clover->fault(self::REFRESH, 'status', with: [
            'code' => 401,
            'body' => ['message' => 'Invalid refresh token'],
        ]);
        $this->clover->fault(self::RECOVERY, 'status', 2, with: [
            'code' => 401,
            'body' => ['message' => 'Invalid refresh token'],
        ]);
        StoredTokens::age($this->sql, self::SECRET, 700);
        self::thrown(RefusedException::class, fn () => $this->shop()->connection->refresh());
        $mark = $this->clover->mark();
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertSame([], $this->oauthCalls($mark));
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function answersThatAreNoVerdict(): iterable
    {
        $page = '<!doctype html><title>Access Denied</title>';

        foreach ([400, 401, 403, 404, 503] as $code) {
            yield "a page, $code" => [['code' => $code, 'body' => $page]];
        }

        yield 'a login page' => [['code' => 200, 'body' => $page]];
        yield 'nothing, 401' => [['code' => 401, 'body' => '']];
        yield 'Clover under load' => [['code' => 400, 'body' => ['message' => 'Internal Error']]];
        yield 'Clover, 403' => [['code' => 403, 'body' => ['message' => 'Forbidden']]];
        yield 'JSON of another form' => [['code' => 401, 'body' => ['success' => false]]];
        yield 'tokens without what matters' => [['code' => 200, 'body' => ['access_token' => 'a']]];
        yield 'a redirect' => [['code' => 302, 'body' => '']];
    }

    /** @param array<string, mixed> $answer */
    #[DataProvider('answersThatAreNoVerdict')]
    #[TestDox('A refresh answered by a proxy, once or for a whole run, is not a refusal: the next run works')]
    public function test_only_clovers_word_ends_a_connection(array $answer): void
    {
        // Once costs nothing. Each run tries a refresh twice, and a recovery twice at most.
        foreach ([1, 6] as $times) {
            $this->clover->clearFaults();
            $this->clover->fault(self::REFRESH, 'status', $times, with: $answer);
            $this->clover->fault(self::RECOVERY, 'status', $times, with: $answer);
            $this->clover->tokens('expire');

            if ($times === 1) {
                self::assertSame('USD', $this->shop()->connection->merchant()->currency);
                // A pair that was fetched a moment ago is not suspected.
                StoredTokens::age($this->sql, self::SECRET, 60);

                continue;
            }

            for ($i = 0; $i < 3; $i++) {
                $failed = self::thrown(UnavailableException::class, fn () => $this->shop()->connection->merchant());
                self::assertNotInstanceOf(RefusedException::class, $failed);
                self::assertStringNotContainsString('permission', $failed->getMessage());
                $status = $this->shop()->connection->status();
                self::assertSame([true, null, null], [
                    $status->connected,
                    $status->reconnectReason,
                    $status->refusedAt,
                ]);
            }

            $this->clover->clearFaults();
            self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        }

        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('A record of 0.1.0, which stored no first refusal, can be opened and is used')]
    public function test_an_old_record_opens(): void
    {
        $store = new DatabaseTokenStore($this->sql, 'sandbox');
        [$merchant, $sealed] = explode('.', (string) $store->read(), 2);
        $record = Json::decode((new Vault(self::SECRET))->open($sealed, "sandbox/$merchant/tokens"));
        self::assertSame(['merchant', 'reconnect', 'tokens'], array_keys($record));
        self::assertSame(
            [
                'access',
                'access_expires_at',
                'refresh',
                'refresh_expires_at',
                'previous_refresh',
                'rotated_at',
                'origin',
            ],
            array_keys(Json::decode(Json::string($record['tokens']))),
        );
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
    }

    #[TestDox(
        'The end of the connection is stored before the lock is released, so that no other process tries in between',
    )]
    public function test_the_reason_is_stored_under_the_lock(): void
    {
        $this->clover->tokens('revoke');
        $stored = [];
        $store  = new InterruptedTokenStore(new DatabaseTokenStore($this->sql, 'sandbox'), function (string $call) use (
            &$stored,
        ): void {
            if ($call === 'unlock') {
                $status   = $this->shop($this->db->connect())->connection->status();
                $stored[] = [$status->refusedAt !== null, $status->reconnectReason !== null];
            }
        });
        self::thrown(RefusedException::class, fn () => $this->connection($store)->merchant());
        StoredTokens::age($this->sql, self::SECRET, 600);
        self::thrown(ReconnectException::class, fn () => $this->connection($store)->merchant());
        self::assertSame([[true, false], [false, true]], $stored);
    }

    #[TestDox('A running process whose refresh takes longer than its lease keeps the lock')]
    public function test_a_slow_refresh_is_not_doubled(): void
    {
        $mark  = $this->clover->mark();
        $first = $this->refreshing();

        try {
            $this->shop(clock: new FakeClock(time() + 90.0))->connection->merchant();
        } catch (UnavailableException) {
            // It may report that another process is refreshing.
        }

        self::assertSame('USD', $first->value());
        self::assertSame([self::REFRESH . ' 200'], $this->oauthCalls($mark));
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('A disconnect during a refresh waits for its end, so that the shop stays disconnected')]
    public function test_a_disconnect_during_a_refresh_lasts(): void
    {
        $child = $this->refreshing();
        $this->shop()->connectionService()->disconnect();
        $child->end();
        self::assertFalse($this->shop()->connection->status()->connected);
        self::assertNull((new DatabaseTokenStore($this->sql, 'sandbox'))->read());
    }

    #[TestDox('A disconnect waits for the lock no longer than any process, and the refresh then stores nothing')]
    public function test_a_disconnect_is_not_prevented_by_a_slow_refresh(): void
    {
        $child = $this->refreshing();
        $this
            ->shop(clock: new FakeClock((float) time()))
            ->connectionService()
            ->disconnect();
        self::assertFalse($this->shop()->connection->status()->connected);
        self::assertSame(ReconnectException::class, $child->error()[0] ?? null);
        self::assertNull((new DatabaseTokenStore($this->sql, 'sandbox'))->read());
    }

    #[TestDox('A shop that connects again during a refresh keeps the tokens of the new connection')]
    public function test_connecting_again_during_a_refresh_lasts(): void
    {
        $child = $this->refreshing();
        $this->connect($this->shop(clock: new FakeClock((float) time())));
        $record = (new DatabaseTokenStore($this->sql, 'sandbox'))->read();
        self::assertSame('USD', $child->value());
        self::assertSame($record, (new DatabaseTokenStore($this->sql, 'sandbox'))->read());
        $this->assertFreshProcessNeedsNoRefresh();
    }

    #[TestDox('Fifty processes with revoked tokens all see it after one refused refresh')]
    public function test_fifty_processes_after_a_revocation(): void
    {
        $this->clover->tokens('revoke');
        $mark     = $this->clover->mark();
        $children = Child::together(50, function (Child $self): string {
            $connection = $this->shop($this->db->connect())->connection;
            $self->pause();

            try {
                return (string) $connection->merchant()->currency;
            } catch (RefusedException) {
                return 'refused';
            }
        });
        self::assertSame(['refused' => 50], array_count_values(Child::values($children)));
        self::assertSame(
            [self::REFRESH . ' 401'],
            array_values(array_filter($this->oauthCalls($mark), static fn (string $c): bool => str_starts_with(
                $c,
                self::REFRESH,
            ))),
        );
    }

    private function assertLostRefreshIsRecovered(int $status = 0): void
    {
        $this->clover->tokens('expire');
        $mark = $this->clover->mark();
        self::assertSame('USD', $this->shop()->connection->merchant()->currency);
        self::assertSame([1, 1], [$this->clover->refreshes(), $this->clover->recoveries()]);
        self::assertSame(
            [self::REFRESH . " $status", self::REFRESH . ' 401', self::RECOVERY . ' 200'],
            $this->oauthCalls($mark),
        );
        $this->assertFreshProcessNeedsNoRefresh();
    }

    /**
     * @template T
     *
     * @param callable(Sql): T $call
     *
     * @return list<T>
     */
    private function assertOneRefreshServes(int $processes, callable $call, mixed $answer = null): array
    {
        $mark     = $this->clover->mark();
        $began    = microtime(true);
        $children = Child::together($processes, function (Child $self) use ($call): mixed {
            $sql = $this->db->connect();
            $self->pause();

            return $call($sql);
        });
        $answers = Child::values($children);

        if ($answer !== null) {
            self::assertSame(array_fill(0, \count($children), $answer), $answers);
        }

        self::assertSame([1, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);
        self::assertSame([self::REFRESH . ' 200'], $this->oauthCalls($mark));
        self::assertTrue($this->shop()->connection->status()->connected);
        $this->assertFreshProcessNeedsNoRefresh();
        self::report(\sprintf('%d processes, 1 refresh, %.1f s', $processes, microtime(true) - $began));

        return $answers;
    }

    /** @param class-string<\Throwable> $class Exception of every call */
    private function assertNothingIsAsked(string $class): void
    {
        $mark = $this->clover->mark();

        for ($i = 0; $i < 3; $i++) {
            self::thrown($class, fn () => $this->shop($this->db->connect())->connection->merchant());
            self::thrown($class, fn () => $this->shop($this->db->connect())->connection->refresh());
        }

        self::assertSame([], $this->clover->calls($mark));
    }

    /** @return Child<?string> Waits for the response to its refresh; its result is the merchant's currency */
    private function refreshing(): Child
    {
        $this->clover->fault(self::REFRESH, 'delay', with: ['ms' => 3_000]);
        $this->clover->tokens('expire');
        $mark  = $this->clover->mark();
        $child = Child::fork(fn (): ?string => $this->shop($this->db->connect())->connection->merchant()->currency);
        $this->untilRefreshing($mark);

        return $child;
    }

    private function untilRefreshing(int $since): void
    {
        for ($end = microtime(true) + 60; $this->oauthCalls($since) === [];) {
            self::assertLessThan($end, microtime(true), 'No refresh was begun.');
            usleep(5_000);
        }
    }

    /** @return list<string> */
    private function oauthCalls(int $since): array
    {
        return array_values(array_filter($this->clover->calls($since), static fn (string $call): bool => str_contains(
            $call,
            ' /oauth/',
        )));
    }

    /** The tokens have been stored, and the lock is free. */
    private function assertFreshProcessNeedsNoRefresh(): void
    {
        $mark = $this->clover->mark();
        self::assertSame(
            'USD',
            Child::fork(fn (): ?string => $this->shop($this->db->connect())->connection->merchant()->currency)->value(),
        );
        self::assertSame([], $this->oauthCalls($mark));
        self::assertSame(
            ['GET /v3/- 401', 'GET /v3/-/orders 200', 'GET /v3/-/properties 401'],
            self::sorted($this->clover->calls($mark)),
            'An unexpected request.',
        );
        $lock = new Lock($this->db->connect(), 'tokens:sandbox');
        self::assertTrue($lock->acquire(), 'The lock is still taken.');
        $lock->release();
    }

    /**
     * @param list<string> $list
     *
     * @return list<string>
     */
    private static function sorted(array $list): array
    {
        sort($list);

        return $list;
    }
}
