<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Exception\SiteMovedException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Time;
use CloverSync\Shop\Pauses\Pause;
use CloverSync\Shop\Pauses\PauseCause;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\DashboardStatus;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Shop\Tasks\ScheduledTasks;

/**
 * When something is a trouble: the one rule of the checks and of the mails. Reads only the database.
 */
final readonly class Troubles
{
    public function __construct(
        private DashboardStatus $now,
        private Settings $settings,
        private Clock $clock,
        /** Joomla's scheduler; null where another one starts the syncs. */
        private ?Schedule $schedule,
    ) {
    }

    /** @return list<Trouble> The most important first */
    public function all(Services $shop): array
    {
        return array_values(array_filter(
            [
                $this->disconnected(),
                self::siteMoved($shop),
                ...$this->pauses(),
                $this->sync(),
                ...$this->sales(),
                $this->conflicts(),
            ],
            static fn (?Trouble $trouble): bool => $trouble !== null,
        ));
    }

    public function disconnected(): ?Trouble
    {
        return $this->now->reconnectReason === null
            ? null
            : new Trouble(TroubleKind::Disconnected, $this->now->reconnectReason);
    }

    public static function siteMoved(Services $shop): ?Trouble
    {
        try {
            $shop->guard->check();

            return null;
        } catch (SiteMovedException $e) {
            return new Trouble(TroubleKind::SiteMoved, $e->description());
        }
    }

    /** @return list<Trouble> */
    public function pauses(?PauseCause $cause = null): array
    {
        return array_values(array_map(
            static fn (Pause $pause): Trouble => new Trouble(
                TroubleKind::ofPause($pause->kind),
                $pause->words(),
                $pause->cause === PauseCause::Refusals ? new Message(MessageCode::AdviceTryAgain) : null,
            ),
            array_filter(
                $this->now->paused,
                static fn (Pause $pause): bool => $cause === null || $pause->cause === $cause,
            ),
        ));
    }

    /** The trouble with syncs: at most one, since one explains the others. */
    public function sync(): ?Trouble
    {
        $run     = $this->now->run['now'] ?? null;
        $stalled = $this->stalledSince();
        $last    = $this->now->lastSync === null ? null : UtcTime::unix($this->now->lastSync);

        return match (true) {
            $this->now->lastFailure !== null => new Trouble(
                TroubleKind::SyncFailed,
                new Message(MessageCode::SyncStopped, ['reason' => $this->now->lastFailure]),
                new Message(MessageCode::AdviceSync),
            ),
            $run !== null && $run->status === RunStatus::NeedsConfirmation && $run->message !== null => new Trouble(
                TroubleKind::SyncAsks,
                $run->message,
            ),
            $stalled !== null => new Trouble(TroubleKind::SyncStalled, new Message(MessageCode::CheckSyncStalled, [
                'at' => new Time($stalled),
            ])),
            $run === null && $last !== null && $this->isOverdue($last)
                => new Trouble(TroubleKind::SyncOverdue, new Message(MessageCode::CheckSyncOverdue, [
                'at' => new Time($last),
            ])),
            default => null,
        };
    }

    /** @return list<Trouble> */
    public function sales(): array
    {
        $uncertain   = $this->now->sales['uncertain'] ?? 0;
        $dead        = $this->now->sales['dead'] ?? 0;
        $corrections = $this->now->sales['corrections'] ?? 0;

        return array_values(array_filter(
            [
                $uncertain === 0
                    ? null
                    : new Trouble(TroubleKind::Uncertain, new Message(MessageCode::SalesUncertain, [
                        'count' => $uncertain,
                    ])),
                $dead === 0
                    ? null
                    : new Trouble(TroubleKind::Dead, new Message(MessageCode::SalesDead, ['count' => $dead])),
                $corrections === 0
                    ? null
                    : new Trouble(TroubleKind::Corrections, new Message(MessageCode::SalesToCorrect, [
                        'count' => $corrections,
                    ])),
            ],
            static fn (?Trouble $trouble): bool => $trouble !== null,
        ));
    }

    public function conflicts(): ?Trouble
    {
        return (
            $this->now->conflicts === 0
                ? null
                : new Trouble(TroubleKind::Conflicts, new Message(MessageCode::ConflictsOpen, [
                    'count' => $this->now->conflicts,
                ]))
        );
    }

    /** @return ?int Unix seconds since when an open run has not got ahead; null unless that is too long */
    private function stalledSince(): ?int
    {
        $run = $this->now->run;

        if ($run === null || $run['active'] || $run['now']->status !== RunStatus::Running) {
            return null;
        }

        // A run that is interrupted again and again has a message until its next step.
        $since = $run['now']->message === null ? $run['now']->heartbeat : $run['now']->started;

        return $this->isLate($since) ? $since : null;
    }

    /** A task that runs once a day, or none, is the owner's choice: only a sync that should have begun is overdue. */
    private function isOverdue(int $last): bool
    {
        $due = $this->schedule?->syncDue;

        return $due !== null && $this->isLate($due) && $this->isLate($last);
    }

    private function isLate(int $time): bool
    {
        return ScheduledTasks::isLate($time, $this->settings, $this->clock);
    }
}
