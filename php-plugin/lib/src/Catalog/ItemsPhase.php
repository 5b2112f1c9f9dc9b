<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\DatabaseClock;

/** Reads all pages of items: writes those without a group, and stages the others until their group is complete. */
final readonly class ItemsPhase implements SyncPhase
{
    public function __construct(
        private SyncRuns $runs,
        private CatalogWriter $writer,
        private DatabaseClock $database,
        private OnlineUnknown $online,
    ) {
    }

    public function run(SyncSlice $slice, SyncRunRow $run): bool
    {
        foreach ($slice->catalog($run)->pages($run->cursor) as $page) {
            // After the last page comes an empty one. If it counted as a step, it would end every short slice here.
            if ($page->itemIds() === []) {
                continue;
            }

            $continues = $slice->step($page->cursor(), function () use ($run, $page): WriteReport {
                $asked   = $this->database->now() - $page->age();
                $written = $this->writer->singles($page, $run->id, $asked);
                $this->runs->stage($run->id, $page->members(), $asked);
                $this->runs->stageLeftOut($run->id, $this->writer->leaving(LeftOutItem::ofPage($page), $asked), $asked);
                $this->online->add($run->id, $page->onlineUnknown());

                return $written;
            });

            if (!$continues) {
                return false;
            }
        }

        $slice->enter(RunPhase::Groups);

        return true;
    }
}
