<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\ItemLookup;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/** Asks Clover about each linked item that no page contained, and handles those that it reports as deleted. */
final readonly class DeletesPhase implements SyncPhase
{
    /** Vanished items that one step looks up. Each costs two requests, and a slice can end only between two steps. */
    private const LOOK_UP = 25;

    /** This many items may vanish without a question, or this percentage of the linked items, whichever is more. */
    private const PLAUSIBLE          = 10;
    private const PLAUSIBLE_PER_CENT = 20;

    /** Cursor of a run whose question is settled: the deletion reduces the number that the threshold is of. */
    private const SETTLED = 'settled';

    /** @param bool $confirmed The owner has confirmed that many items are gone from Clover */
    public function __construct(
        private SyncRuns $runs,
        private CatalogWriter $writer,
        private Links $links,
        private DatabaseClock $database,
        private Clock $clock,
        private bool $confirmed,
    ) {
    }

    public function run(SyncSlice $slice, SyncRunRow $run): bool
    {
        if ($run->cursor === null && !$this->confirmed && $this->asks($slice)) {
            return false;
        }

        $catalog = $slice->catalog($run);

        while (($ids = $this->links->unseen($run->id, self::LOOK_UP)) !== []) {
            $answer = $catalog->lookUp($ids);
            $page   = $answer->page();
            $groups = array_values(array_unique([
                ...$this->links->groupsOf($ids),
                ...array_column($page->members(), 'group_id'),
            ]));
            CatalogWriter::readGroupNames($catalog, $page->members() ?: $this->runs->staged($run->id, $groups));

            if (!$slice->step(self::SETTLED, fn (): WriteReport => $this->write(
                $run->id,
                $ids,
                $groups,
                $answer,
                $catalog,
            ))) {
                return false;
            }
        }

        $slice->enter(RunPhase::Finish, fn (): WriteReport => $this->writer->emptied(null, $run->id));

        return true;
    }

    /** @return bool Whether too many items are gone: the run has stopped until the owner confirms it */
    private function asks(SyncSlice $slice): bool
    {
        $gone   = $this->links->countUnseen($slice->id);
        $linked = $this->links->countLinked();

        if ($gone <= max(self::PLAUSIBLE, intdiv($linked * self::PLAUSIBLE_PER_CENT, 100))) {
            return false;
        }

        $message = new Message(MessageCode::ManyGone, ['gone' => $gone, 'linked' => $linked]);
        $slice->end(RunStatus::NeedsConfirmation, $message, static function () use ($message): WriteReport {
            $written = new WriteReport();
            $written->log('sync', 'item', '', 'skipped', $message);

            return $written;
        });

        return true;
    }

    /**
     * @param list<string> $ids    Items that Clover was asked about
     * @param list<string> $groups Their groups, in the shop and in Clover
     */
    private function write(int $run, array $ids, array $groups, ItemLookup $answer, Catalog $catalog): WriteReport
    {
        $page = $answer->page();
        $this->writer->facts->hold($ids, $groups);
        $asked   = $this->database->now() - $page->age();
        $written = $this->writer->singles($page, $run, $asked);
        $this->runs->stage($run, $page->members(), $asked);
        $living = array_values(array_unique(array_column($this->runs->staged($run, $groups), 'group_id')));
        $written->add($this->writer->delete($answer->deleted(), $living, $run));

        // Whatever the answers are, the next step must not select the same items again.
        $this->links->markSeen(
            array_values(array_diff($ids, $answer->deleted(), $page->itemIds())),
            $run,
            UtcTime::sql($this->clock->now()),
        );
        $whole = array_values(array_diff($living, $this->links->groupsWithUnseen($living, $run)));

        if ($whole !== []) {
            $written->add($this->writer->groups($whole, $this->runs->staged($run, $whole), $catalog, $run));
        }

        return $written;
    }
}
