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

/**
 * Handles the linked items that no page contained, after asking Clover about each of them, and those that the settings
 * leave out.
 */
final readonly class DeletesPhase implements SyncPhase
{
    /** Vanished items that one step looks up. Each costs two requests, and a slice can end only between two steps. */
    private const LOOK_UP = 25;

    /**
     * This many items may vanish or be left out without a question, or this percentage of the linked items, whichever
     * is more.
     */
    private const PLAUSIBLE          = 10;
    private const PLAUSIBLE_PER_CENT = 20;

    /** Cursor of a run whose question is settled: the deletion reduces the number that the threshold is of. */
    private const SETTLED = 'settled';

    /** @param bool $confirmed The owner has confirmed that many items are gone from Clover, or left out */
    public function __construct(
        private SyncRuns $runs,
        private CatalogWriter $writer,
        private Links $links,
        private DatabaseClock $database,
        private Clock $clock,
        private FilterChange $filter,
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
            $leaving = $this->runs->leftOut($run->id, $ids);
            $answer  = $catalog->lookUp(array_values(array_diff($ids, self::idsOf($leaving))));
            $page    = $answer->page();
            $groups  = array_values(array_unique([
                ...$this->links->groupsOf($ids),
                ...array_column($page->members(), 'group_id'),
            ]));
            CatalogWriter::readGroupNames($catalog, $page->members() ?: $this->runs->staged($run->id, $groups));

            if (!$slice->step(self::SETTLED, fn (): WriteReport => $this->write(
                $run->id,
                $ids,
                $groups,
                $answer,
                $leaving,
                $catalog,
            ))) {
                return false;
            }
        }

        $slice->enter(RunPhase::Finish, fn (): WriteReport => $this->writer->emptied(null, $run->id));

        return true;
    }

    /** @return bool Whether too many items are gone or left out: the run has stopped until the owner confirms it */
    private function asks(SyncSlice $slice): bool
    {
        $message = $this->question($slice->id);

        if ($message === null) {
            return false;
        }

        $slice->end(RunStatus::NeedsConfirmation, $message, static function () use ($message): WriteReport {
            $written = new WriteReport();
            $written->log('sync', 'item', '', 'skipped', $message);

            return $written;
        });

        return true;
    }

    private function question(int $run): ?Message
    {
        $gone      = $this->links->countUnseen($run, false);
        $leftOut   = $this->links->countUnseen($run, true);
        $linked    = $this->links->countLinked();
        $plausible = max(self::PLAUSIBLE, intdiv($linked * self::PLAUSIBLE_PER_CENT, 100));

        return match (true) {
            $gone > $plausible => new Message(MessageCode::ManyGone, ['gone' => $gone, 'linked' => $linked]),
            // A choice that the owner has just changed needs no question. The preview lists what it leaves out.
            $leftOut > $plausible && !$this->filter->isNew() => new Message(MessageCode::ManyLeftOut, [
                'left_out' => $leftOut,
                'linked'   => $linked,
            ]),
            default => null,
        };
    }

    /**
     * @param list<LeftOutItem> $items
     *
     * @return list<string>
     */
    private static function idsOf(array $items): array
    {
        return array_column($items, 'cloverId');
    }

    /**
     * @param list<string>      $ids     Items that no page contained, or that are left out
     * @param list<string>      $groups  Their groups, in the shop and in Clover
     * @param ItemLookup        $answer  About those that no page contained
     * @param list<LeftOutItem> $leaving The others
     */
    private function write(
        int $run,
        array $ids,
        array $groups,
        ItemLookup $answer,
        array $leaving,
        Catalog $catalog,
    ): WriteReport {
        $page = $answer->page();
        $this->writer->facts->hold($ids, $groups);
        $asked   = $this->database->now() - $page->age();
        $written = $this->writer->singles($page, $run, $asked);
        $this->runs->stage($run, $page->members(), $asked);
        $living = array_values(array_unique(array_column($this->runs->staged($run, $groups), 'group_id')));
        $written->add($this->writer->delete($answer->deleted(), $living, $run));
        $written->add($this->writer->leaveOut([...$leaving, ...LeftOutItem::ofPage($page)], $living, $run));

        // Whatever the answers are, the next step must not select the same items again.
        $read = array_diff($page->itemIds(), array_column($page->leftOut(), 'item_id'));
        $this->links->markSeen(
            array_values(array_diff($ids, $answer->deleted(), $read)),
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
