<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Connection;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Shop\Support\UtcTime;

/** One slice of a sync run: moves the run's row along with what the phases write. */
final class SyncSlice
{
    private ?Catalog $catalog = null;

    private int $requestsCounted;

    private float $secondsCounted;

    /** @param ?\Closure(SyncRunRow): void $progress Called after each step */
    public function __construct(
        public readonly int $id,
        private readonly Sql $sql,
        private readonly SyncRuns $runs,
        private readonly SyncLog $log,
        private readonly Lock $lock,
        private readonly Connection $connection,
        private readonly TimeBudget $budget,
        private readonly Clock $clock,
        private readonly ?\Closure $progress,
        /** @var list<string> As {@see \CloverSync\Shop\Links\Links::offline()} */
        private readonly array $offline,
    ) {
        $this->requestsCounted = $connection->requests();
        $this->secondsCounted  = $clock->monotonic();
    }

    public function row(): SyncRunRow
    {
        return $this->runs->get($this->id);
    }

    /** @param SyncRunRow $run Past {@see RunPhase::Prepare}, which finds out the currency */
    public function catalog(SyncRunRow $run): Catalog
    {
        return $this->catalog ??= new Catalog($this->connection, $run->currency, $run->trackStock, $this->offline);
    }

    /**
     * Writes one step of a phase in a transaction, together with its log entries and the run's cursor.
     *
     * @param \Closure(): WriteReport $write Called again when the transaction restarts
     *
     * @return bool Whether the slice continues
     *
     * @throws LockLostException when another process has taken the run over
     */
    public function step(string $cursor, \Closure $write): bool
    {
        $this->write(['cursor' => $cursor, 'error' => null], $write);

        if (!$this->lock->renew()) {
            throw new LockLostException(new Message(MessageCode::SyncTakenOver));
        }

        if ($this->progress !== null) {
            ($this->progress)($this->row());
        }

        return !$this->budget->isSpent();
    }

    /**
     * Enters the next phase.
     *
     * @param ?\Closure(): WriteReport $write The phase's last step, committed with it
     */
    public function enter(RunPhase $phase, ?\Closure $write = null): void
    {
        $this->write(['phase' => $phase->value, 'cursor' => null], $write);
    }

    /**
     * Ends the run, or stops it until the owner decides.
     *
     * @param \Closure(): WriteReport $write The last step, committed with it
     */
    public function end(RunStatus $status, ?Message $message, \Closure $write): void
    {
        $ended = $status === RunStatus::NeedsConfirmation ? [] : ['ended' => UtcTime::sql($this->clock->now())];
        $this->write(['status' => $status->value, 'error' => $message?->json()] + $ended, $write);
    }

    /**
     * @param array<string, scalar|null> $values Columns of the run
     * @param ?\Closure(): WriteReport   $write
     */
    public function write(array $values, ?\Closure $write = null): void
    {
        // A transaction may restart, so the cost is not added up inside it.
        $cost = $this->spent();
        $this->sql->transaction(function () use ($values, $write, $cost): void {
            $written = $write === null ? new WriteReport() : $write();
            $this->log->addAll($written->log, $this->id);
            $this->runs->advance($this->id, $this->lock->holder(), $values, $written, $cost);
        });
    }

    /** The cost since the last call. */
    private function spent(): RunCost
    {
        $counted = $this->connection->requests();
        // A helper that follows one that was killed counts from zero.
        $requests = $counted - ($counted < $this->requestsCounted ? 0 : $this->requestsCounted);
        $seconds  = $this->clock->monotonic() - $this->secondsCounted;

        $this->requestsCounted = $counted;
        $this->secondsCounted  += $seconds;

        return new RunCost($requests, $seconds);
    }
}
