<?php

declare(strict_types=1);

namespace CloverSync\Shop\Alerts;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Health\Trouble;
use CloverSync\Shop\Health\TroubleKind;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;

/**
 * Mails the owner once that the app cannot run. It needs neither the core nor the settings; {@see Alerts} stores the
 * end of this trouble as of all others, the next time that the app runs.
 */
final readonly class Standstill
{
    /** Seconds; where only one of the site's two PHPs runs the app, the trouble seems to end with each of its tasks. */
    private const QUIET = 172_800;

    public function __construct(
        private KeyValueStore $state,
        private SyncLog $log,
        private Clock $clock,
        private Mailer $mailer,
    ) {
    }

    /** @param list<string> $addresses */
    public function mail(Message $why, array $addresses): MailReport
    {
        $report  = new MailReport();
        $records = new MailRecords($this->state);
        $trouble = new Trouble(TroubleKind::NotRunning, $why);
        $name    = $trouble->kind->value;
        $now     = $this->clock->now();
        $record  = $addresses === []
            ? null
            : $records->begun($name, $records->get($name), $addresses, $now, self::QUIET);

        if ($record !== null && $record->hasDue($addresses, $now)) {
            (new Post($this->mailer, $records, $this->log, $this->clock))->send(
                [$name => $record],
                $addresses,
                static fn (): Mail => Mail::alert([$trouble]),
                $report,
            );
        }

        return $report;
    }
}
