<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Web sales never wait for a sync. */
final class SalesDuringSyncTest extends SalesTestCase
{
    #[TestDox('Sales are sent while another process syncs, and the sync completes')]
    public function test_during_a_sync(): void
    {
        $sync = $this->syncThatPauses();
        $this->assertSent();
        $sync->resume();
        self::assertSame('done', $sync->value()->status->value);
    }

    #[TestDox('Sales are sent at once after the process of a sync was killed, though its run is still open')]
    public function test_after_an_abandoned_sync(): void
    {
        $sync = $this->syncThatPauses();
        $sync->kill();
        self::assertTrue($sync->wasKilled());
        $this->assertSent();
    }

    #[TestDox('While another process sends, that is what is said, and not that a sync is running')]
    public function test_while_another_process_sends(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $other = Child::fork(function (Child $self): int {
            $lock = new Lock($this->db->connect(), 'work:sandbox', $this->clock);
            $lock->acquire();
            $self->pause();
            $lock->release();

            return 0;
        });
        $other->awaitPause();

        try {
            $this->work();
            self::fail('Two processes send.');
        } catch (AlreadyRunningException|AlreadySendingException $e) {
            self::assertInstanceOf(AlreadySendingException::class, $e);
        }

        self::assertSame(['done'], [$this->sync()->status->value]);
        $other->resume();
        $other->value();
        self::assertWork($this->work(), 2);
    }

    /** @return Child<SyncRunRow> */
    private function syncThatPauses(): Child
    {
        $child = Child::fork(function (Child $self): SyncRunRow {
            /** @var bool $paused */
            $paused = false;

            return $this
                ->shop(sql: $this->db->connect())
                ->runner(static function () use ($self, &$paused): void {
                    if (!$paused) {
                        $paused = true;
                        $self->pause();
                    }
                })
                ->run(new TimeBudget());
        });
        $child->awaitPause();

        return $child;
    }

    private function assertSent(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        self::assertWork($this->work(), 2);
        self::assertSame(18.0, (float) $this->inClover($this->mug));
    }
}
