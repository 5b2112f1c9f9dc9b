<?php

declare(strict_types=1);

namespace CloverSync\Shop\Tasks;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;

/**
 * What the scheduled tasks do, a slice of work at a time.
 *
 * Each of them also brings web sales into Clover and works what webhooks have told, since on many servers nothing else
 * does. A part that fails does not keep the others from being done.
 */
final readonly class ScheduledTasks
{
    /** What comes before the task's own work may take this part of the slice for web sales, and again for webhooks. */
    private const BEFORE = 0.25;

    /** Seconds within which a run that is not ours may only be between two slices. */
    private const PAUSE = 60;

    /** Names the run that a task has left to the next slice. */
    private const RUN = 'task_run';

    /** @param float $seconds How long a slice may go on; what is under way then is still ended */
    public function __construct(
        private Services $shop,
        private float $seconds,
    ) {
    }

    /**
     * Pulls the whole catalogue when the owner's interval is over, and goes on with a run that was cut.
     *
     * @throws CloverException when the stored connection cannot be read
     */
    public function fullSync(): TaskReport
    {
        return $this->slice(function (TaskReport $result, TimeBudget $slice): void {
            $this->drain($result, fn (): TimeBudget => $this->part($slice, self::BEFORE));
            $this->attempt($result, 'sync', fn () => $this->sync($result, $slice));

            if ($result->outcome() !== TaskReport::NOTHING && !$slice->isSpent()) {
                $this->drain($result, static fn (): TimeBudget => $slice);
            }
        });
    }

    /**
     * Refreshes the access token when less than two thirds of its time remain.
     *
     * @throws CloverException when the stored connection cannot be read
     */
    public function refreshToken(): TaskReport
    {
        return $this->slice(function (TaskReport $result, TimeBudget $slice): void {
            $this->attempt($result, 'token', fn () => $this->refresh($result));
            $this->drain($result, static fn (): TimeBudget => $slice);
        });
    }

    /**
     * Brings the counts up to date and nothing else of the catalogue.
     *
     * @throws CloverException when the stored connection cannot be read
     */
    public function inventory(): TaskReport
    {
        return $this->slice(function (TaskReport $result, TimeBudget $slice): void {
            $this->attempt($result, 'inventory', fn () => $this->counts($result, $this->part(
                $slice,
                1 - self::BEFORE,
            )));
            $this->drain($result, static fn (): TimeBudget => $slice);
        });
    }

    /** @param \Closure(TaskReport, TimeBudget): void $work Not done unless there is a connection, and of this site */
    private function slice(\Closure $work): TaskReport
    {
        $result = new TaskReport();
        $slice  = new TimeBudget($this->seconds, null, $this->shop->clock);
        $this->purge();
        $status = $this->shop->connection->status();

        if (!$status->connected) {
            $status->reconnectReason === null
                ? $result->say('not_connected')
                : $result->say('connection_lost', $status->reconnectReason);

            return $result;
        }

        try {
            $this->shop->guard->check();
        } catch (SiteMovedException $e) {
            $result->say('site_moved', $e->getMessage());

            return $result;
        }

        $work($result, $slice);

        return $result;
    }

    /** Old entries go, whether or not anything else is done. */
    private function purge(): void
    {
        $this->shop->log->purge($this->shop->settings->logRetention);

        if ($this->shop->merchantId() !== null) {
            $this->shop->inbox()->purge();
        }
    }

    /** A part of the time, and never beyond the slice's end. */
    private function part(TimeBudget $slice, float $share): TimeBudget
    {
        return new TimeBudget($this->seconds * $share, $slice->isSpent(...), $this->shop->clock);
    }

    /** @param \Closure(): void $work Not done again after it has failed */
    private function attempt(TaskReport $result, string $part, \Closure $work): void
    {
        // A part before may have found the connection broken; it has said so.
        if ($result->hasFailed($part) || !$this->shop->connection->status()->connected) {
            return;
        }

        try {
            $work();
        } catch (AlreadyRunningException|LockLostException) {
            $result->leaves($part, false);

            if (\in_array($part, ['sync', 'inventory'], true)) {
                $result->say('running');
            }
        } catch (NotConnectedException) {
            $result->say('not_connected');
        } catch (\Throwable $e) {
            $result->failed($part, $e);
        }
    }

    private function sync(TaskReport $result, TimeBudget $slice): void
    {
        $links  = $this->shop->links();
        $latest = (new SyncRuns($this->shop->sql, $links->environment, $links->merchant, $this->shop->clock))->latest();

        if ($latest !== null && $latest->status === RunStatus::Running) {
            // Somebody who syncs by hand does it in slices too, and is not to find the run taken between two of them.
            if (
                $latest->id !== (int) $this->shop->state->get(self::RUN)
                && $this->since($latest->heartbeat) < self::PAUSE
            ) {
                $result->say('running');

                return;
            }
        } elseif ($latest !== null && ($wait = $this->secondsUntilDue($latest)) > 0) {
            $minutes = (int) ceil($wait / 60);

            match ($latest->status) {
                RunStatus::NeedsConfirmation => $result->say('needs_confirmation', (string) $latest->error),
                RunStatus::Failed => $result->say('not_due_after_failure', $minutes, (string) $latest->error),
                default                      => $result->say('not_due', $minutes),
            };

            return;
        }

        $done = $this->shop->runner()->run($slice);
        $result->leaves('sync', $done->hasMore());
        $result->shopChanged = $result->shopChanged || $done->productRows > 0;

        match ($done->status) {
            RunStatus::Running           => $result->report('sync_goes_on', $done->itemsRead),
            RunStatus::NeedsConfirmation => $result->report('needs_confirmation', (string) $done->message),
            default                      => $result->report(
                'synced',
                $done->imported,
                $done->updated,
                $done->unchanged,
                $done->deleted,
                $done->conflicts,
                $done->failed,
            ),
        };

        if ($done->hasMore()) {
            $this->shop->state->set(self::RUN, (string) $done->run);
        }
    }

    /**
     * A scheduler is late now and then and early never: by the whole interval every second run would miss its turn.
     */
    private function secondsUntilDue(SyncRunRow $latest): int
    {
        $interval = $this->shop->settings->syncInterval * 60;

        return $interval - max(60, intdiv($interval, 10)) - $this->since($latest->started);
    }

    /** @return int Seconds; what lies ahead, by a clock that was wrong, is as long ago */
    private function since(int $time): int
    {
        return abs($this->shop->clock->now() - $time);
    }

    private function refresh(TaskReport $result): void
    {
        $status = $this->shop->connection->status();

        // It was reported when it was new, and Clover is asked nothing until then.
        if ($status->nextTryAt !== null && $status->nextTryAt > $this->shop->clock->now()) {
            $result->say(
                'connection_refused',
                gmdate('H:i', (int) $status->refusedAt),
                gmdate('H:i', $status->nextTryAt),
            );

            return;
        }

        try {
            $refreshed = $this->shop->connection->refresh();
        } catch (CloverException $e) {
            $this->shop->log->add(
                'token_refresh',
                'token',
                '',
                'error',
                'The access token was not refreshed: ' . $e->getMessage(),
            );

            throw $e;
        }

        $minutes = intdiv(
            max(0, (int) $this->shop->connection->status()->accessExpiresAt - $this->shop->clock->now()),
            60,
        );

        if ($refreshed) {
            $this->shop->log->add('token_refresh', 'token', '', 'success', 'The access token was refreshed');
            $result->report('token_refreshed', $minutes);
        } else {
            $result->say('token_fresh', $minutes);
        }
    }

    private function counts(TaskReport $result, TimeBudget $budget): void
    {
        if ($this->shop->links()->countLinked() === 0) {
            $result->say('nothing_linked');

            return;
        }

        try {
            $found = $this->shop->stockPass()->run($budget, $this->shop->syncLock());
        } catch (CloverException $e) {
            $this->shop->log->add(
                'inventory_pull',
                'item',
                '',
                'error',
                'Clover\'s counts were not read: ' . $e->getMessage(),
            );

            throw $e;
        }

        $result->shopChanged = $result->shopChanged || $found['product_rows'] > 0;
        $result->report($found['done'] ? 'counted' : 'counted_partly', $found['updated'], $found['unchanged']);
    }

    /** @param \Closure(): TimeBudget $budget Asked for each part when it begins */
    private function drain(TaskReport $result, \Closure $budget): void
    {
        $this->attempt($result, 'sales', fn () => $this->sales($result, $budget()));
        $this->attempt($result, 'inbox', fn () => $this->inbox($result, $budget()));
    }

    /** Web sales on their way into Clover, and those that no event told of. */
    private function sales(TaskReport $result, TimeBudget $budget): void
    {
        $sales = $this->shop->sales();
        $done  = $sales->worker()->run($budget);
        $next  = min($sales->ledger->nextTry() ?? PHP_INT_MAX, $sales->pushes->nextTry() ?? PHP_INT_MAX);
        $result->leaves(
            'sales',
            $done->paused === null
            && $budget->isSpent()
            && ($next <= $this->shop->clock->now() || $sales->events->due(1) !== []),
        );
        $result->worked('sales_found', $done->found);
        $result->worked('sales_sent', $done->confirmed);
        $result->tell('sales_later', $done->later);
        $result->tell('sales_waiting', $done->uncertain + $done->dead);

        if ($done->paused !== null) {
            $result->say('sales_paused', $done->paused);
        }
    }

    /** What webhooks have told. */
    private function inbox(TaskReport $result, TimeBudget $budget): void
    {
        $inbox = $this->shop->inbox();

        // With nothing to do nothing is asked of the shop's settings, which may be wrong.
        if ($inbox->count() === 0) {
            $result->leaves('inbox', false);

            return;
        }

        $worked = $this->shop->inboxWorker()->drain($budget);
        $result->leaves('inbox', $budget->isSpent() && $inbox->nextIn() === 0);
        $result->worked('webhooks', $worked);
        $result->shopChanged = $result->shopChanged || $worked > 0;
    }
}
