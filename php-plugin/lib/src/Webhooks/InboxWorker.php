<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Shop\Catalog\CatalogWriter;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Catalog\WriteReport;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * Looks at what Clover's webhooks have told: fetches the whole item and its group's members, and writes them as a sync
 * would. What stands in an event itself is never believed.
 */
final class InboxWorker
{
    /** Ids that one request may ask for. */
    private const AT_ONCE = 100;

    /** A drainer waits so long for an object that is to be looked at soon, so that nobody need come back for it. */
    private const PATIENCE = 6.0;

    private ?CatalogWriter $writer = null;

    private readonly DatabaseClock $database;

    /** @param \Closure(): CatalogWriter $makeWriter Reads the shop's settings, which is not done before it must */
    public function __construct(
        private readonly Sql $sql,
        private readonly Inbox $inbox,
        private readonly Links $mappings,
        private readonly Catalog $catalog,
        private readonly \Closure $makeWriter,
        private readonly SyncRuns $runs,
        private readonly KeyValueStore $state,
        private readonly SyncLog $log,
        private readonly Lock $lock,
        private readonly Clock $clock,
    ) {
        $this->database = new DatabaseClock($sql);
    }

    /**
     * Works until nothing is due, waiting for what is due within seconds. One drainer of all processes at a time: while
     * another one is at it, nothing is done here.
     *
     * @return int Objects worked
     *
     * @throws CloverException when nothing can be asked for at all; what was due stays due
     */
    public function drain(TimeBudget $budget): int
    {
        $worked = 0;

        // What comes while the lock is given back would wait for the next one who comes; so there is one more look.
        while (!$budget->isSpent() && $this->isNear() && $this->lock->acquire()) {
            try {
                $worked += $this->work($budget);
            } finally {
                $this->lock->release();
            }
        }

        return $worked;
    }

    private function isNear(): bool
    {
        $next = $this->inbox->nextIn();

        return $next !== null && $next <= (self::PATIENCE * 1000);
    }

    private function work(TimeBudget $budget): int
    {
        $worked = 0;

        while (!$budget->isSpent() && $this->lock->renew() && $this->isNear()) {
            $rows = $this->inbox->due(self::AT_ONCE);

            if ($rows === []) {
                $this->clock->sleep(min(0.25, max(0.01, (float) $this->inbox->nextIn() / 1000)));

                continue;
            }

            $this->inbox->look(array_column($rows, 'id'));
            $worked += $this->batch($rows);
        }

        return $worked;
    }

    /**
     * @param list<array{id: int, object_type: string, object_id: string, event: string, told: int, attempts: int}>
     *   $rows
     */
    private function batch(array $rows): int
    {
        $items  = array_values(array_filter($rows, static fn (array $row): bool => $row['object_type'] === 'item'));
        $others = array_values(array_filter($rows, static fn (array $row): bool => $row['object_type'] !== 'item'));
        $this->note($others);

        if ($items === []) {
            return \count($others);
        }

        try {
            $this->refresh($items);

            return \count($rows);
        } catch (BugException|ItemException $e) {
            if (\count($items) === 1) {
                $this->inbox->failed($items[0]['id'], $items[0]['told'], $items[0]['attempts'] + 1, $e->getMessage());
                $this->log->add(self::action($items[0]), 'item', $items[0]['object_id'], 'error', $e->getMessage());

                return \count($others);
            }
        }

        // One of them is at fault: each by itself, so that it does not hold up the others.
        return \count($others) + array_sum(array_map(fn (array $row): int => $this->batch([$row]), $items));
    }

    /**
     * What is no item changes nothing by itself; a category's new name comes with the next sync.
     *
     * @param list<array{id: int, object_type: string, object_id: string, event: string, told: int, attempts: int}>
     *   $rows
     */
    private function note(array $rows): void
    {
        if ($rows === []) {
            return;
        }

        $this->sql->transaction(function () use ($rows): void {
            $this->log->addAll(array_map(static fn (array $row): array => [
                'action'  => 'webhook',
                'type'    => $row['object_type'],
                'id'      => $row['object_id'],
                'status'  => 'skipped',
                'message' => "{$row['event']} of a {$row['object_type']}: "
                    . ($row['object_type'] === 'category' ? 'the next sync brings it' : 'nothing to do in the shop'),
            ], $rows));
            $this->inbox->worked($rows);
        });
    }

    /**
     * @param list<array{id: int, object_type: string, object_id: string, event: string, told: int, attempts: int}>
     *   $rows
     */
    private function refresh(array $rows): void
    {
        $ids    = array_column($rows, 'object_id');
        $asked  = $this->database->now();
        $answer = $this->catalog->lookUp($ids);
        $groups = array_values(array_unique([
            ...$this->mappings->groupsOf($ids),
            ...array_column($answer->page()->members(), 'group_id'),
        ]));
        $sisters = $this->sisters($groups, $ids);
        $family  = $sisters === [] ? null : $this->catalog->lookUp($sisters);
        $members = array_map(
            static fn (array $member): array => $member + ['asked' => $asked],
            array_values(array_filter(
                [...$answer->page()->members(), ...($family?->page()->members() ?? [])],
                static fn (array $member): bool => \in_array($member['group_id'], $groups, true),
            )),
        );
        CatalogWriter::readGroupNames($this->catalog, $members);
        $this->writer ??= ($this->makeWriter)();
        $writer       = $this->writer;

        $this->sql->transaction(function () use ($rows, $answer, $family, $groups, $members, $asked, $writer): void {
            $run     = $this->runs->latest()->id ?? 0;
            $written = $writer->singles($answer->page(), $run, $asked);

            if ($family !== null) {
                // A sister that is in no group any more.
                $written->add($writer->singles($family->page(), $run, $asked));
            }

            $living = array_values(array_unique(array_column($members, 'group_id')));
            $written->add($writer->delete([...$answer->deleted(), ...($family?->deleted() ?? [])], $living, $run));

            if ($living !== []) {
                $written->add($writer->groups($living, $members, $this->catalog, $run));
            }

            $written->add($writer->emptied(array_values(array_diff($groups, $living)), $run));

            $this->report($rows, $written);
            $this->inbox->worked($rows);
        });
    }

    /**
     * Linked items of these groups that were not asked for: a group is written whole.
     *
     * @param list<string> $groups
     * @param list<string> $ids
     *
     * @return list<string>
     */
    private function sisters(array $groups, array $ids): array
    {
        return array_values(array_diff($this->mappings->liveMembers($groups), $ids));
    }

    /** @param list<array{object_id: string, event: string, ...}> $rows */
    private function report(array $rows, WriteReport $written): void
    {
        $what = [];
        $bad  = [];

        foreach ($written->log as $entry) {
            $what[$entry['id']][] = $entry['message'];

            if ($entry['status'] === 'error') {
                $bad[$entry['id']] = true;
            }
        }

        $seen    = array_column($rows, 'object_id');
        $entries = array_map(static fn (array $row): array => [
            'action'  => self::action($row),
            'type'    => 'item',
            'id'      => $row['object_id'],
            'status'  => isset($bad[$row['object_id']]) ? 'error' : 'success',
            'message' => self::told($row)
                . (
                    isset($what[$row['object_id']])
                        ? implode('; ', $what[$row['object_id']])
                        : 'the shop has it already'
                ),
        ], $rows);
        $webhook = array_filter($rows, static fn (array $row): bool => $row['event'] !== Inbox::ASK) !== [];

        // What happened to a group, or to a sister that is gone.
        foreach ($written->log as $entry) {
            if (!\in_array($entry['id'], $seen, true)) {
                $entries[] = ['action' => $webhook ? 'webhook' : 'sync'] + $entry;
            }
        }

        $this->log->addAll($entries);

        if ($webhook) {
            $this->state->set('last_webhook_work', (string) $this->clock->now());
        }
    }

    /** @param array{event: string, ...} $row */
    private static function action(array $row): string
    {
        return $row['event'] === Inbox::ASK ? 'sync' : 'webhook';
    }

    /** @param array{event: string, ...} $row */
    private static function told(array $row): string
    {
        return $row['event'] === Inbox::ASK ? 'Looked at again: ' : "{$row['event']}: ";
    }
}
