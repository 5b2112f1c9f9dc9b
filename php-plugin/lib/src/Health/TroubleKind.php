<?php

declare(strict_types=1);

namespace CloverSync\Shop\Health;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\WorkKind;

/** Kinds of {@see Trouble}. The values are stored. */
enum TroubleKind: string
{
    /** The core cannot be used, or the settings cannot be read. No check of a running app finds it. */
    case NotRunning = 'not_running';

    /** Clover does not accept the connection any more. */
    case Disconnected = 'disconnected';

    /** This site is not the one that was connected. */
    case SiteMoved = 'site_moved';

    case CatalogPaused  = 'catalog_paused';
    case StockPaused    = 'stock_paused';
    case OrdersPaused   = 'orders_paused';
    case PaymentsPaused = 'payments_paused';

    /** The last sync ended with an error. */
    case SyncFailed = 'sync_failed';

    /** A sync has begun, and does not get ahead. */
    case SyncStalled = 'sync_stalled';

    /** The last complete sync is too long ago. */
    case SyncOverdue = 'sync_overdue';

    /** A sync waits for the owner's answer. */
    case SyncAsks = 'sync_asks';

    /** Rows that may or may not have reached Clover. */
    case Uncertain = 'uncertain';

    /** Rows that Clover refuses, or that cannot be sent. */
    case Dead = 'dead';

    /** Orders that the owner has to correct in Clover. */
    case Corrections = 'corrections';

    case Conflicts = 'conflicts';

    public static function ofPause(WorkKind $work): self
    {
        return match ($work) {
            WorkKind::Catalog  => self::CatalogPaused,
            WorkKind::Stock    => self::StockPaused,
            WorkKind::Orders   => self::OrdersPaused,
            WorkKind::Payments => self::PaymentsPaused,
        };
    }

    /** In a few words. */
    public function title(): Message
    {
        return match ($this) {
            self::NotRunning => new Message(MessageCode::TroubleNotRunning),
            self::Disconnected => new Message(MessageCode::TroubleDisconnected),
            self::SiteMoved => new Message(MessageCode::TroubleSiteMoved),
            self::CatalogPaused => self::paused(WorkKind::Catalog),
            self::StockPaused => self::paused(WorkKind::Stock),
            self::OrdersPaused => self::paused(WorkKind::Orders),
            self::PaymentsPaused => self::paused(WorkKind::Payments),
            self::SyncFailed => new Message(MessageCode::TroubleSyncFailed),
            self::SyncStalled => new Message(MessageCode::TroubleSyncStalled),
            self::SyncOverdue => new Message(MessageCode::TroubleSyncOverdue),
            self::SyncAsks => new Message(MessageCode::TroubleSyncAsks),
            self::Uncertain => new Message(MessageCode::TroubleUncertain),
            self::Dead => new Message(MessageCode::TroubleDead),
            self::Corrections => new Message(MessageCode::TroubleCorrections),
            self::Conflicts => new Message(MessageCode::TroubleConflicts),
        };
    }

    /** The app's page where the owner resolves it; null for a copy of the site, whose address is not certain. */
    public function page(): ?string
    {
        return match ($this) {
            self::SiteMoved => null,
            self::NotRunning => 'health',
            self::StockPaused,
            self::OrdersPaused,
            self::PaymentsPaused,
            self::Uncertain,
            self::Dead,
            self::Corrections,
                => 'outbox',
            self::Conflicts => 'mappings',
            default => 'dashboard',
        };
    }

    /** Whether it is about syncs, whose state is undecided while one runs. */
    public function isOfSyncs(): bool
    {
        return \in_array($this, [self::SyncFailed, self::SyncStalled, self::SyncOverdue, self::SyncAsks], true);
    }

    private static function paused(WorkKind $work): Message
    {
        return new Message(MessageCode::TroublePaused, ['work' => $work->words()]);
    }
}
