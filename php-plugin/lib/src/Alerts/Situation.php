<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Exception\CloverException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Health\Schedule;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Health\TroubleKind;
use CloverSync\Shop\Health\Troubles;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Services;

/** The troubles of a moment, and those of which it does not say whether they are there. */
final readonly class Situation
{
    /** Troubles that keep syncs from running: what they cause is not reported apart from them. */
    private const CAUSES = [TroubleKind::Disconnected, TroubleKind::SiteMoved, TroubleKind::CatalogPaused];

    /** Reasons of a sync's end that are troubles of their own, or pass by themselves. */
    private const REPORTED_ELSEWHERE = [
        ProblemCode::PermissionMissing,
        ProblemCode::PermissionUnknown,
        ProblemCode::NotConnected,
        ProblemCode::ConnectionLost,
        ProblemCode::RenewalRefused,
    ];

    private function __construct(
        /** @var list<Trouble> The most important first */
        public array $troubles,
        /** @var list<TroubleKind> */
        public array $undecided,
        /** Whether the stored connection can be read. */
        public bool $isReadable = true,
    ) {
    }

    public static function read(Services $shop, ?Schedule $schedule): self
    {
        try {
            $now = $shop->dashboard()->read();
        } catch (CloverException $e) {
            // The stored tokens cannot be read.
            return new self([new Trouble(TroubleKind::Disconnected, Message::of($e))], TroubleKind::cases(), false);
        }

        $all       = (new Troubles($now, $shop->settings, $shop->clock, $schedule))->all($shop);
        $isBlocked = !$now->connected
        || array_filter($all, static fn (Trouble $one): bool => \in_array($one->kind, self::CAUSES, true)) !== [];
        $isRunning = ($now->run['now']->status ?? null) === RunStatus::Running;

        return new self(
            array_values(array_filter(
                $all,
                static fn (Trouble $trouble): bool => (
                    !$isBlocked && !self::isReportedElsewhere($trouble)
                    || !$trouble->kind->isOfSyncs()
                ),
            )),
            array_values(array_filter(
                TroubleKind::cases(),
                static fn (TroubleKind $kind): bool => (
                    $kind->isOfSyncs()
                    && ($isBlocked || $isRunning)
                    || $kind === TroubleKind::Conflicts
                    && $isRunning
                ),
            )),
        );
    }

    public function of(TroubleKind $kind): ?Trouble
    {
        foreach ($this->troubles as $trouble) {
            if ($trouble->kind === $kind) {
                return $trouble;
            }
        }

        return null;
    }

    public function isDecided(TroubleKind $kind): bool
    {
        return !\in_array($kind, $this->undecided, true);
    }

    private static function isReportedElsewhere(Trouble $trouble): bool
    {
        $reason = $trouble->message->data['reason'] ?? null;

        return (
            $trouble->kind === TroubleKind::SyncFailed
            && $reason instanceof Message
            && \in_array($reason->code, self::REPORTED_ELSEWHERE, true)
        );
    }
}
