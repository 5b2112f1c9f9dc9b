<?php

declare(strict_types=1);

namespace CloverSync\Shop\Locking;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\SystemClock;

/**
 * A named lease, held by one process of all web nodes.
 *
 * On its own node, the lock of a killed process is free at once; on other nodes, when the lease ends. On its own node a
 * running process keeps the lock beyond the lease.
 */
final class Lock
{
    private const TABLE = '#__j2commerce_clover_locks';

    /** Seconds after the end of its lease when a running process that does not renew it counts as hung. */
    private const HUNG = 3600;

    /** Seconds by which the clocks of web nodes may differ. */
    private const TOLERANCE = 300;

    private string $holder = '';

    private int $renewedAt = 0;

    private bool $watched = false;

    public function __construct(
        private readonly Sql $sql,
        private readonly string $name,
        private readonly Clock $clock = new SystemClock(),
        private readonly ?ProcessIdentity $process = null,
        /**
         * Seconds. A waiting process must notice within a minute that a holder on another node has died, including its
         * own pause between two attempts.
         */
        private readonly int $lease = 50,
    ) {
    }

    /**
     * @return bool False when another process holds it
     *
     * @throws \LogicException inside a transaction, where others would not see it before the commit
     */
    public function acquire(): bool
    {
        if ($this->sql->inTransaction()) {
            throw new \LogicException('A lock cannot be taken inside a transaction.');
        }

        if ($this->holder !== '') {
            return $this->renew();
        }

        // Read here and not at construction, because the process may have forked since.
        $me   = $this->process ?? ProcessIdentity::current();
        $mine = bin2hex(random_bytes(16));
        $row  = $this->sql->fetchOne('SELECT holder, node, pid, pid_started, expires FROM '
        . self::TABLE
        . ' WHERE name = ?', [$this->name]);

        if ($row === null) {
            (new Bulk($this->sql))->upsert(self::TABLE, ['name'], [[$this->name]], ['name'], []);
            $row = ['holder' => '', 'node' => '', 'pid' => 0, 'pid_started' => 0, 'expires' => 0];
        }

        if (
            !$this->isFree($row, $me)
            || $this->sql->execute('UPDATE '
            . self::TABLE
            . ' SET holder = ?, node = ?, pid = ?, pid_started = ?, expires = ? WHERE name = ? AND holder = ? '
            . 'AND expires = ?', [
                $mine,
                $me->node,
                $me->pid,
                $me->started,
                $this->clock->now() + $this->lease,
                $this->name,
                $row['holder'],
                (int) $row['expires'],
            ]) !== 1
        ) {
            return false;
        }

        $this->holder    = $mine;
        $this->renewedAt = $this->clock->now();
        $this->releaseAtShutdown();

        return true;
    }

    /** Whether another process holds it now. */
    public function isTaken(): bool
    {
        $row = $this->sql->fetchOne('SELECT holder, node, pid, pid_started, expires FROM '
        . self::TABLE
        . ' WHERE name = ?', [$this->name]);

        return (
            $row !== null
            && $row['holder'] !== $this->holder
            && !$this->isFree($row, $this->process ?? ProcessIdentity::current())
        );
    }

    /** @param array<string, int|float|string|null> $row */
    private function isFree(array $row, ProcessIdentity $me): bool
    {
        // A call to Clover may take longer than a lease, so a process that is certainly running keeps the lock, unless
        // it hangs.
        $overdue = $this->clock->now() - (int) $row['expires'];
        $patient = $overdue < self::HUNG
        && $me->isAlive((string) $row['node'], (int) $row['pid'], (int) $row['pid_started']);

        return (
            $row['holder'] === ''
            // A lease that ends later than possible comes from a clock that was ahead.
            || ($overdue >= 0 || $overdue < (-$this->lease - self::TOLERANCE))
            && !$patient
            || $me->isDead((string) $row['node'], (int) $row['pid'], (int) $row['pid_started'])
        );
    }

    /** Tries until it has the lock or the time is over. */
    public function wait(float $seconds): bool
    {
        $end = $this->clock->monotonic() + $seconds;

        while (!$this->acquire()) {
            if ($this->clock->monotonic() >= $end) {
                return false;
            }

            $this->clock->sleep(Platform::random(50, 150) / 1000);
        }

        return true;
    }

    /**
     * The same for work that cannot go on without it.
     *
     * @throws AlreadyRunningException with this message, when the time is over
     */
    public function requireWithin(int $seconds, Message $busy): void
    {
        if (!$this->wait($seconds)) {
            throw new AlreadyRunningException($busy);
        }
    }

    /**
     * Extends the lease; cheap enough to call often.
     *
     * @return bool False when the lock was lost to another process
     */
    public function renew(): bool
    {
        if ($this->holder === '') {
            return false;
        }

        if (($this->clock->now() - $this->renewedAt) < intdiv($this->lease, 6)) {
            return true;
        }

        $this->renewedAt = $this->clock->now();

        if (
            $this->sql->execute('UPDATE ' . self::TABLE . ' SET expires = ? WHERE name = ? AND holder = ?', [
                $this->renewedAt + $this->lease,
                $this->name,
                $this->holder,
            ]) === 1
        ) {
            return true;
        }

        $this->holder = '';

        return false;
    }

    /**
     * Whether it is certainly held, until the caller's transaction ends: no other process can take it over before.
     *
     * What a transaction stores under it is stored by the holder, even when the process had slept past its lease.
     */
    public function isHeldForSure(): bool
    {
        if (
            $this->holder !== $this->sql->fetchValue(
                'SELECT holder FROM ' . self::TABLE . ' WHERE name = ?' . $this->sql->dialect()->lockRows(),
                [$this->name],
            )
        ) {
            $this->holder = '';
        }

        return $this->holder !== '';
    }

    public function release(): void
    {
        if ($this->holder === '') {
            return;
        }

        $holder       = $this->holder;
        $this->holder = '';
        $this->sql->execute('UPDATE ' . self::TABLE . " SET holder = '', expires = 0 WHERE name = ? AND holder = ?", [
            $this->name,
            $holder,
        ]);
    }

    /** Distinguishes this acquisition of the lock from every other; empty when not held. */
    public function holder(): string
    {
        return $this->holder;
    }

    /** For fatal errors and time limits, after which `finally` does not run. */
    private function releaseAtShutdown(): void
    {
        if ($this->watched) {
            return;
        }

        $this->watched = true;
        $lock          = \WeakReference::create($this);
        $pid           = Platform::processId();

        Platform::atShutdown(static function () use ($lock, $pid): void {
            try {
                // A forked child inherits this function, but not the lock.
                if (Platform::processId() === $pid) {
                    $lock->get()?->release();
                }
            } catch (\Throwable) {
                // The lease ends by itself.
            }
        });
    }
}
