<?php

declare(strict_types=1);

namespace CloverSync\Shop\Tasks;

\defined('_JEXEC') or die();

use CloverSync\Credential;
use CloverSync\Exception\CloverException;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\AlreadySendingException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Exception\NotConnectedException;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\WorkKind;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * The scheduled tasks. Each call does one slice of work.
 *
 * Each task also sends web sales to Clover and processes webhook events, since on many servers nothing else does. A
 * part that fails does not stop the others.
 */
final readonly class ScheduledTasks
{
    /** Key, in the state of the site, of the time in Unix seconds when a task last ran. */
    public const SEEN = 'task_seen';

    /** Part of the slice for web sales before the task's own work; webhook events get the same. */
    private const BEFORE = 0.25;

    /** Seconds for which the run of another process may just be between two slices. */
    private const PAUSE = 60;

    /** Key of the run that a task has left to its next slice. */
    private const RUN = 'task_run';

    /** Seconds without a task that mean nothing, however short the interval is. */
    private const PATIENCE = 7_200;

    /** @param float $seconds Length of a slice; a step that is running then is completed */
    public function __construct(
        private Services $shop,
        private float $seconds,
    ) {
    }

    /**
     * Whether no task has run for longer than the settings explain.
     *
     * @param int $lastRun Unix seconds, of {@see SEEN}
     */
    public static function isLate(int $lastRun, Settings $settings, Clock $clock): bool
    {
        return $lastRun <= ($clock->now() - max(self::PATIENCE, 2 * 60 * $settings->syncInterval));
    }

    /**
     * Pulls the whole catalog when the owner's interval is over, and resumes a run that was interrupted.
     *
     * @throws CloverException when the stored connection cannot be read
     */
    public function fullSync(): TaskReport
    {
        return $this->slice(function (TaskReport $result, TimeBudget $slice): void {
            // The sync that the pause has stopped is due when it ends, whatever ends it and whatever the interval is.
            $wasPaused = $this->shop->pauses()->of(WorkKind::Catalog)->pause() !== null;
            $this->drain($result, fn (): TimeBudget => $this->part($slice, self::BEFORE));
            $this->attempt($result, 'sync', $this->unlessPaused($result, fn () => $this->sync(
                $result,
                $slice,
                $wasPaused,
            )));

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
     * Updates the shop's counts and nothing else of the catalog.
     *
     * @throws CloverException when the stored connection cannot be read
     */
    public function inventory(): TaskReport
    {
        return $this->slice(function (TaskReport $result, TimeBudget $slice): void {
            $this->attempt(
                $result,
                'inventory',
                $this->unlessPaused($result, fn () => $this->counts($result, $this->part($slice, 1 - self::BEFORE))),
            );
            $this->drain($result, static fn (): TimeBudget => $slice);
        });
    }

    /** @param \Closure(TaskReport, TimeBudget): void $work Called only with a connection that belongs to this site */
    private function slice(\Closure $work): TaskReport
    {
        $result = new TaskReport();
        $slice  = new TimeBudget($this->seconds, null, $this->shop->clock);
        $this->purge();

        try {
            $this->shop->guard->requireConnection($this->shop->connection->status());
        } catch (NotConnectedException $e) {
            self::notConnected($result, $e);

            return $result;
        } catch (SiteMovedException $e) {
            $result->say('site_moved', $e->description());

            return $result;
        }

        $work($result, $slice);
        $this->attempt($result, 'clock', fn () => $this->shop->cloverClock()->note($this->shop->connection));

        return $result;
    }

    private static function notConnected(TaskReport $result, NotConnectedException $e): void
    {
        $e->reconnectReason === null
            ? $result->say('not_connected')
            : $result->say('connection_lost', $e->description());
    }

    /** Deletes old entries, whether or not anything else is done. */
    private function purge(): void
    {
        $this->shop->log->purge($this->shop->settings->logRetention);

        if ($this->shop->merchantId() !== null) {
            $this->shop->inbox()->purge();
        }
    }

    /** A part of the time that never extends past the slice's end. */
    private function part(TimeBudget $slice, float $share): TimeBudget
    {
        return new TimeBudget($this->seconds * $share, $slice->isSpent(...), $this->shop->clock);
    }

    /** @param \Closure(): void $work Not called again after a failure */
    private function attempt(TaskReport $result, string $part, \Closure $work): void
    {
        // An earlier part may have found the connection broken, and has reported it.
        if ($result->hasFailed($part) || !$this->shop->connection->status()->connected) {
            return;
        }

        try {
            $work();
        } catch (AlreadyRunningException|AlreadySendingException|LockLostException) {
            $result->leaves($part, false);

            if (\in_array($part, ['sync', 'inventory'], true)) {
                $result->say('running');
            }
        } catch (NotConnectedException $e) {
            self::notConnected($result, $e);
        } catch (\Throwable $e) {
            $result->failed($part, $e);
        }
    }

    /**
     * @param \Closure(): void $work Work that reads from Clover
     *
     * @return \Closure(): void
     */
    private function unlessPaused(TaskReport $result, \Closure $work): \Closure
    {
        return function () use ($result, $work): void {
            $breaker = $this->shop->pauses()->of(WorkKind::Catalog);

            $breaker->isTryable() ? $work() : self::paused($result, $breaker->pause());
        };
    }

    private function sync(TaskReport $result, TimeBudget $slice, bool $isDue): void
    {
        $links  = $this->shop->links();
        $latest = (new SyncRuns($this->shop->sql, $links->environment, $links->merchant, $this->shop->clock))->latest();

        if ($latest !== null && $latest->status === RunStatus::Running) {
            // A sync in the browser runs in slices too. A task must not take its run over between two of them.
            if (
                $latest->id !== (int) $this->shop->state->get(self::RUN)
                && $this->since($latest->heartbeat) < self::PAUSE
            ) {
                $result->say('running');

                return;
            }
        } elseif ($latest !== null && !$isDue && ($wait = $this->secondsUntilDue($latest)) > 0) {
            $minutes = (int) ceil($wait / 60);

            match ($latest->status) {
                RunStatus::NeedsConfirmation => $result->say('needs_confirmation', self::reason($latest)),
                RunStatus::Failed            => $result->say('not_due_after_failure', $minutes, self::reason($latest)),
                default                      => $result->say('not_due', $minutes),
            };

            return;
        }

        $done = $this->shop->runner()->run($slice);
        $result->leaves('sync', $done->hasMore());
        $result->shopChanged = $result->shopChanged || $done->productRows > 0;

        match ($done->status) {
            RunStatus::Running           => $result->report('sync_goes_on', $done->itemsRead),
            RunStatus::NeedsConfirmation => $result->report('needs_confirmation', self::reason($done)),
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
            $this->shop->state->set(self::RUN, (string) $done->id);
        }
    }

    /**
     * A scheduler may be late but is never early: with the exact interval, every second run would come too soon.
     */
    private function secondsUntilDue(SyncRunRow $latest): int
    {
        $interval = $this->shop->settings->syncInterval * 60;

        return $interval - max(60, intdiv($interval, 10)) - $this->since($latest->started);
    }

    /** @return int Seconds; a time in the future, from a wrong clock, counts as equally long ago */
    private function since(int $time): int
    {
        return abs($this->shop->clock->now() - $time);
    }

    private function refresh(TaskReport $result): void
    {
        $status = $this->shop->connection->status();

        // The refusal has been reported, and the refresh is not tried before that time.
        if ($status->nextTryAt !== null && $status->nextTryAt > $this->shop->clock->now()) {
            $result->say('connection_refused', new Time((int) $status->refusedAt), new Time($status->nextTryAt));

            return;
        }

        try {
            $refreshed = $this->shop->connection->refresh();
        } catch (CloverException $e) {
            $this->shop->log->add('token_refresh', 'token', '', 'error', new Message(MessageCode::TokenNotRefreshed, [
                'reason' => Message::of($e),
            ]));

            throw $e;
        }

        if ($status->credential === Credential::Merchant) {
            $result->say('token_unlimited');

            return;
        }

        $minutes = intdiv(
            max(0, (int) $this->shop->connection->status()->accessExpiresAt - $this->shop->clock->now()),
            60,
        );

        if ($refreshed) {
            $this->shop->log->add('token_refresh', 'token', '', 'success', new Message(MessageCode::TokenRefreshed));
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
            $found = $this->shop->stockOnlySync()->run($budget, $this->shop->syncLock());
        } catch (CloverException $e) {
            $this->shop->log->add('inventory_pull', 'item', '', 'error', new Message(MessageCode::CountsNotRead, [
                'reason' => Message::of($e),
            ]));

            throw $e;
        }

        $result->shopChanged = $result->shopChanged || $found['product_rows'] > 0;
        $result->report($found['done'] ? 'counted' : 'counted_partly', $found['updated'], $found['unchanged']);
    }

    /** @param \Closure(): TimeBudget $budget Called for each part when it starts */
    private function drain(TaskReport $result, \Closure $budget): void
    {
        $this->attempt($result, 'sales', fn () => $this->sales($result, $budget()));
        $this->attempt($result, 'inbox', fn () => $this->inbox($result, $budget()));
    }

    /** Sends web sales to Clover, including those whose order had no event. */
    private function sales(TaskReport $result, TimeBudget $budget): void
    {
        $worker = $this->shop->sales()->worker();
        $done   = $worker->run($budget);
        $result->leaves('sales', $budget->isSpent() && $worker->hasDue());
        $result->worked('sales_found', $done->found);
        $result->worked('sales_sent', $done->confirmed);
        $result->setCount('sales_later', $done->later);
        $result->setCount('sales_waiting', $done->uncertain + $done->dead);

        foreach ($done->paused as $pause) {
            self::paused($result, $pause);
        }
    }

    private static function paused(TaskReport $result, ?Pause $pause): void
    {
        if ($pause !== null) {
            $result->say("{$pause->kind->value}_paused", $pause->words());
        }
    }

    private static function reason(SyncRunRow $run): Message
    {
        return $run->message ?? Message::said('');
    }

    /** Processes webhook events. */
    private function inbox(TaskReport $result, TimeBudget $budget): void
    {
        $inbox = $this->shop->inbox();

        // Without events the shop's settings, which may be wrong, are not read.
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
