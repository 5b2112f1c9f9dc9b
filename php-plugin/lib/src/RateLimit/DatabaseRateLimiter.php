<?php

declare(strict_types=1);

namespace CloverSync\Shop\RateLimit;

\defined('_JEXEC') or die();

use CloverSync\RateLimiter;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Platform;
use CloverSync\Shop\Support\SystemClock;

/** Rate limiter for all processes of an environment: one database row, changed by guarded updates. */
final class DatabaseRateLimiter implements RateLimiter
{
    private const TABLE = '#__j2commerce_clover_pace';

    /** A process that loses this many races asks again later. */
    private const MAX_TRIES = 8;

    private string $id = '';

    private int $pid = -1;

    private bool $watched = false;

    /** Whether the row names this process. */
    private bool $known = false;

    /** @param int $share Percentage of the limits that this node may use */
    public function __construct(
        private readonly Sql $sql,
        private readonly string $environment,
        private readonly int $share = 100,
        private readonly Clock $clock = new SystemClock(),
        private readonly ?ProcessIdentity $process = null,
    ) {
    }

    public function __destruct()
    {
        $this->vacate();
    }

    /**
     * @throws \LogicException inside a transaction, where others would not see the row before the commit
     */
    public function exchange(
        int $wanted,
        int $unused,
        int $inFlight,
        array $ended,
        bool $leaving,
        int $closedFor,
        array $learned,
    ): ?array {
        if ($this->sql->inTransaction()) {
            throw new \LogicException('Clover cannot be asked inside a transaction.');
        }

        $this->enter();
        $began   = $this->clock->monotonic();
        $permits = [];

        try {
            $table = $this->change(function (PermitTable $table, ProcessIdentity $me) use (
                $wanted,
                $inFlight,
                $ended,
                $leaving,
                $closedFor,
                $learned,
                &$permits,
            ): void {
                $table->close($closedFor);
                $table->learn($learned);
                $table->sweep($this->id, $me);
                $table->report($this->id, $me, $this->share, $inFlight, $ended, $leaving);
                $permits     = $table->grant($this->id, $me, $this->share, $wanted);
                $this->known = $wanted > 0 || $inFlight > 0;
            });
        } catch (\RuntimeException $e) {
            // A process with permits gets to update the row soon enough; a call to Clover must not fail because of it.
            if (($unused + $inFlight) === 0) {
                throw $e;
            }

            return null;
        }

        return (
            $table === null
                ? null
                : [
                    'permits'   => $permits,
                    'validFor'  => PermitTable::LEASE,
                    'againIn'   => $table->againIn(Platform::random(0, 20)),
                    'others'    => $table->hasOthers($this->id),
                    'closedFor' => $table->closedFor(),
                    'learned'   => $table->learned(),
                ]
        );
    }

    /**
     * The token's limits: the documented ones, or those learned from Clover.
     *
     * @return array{per_second: int, concurrent: int, learned: bool}
     */
    public static function limits(Sql $sql, string $environment): array
    {
        $row    = self::row($sql, $environment);
        $limits = $row === null
            ? PermitTable::DOCUMENTED
            : PermitTable::fromJson(Row::string($row, 'leases'), Row::int($row, 'now'))->limits();

        return $limits + ['learned' => $limits !== PermitTable::DOCUMENTED];
    }

    /** @return ?array<string, int|float|string|null> */
    private static function row(Sql $sql, string $environment): ?array
    {
        return $sql->fetchOne('SELECT version, leases, '
        . $sql->dialect()->milliseconds()
        . ' AS now FROM '
        . self::TABLE
        . ' WHERE environment = ?', [$environment]);
    }

    /**
     * @param callable(PermitTable, ProcessIdentity): void $work
     *
     * @return ?PermitTable Null when other processes were faster each time
     */
    private function change(callable $work): ?PermitTable
    {
        $me = $this->process ?? ProcessIdentity::current();

        for ($try = 1; $try <= self::MAX_TRIES; $try++) {
            $row = self::row($this->sql, $this->environment);

            if ($row === null) {
                (new Bulk($this->sql))->upsert(
                    self::TABLE,
                    ['environment', 'version', 'leases'],
                    [[$this->environment, 0, '']],
                    ['environment'],
                    [],
                );

                continue;
            }

            $table = PermitTable::fromJson(Row::string($row, 'leases'), Row::int($row, 'now'));
            $work($table, $me);

            if (
                !$table->hasChanged()
                || $this->sql->execute('UPDATE '
                . self::TABLE
                . ' SET version = ?, leases = ? WHERE environment = ? AND version = ?', [
                    Row::int($row, 'version') + 1,
                    $table->toJson(),
                    $this->environment,
                    Row::int($row, 'version'),
                ]) === 1
            ) {
                return $table;
            }

            $this->clock->sleep((Platform::random(1, 4) * $try) / 1000);
        }

        return null;
    }

    /** Permits belong to one process: a forked child starts with none. */
    private function enter(): void
    {
        if ($this->pid === Platform::processId()) {
            return;
        }

        $this->pid   = Platform::processId();
        $this->id    = 'p' . bin2hex(random_bytes(8));
        $this->known = false;
        $this->vacateAtShutdown();
    }

    private function vacate(): void
    {
        if (!$this->known || $this->pid !== Platform::processId() || $this->sql->inTransaction()) {
            return;
        }

        $this->known = false;
        $inRequest   = Platform::fatalError() !== null;

        try {
            $this->change(fn (PermitTable $table) => $table->vacate($this->id, $inRequest));
        } catch (\Throwable) {
            // The lease ends by itself.
        }
    }

    /** For fatal errors and time limits, after which destructors do not run. */
    private function vacateAtShutdown(): void
    {
        if ($this->watched) {
            return;
        }

        $this->watched = true;
        $limiter       = \WeakReference::create($this);

        Platform::atShutdown(static function () use ($limiter): void {
            $limiter->get()?->vacate();
        });
    }
}
