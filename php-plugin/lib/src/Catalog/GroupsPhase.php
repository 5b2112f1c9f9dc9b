<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Links\Links;

/** Writes the groups whose items the run has staged. */
final readonly class GroupsPhase implements SyncPhase
{
    /** Items of groups that one transaction maps and writes. */
    private const ITEMS = 500;

    public function __construct(
        private SyncRuns $runs,
        private CatalogWriter $writer,
        private Links $links,
    ) {
    }

    public function run(SyncSlice $slice, SyncRunRow $run): bool
    {
        $catalog = $slice->catalog($run);
        $cursor  = (string) $run->cursor;

        for ($first = true;; $first = false) {
            $batch = $this->runs->stagedAfter($run->id, $cursor, self::ITEMS);

            if ($batch['groups'] === []) {
                break;
            }

            if ($first) {
                CatalogWriter::readGroupNames($catalog, $batch['members']);
            }

            $cursor = $batch['groups'][array_key_last($batch['groups'])];
            // Linked items that were not seen are written once Clover has been asked about them. That request precedes
            // the transaction, whose first read must be the one that locks the counts.
            $partly  = $this->links->groupsWithUnseen($batch['groups'], $run->id);
            $whole   = array_values(array_diff($batch['groups'], $partly));
            $members = array_values(array_filter(
                $batch['members'],
                static fn (array $m): bool => !\in_array($m['group_id'], $partly, true),
            ));
            $continues = $slice->step($cursor, fn (): WriteReport => $this->writer->groups(
                $whole,
                $members,
                $catalog,
                $run->id,
            ));

            if (!$continues) {
                return false;
            }
        }

        $slice->enter(RunPhase::Deletes);

        return true;
    }
}
