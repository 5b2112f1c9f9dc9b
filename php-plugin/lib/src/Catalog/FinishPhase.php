<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/** Ends a run that has read everything, and removes what is no longer needed. */
final readonly class FinishPhase implements SyncPhase
{
    /** @param int $retention Days for which ended runs and log entries are kept */
    public function __construct(
        private SyncRuns $runs,
        private Links $links,
        private KeyValueStore $state,
        private SyncLog $log,
        private Clock $clock,
        private int $retention,
        private FilterChange $filter,
    ) {
    }

    public function run(SyncSlice $slice, SyncRunRow $run): bool
    {
        $slice->end(RunStatus::Done, null, function () use ($run): WriteReport {
            $this->links->dropUnlinkedUnseen($run->id);
            $this->runs->clearStaging($run->id);
            $this->filter->finish();
            $this->state->set('last_sync', UtcTime::sql($this->clock->now()));
            $this->log->purge($this->retention);
            $this->runs->purge($this->retention);
            $online  = (new OnlineUnknown($this->state))->finish($run->id);
            $written = new WriteReport();

            if ($online !== null) {
                $written->log('sync', 'item', '', 'skipped', $online);
            }

            $written->log(
                'sync',
                'item',
                '',
                $run->failed > 0 ? 'error' : 'success',
                new Message(MessageCode::SyncDone, [
                    'imported'  => $run->imported,
                    'updated'   => $run->updated,
                    'unchanged' => $run->unchanged,
                    'deleted'   => $run->deleted,
                    'conflicts' => $run->conflicts,
                    'failed'    => $run->failed,
                ]),
            );

            return $written;
        });

        return false;
    }
}
