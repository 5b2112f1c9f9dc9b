<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\Files;
use CloverSync\Tests\Support\PhpEngine;
use CloverSync\Tests\Support\ShopTestCase;

final class LockTest extends ShopTestCase
{
    public function test_one_process_holds_it_and_another_waits_until_it_is_released(): void
    {
        $first  = new Lock($this->sql, 'job');
        $second = new Lock($this->db->connect(), 'job');

        self::assertTrue($first->acquire());
        self::assertFalse($second->acquire());
        $first->release();
        self::assertTrue($second->acquire());
    }

    public function test_a_living_process_keeps_it_beyond_its_lease_on_its_own_node(): void
    {
        $clock = new FakeClock();
        $first = new Lock($this->sql, 'job', $clock);
        $other = new Lock($this->db->connect(), 'job', $clock);
        self::assertTrue($first->acquire());

        $clock->time += 50 + 3599;
        self::assertFalse($other->acquire());
        $clock->time += 1;
        self::assertTrue($other->acquire(), 'A process that hangs for an hour is given up.');
        self::assertFalse($first->renew(), 'The first holder learns that it lost the lock.');
        self::assertSame('', $first->holder());
    }

    public function test_another_node_waits_until_the_lease_ends(): void
    {
        $clock = new FakeClock();
        $first = new Lock($this->sql, 'job', $clock);
        $other = new Lock($this->db->connect(), 'job', $clock, new ProcessIdentity('another node', 1, 1));
        self::assertTrue($first->acquire());

        $clock->time += 49;
        self::assertFalse($other->acquire());
        $clock->time += 1;
        self::assertTrue($other->acquire());
        self::assertFalse($first->renew(), 'The first holder learns that it lost the lock.');
    }

    public function test_a_heartbeat_keeps_it(): void
    {
        $clock = new FakeClock();
        $first = new Lock($this->sql, 'job', $clock);
        $other = new Lock($this->db->connect(), 'job', $clock);
        $first->acquire();

        for ($i = 0; $i < 10; $i++) {
            $clock->time += 30;
            self::assertTrue($first->renew());
            self::assertFalse($other->acquire());
        }
    }

    public function test_what_a_killed_process_held_is_free_at_once_on_its_node(): void
    {
        $pid = pcntl_fork();

        if ($pid === 0) {
            (new Lock($this->db->connect(), 'job'))->acquire();
            Child::killMyself();
        }

        self::assertSame(SIGKILL, pcntl_wtermsig(Child::reap($pid)));
        self::assertTrue((new Lock($this->sql, 'job'))->acquire());
    }

    public function test_a_process_of_another_node_is_never_taken_for_dead(): void
    {
        $clock = new FakeClock();
        $far   = new Lock($this->sql, 'job', $clock, new ProcessIdentity('elsewhere', 999_999_999, 1));
        $here  = new Lock($this->db->connect(), 'job', $clock);
        $far->acquire();

        self::assertFalse($here->acquire());
        $clock->time += 50;
        self::assertTrue($here->acquire());
    }

    public function test_a_later_process_with_the_same_id_is_not_the_holder(): void
    {
        $me = ProcessIdentity::current();
        (new Lock($this->sql, 'job', process: new ProcessIdentity($me->node, $me->pid, $me->started - 1)))->acquire();

        self::assertTrue((new Lock($this->db->connect(), 'job'))->acquire());
    }

    public function test_of_fifty_contenders_exactly_one_gets_it(): void
    {
        $tries = Files::temporary('tries');
        $codes = $this->inProcesses(50, static function (Sql $sql) use ($tries): int {
            $lock = new Lock($sql, 'job');
            $got  = $lock->acquire();
            file_put_contents($tries, '.', FILE_APPEND | LOCK_EX);

            // A holder that ended would leave the lock to the next process.
            while ((int) filesize($tries) < 50) {
                usleep(1_000);
                clearstatcache();
            }

            return $got ? 1 : 0;
        });
        unlink($tries);

        self::assertSame(1, array_sum($codes));
    }

    public function test_fifty_contenders_that_wait_get_it_one_after_the_other(): void
    {
        (new KeyValueStore($this->sql, 'sandbox'))->set('n', '0');

        $codes = $this->inProcesses(50, static function (Sql $sql): int {
            $lock  = new Lock($sql, 'job');
            $state = new KeyValueStore($sql, 'sandbox');

            if (!$lock->wait(40.0)) {
                return 1;
            }

            $state->set('n', (string) ((int) $state->get('n') + 1));
            $lock->release();

            return 0;
        });

        self::assertSame(0, array_sum($codes));
        self::assertSame('50', (new KeyValueStore($this->sql, 'sandbox'))->get('n'));
    }

    public function test_it_is_not_taken_inside_a_transaction(): void
    {
        $this->expectException(\LogicException::class);
        $this->sql->transaction(fn () => (new Lock($this->sql, 'job'))->acquire());
    }

    public function test_tokens_are_stored_for_each_environment_and_never_inside_a_transaction(): void
    {
        PhpEngine::require();

        $store = new DatabaseTokenStore($this->sql, 'sandbox');
        self::assertNull($store->read());
        $store->write('sealed');
        self::assertSame('sealed', (new DatabaseTokenStore($this->db->connect(), 'sandbox'))->read());
        self::assertNull((new DatabaseTokenStore($this->sql, 'na'))->read());
        self::assertTrue($store->lock());
        $store->unlock();
        $store->delete();
        self::assertNull($store->read());

        $this->expectException(\LogicException::class);
        $this->sql->transaction(static fn () => $store->write('lost'));
    }
}
