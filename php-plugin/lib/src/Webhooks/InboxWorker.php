<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Exception\BugException;
use CloverSync\Exception\CloverException;
use CloverSync\Exception\ItemException;
use CloverSync\Shop\Catalog\CatalogWriter;
use CloverSync\Shop\Catalog\LeftOutItem;
use CloverSync\Shop\Catalog\SyncRuns;
use CloverSync\Shop\Catalog\WriteReport;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Pauses\CircuitBreaker;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;

/**
 * Processes webhook events: fetches the whole item and its group's members, and writes them as a sync would. Webhooks
 * are unsigned, so an event only triggers a fetch; its content is not used.
 */
final class InboxWorker
{
    /** Ids that one request may ask for. */
    private const AT_ONCE = 100;

    /** Seconds that a run waits for the next due object. */
    private const PATIENCE = 6.0;

    private ?CatalogWriter $writer = null;

    private readonly DatabaseClock $database;

    /**
     * @param \Closure(): Catalog       $makeCatalog Each reads the names of the groups once, which may change
     * @param \Closure(): CatalogWriter $makeWriter  Reads the shop's settings, so it is called only when needed
     */
    public function __construct(
        private readonly Sql $sql,
        private readonly Inbox $inbox,
        private readonly Links $links,
        private readonly \Closure $makeCatalog,
        private readonly \Closure $makeWriter,
        private readonly SyncRuns $runs,
        private readonly SyncLog $log,
        private readonly CircuitBreaker $breaker,
        private readonly Lock $lock,
        private readonly Clock $clock,
    ) {
        $this->database = new DatabaseClock($sql);
    }

    /**
     * Works until nothing is due, and waits for what is due within seconds. One worker runs at a time among all
     * processes; while another one runs, this one does nothing.
     *
     * @param bool $despitePause Whether to work although reading from Clover is paused
     *
     * @return int Objects processed
     *
     * @throws CloverException when nothing can be fetched at all; what was due stays due
     */
    public function drain(TimeBudget $budget, bool $despitePause = false): int
    {
        $worked = 0;

        // An event that arrives while the lock is released would wait for the next process, so check once more.
        while (
            !$budget->isSpent()
            && $this->isNear()
            && ($despitePause || $this->breaker->isTryable())
            && $this->lock->acquire()
        ) {
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

            $this->inbox->begin(array_column($rows, 'id'));
            $worked += $this->batch($rows);
        }

        return $worked;
    }

    /**
     * @param list<InboxRow> $rows
     */
    private function batch(array $rows): int
    {
        $items  = array_values(array_filter($rows, static fn (InboxRow $row): bool => $row->isItem()));
        $others = array_values(array_filter($rows, static fn (InboxRow $row): bool => !$row->isItem()));
        $this->note($others);

        if ($items === []) {
            return \count($others);
        }

        try {
            $isWritten = $this->breaker->watch('webhook', fn (): bool => $this->refresh($items));

            return $isWritten ? \count($rows) : \count($others);
        } catch (BugException|ItemException $e) {
            if (\count($items) === 1) {
                $this->failed($items[0], Message::of($e));

                return \count($others);
            }
        }

        // One of them failed. Each alone, so that it does not hold up the others.
        return \count($others) + array_sum(array_map(fn (InboxRow $row): int => $this->batch([$row]), $items));
    }

    private function failed(InboxRow $row, Message $message): void
    {
        if ($this->inbox->failed($row, $message)) {
            $message = new Message(MessageCode::WebhookGivenUp, ['reason' => $message]);
            // The item's link counts as an error where the owner looks, until a sync has read the item.
            $this->links->markErrors([$row->objectId => $message], 'item', $this->runs->latest()->id ?? 0);
        }

        $this->log->add(self::action($row), 'item', $row->objectId, 'error', $message);
    }

    /**
     * An object that is not an item changes nothing by itself; the next sync brings a category's new name. Clover sends
     * several events for each order, those that the shop pushed included, and none is worth an entry in the log.
     *
     * @param list<InboxRow> $rows
     */
    private function note(array $rows): void
    {
        if ($rows === []) {
            return;
        }

        $this->sql->transaction(function () use ($rows): void {
            $noted = array_values(array_filter($rows, static fn (InboxRow $row): bool => !$row->isOrder()));
            $this->log->addAll(array_map(static fn (InboxRow $row): array => [
                'action'  => 'webhook',
                'type'    => $row->objectType,
                'id'      => $row->objectId,
                'status'  => 'skipped',
                'message' => $row->objectType === WebhookObject::Category->value
                    ? new Message(MessageCode::WebhookCategory)
                    : new Message(MessageCode::WebhookNothing, ['event' => $row->event, 'object' => $row->objectType]),
            ], $noted));
            $this->inbox->processed($rows);
        });
    }

    /**
     * @param list<InboxRow> $rows
     *
     * @return bool False when another process has taken the place of this one: nothing was written
     */
    private function refresh(array $rows): bool
    {
        $ids     = array_column($rows, 'objectId');
        $asked   = $this->database->now();
        $catalog = ($this->makeCatalog)();
        $answer  = $catalog->lookUp($ids);
        $groups  = array_values(array_unique([
            ...$this->links->groupsOf($ids),
            ...array_column($answer->page()->members(), 'group_id'),
        ]));
        $sisters = $this->sisters($groups, $ids);
        $family  = $sisters === [] ? null : $catalog->lookUp($sisters);
        $items   = [...$ids, ...$sisters];
        $grouped = [...$answer->page()->members(), ...($family?->page()->members() ?? [])];
        $members = array_map(
            static fn (array $member): array => $member + ['asked' => $asked],
            array_values(array_filter($grouped, static fn (array $member): bool => \in_array(
                $member['group_id'],
                $groups,
                true,
            ))),
        );
        CatalogWriter::readGroupNames($catalog, $members);
        $this->writer ??= ($this->makeWriter)();
        $writer       = $this->writer;

        return $this->sql->transaction(function () use (
            $rows,
            $catalog,
            $answer,
            $family,
            $groups,
            $items,
            $grouped,
            $members,
            $asked,
            $writer,
        ): bool {
            if (!$this->lock->isHeldForSure()) {
                return false;
            }

            $writer->facts->hold([
                ...$answer->page()->itemIds(),
                ...$answer->deleted(),
                ...array_column($members, 'item_id'),
            ], $groups);
            $latest  = $this->runs->latest();
            $run     = $latest->id ?? 0;
            $written = $writer->singles($answer->page(), $run, $asked);

            if ($family !== null) {
                // An item that is not in the group any more.
                $written->add($writer->singles($family->page(), $run, $asked));
            }

            // A run that was interrupted writes groups as it has staged them.
            if ($latest?->isOpen() === true) {
                $this->runs->restage($run, $groups, $items, $grouped, $asked);
            }

            $living = array_values(array_unique(array_column($members, 'group_id')));
            $written->add($writer->delete([...$answer->deleted(), ...($family?->deleted() ?? [])], $living, $run));
            $leftOut = [
                ...LeftOutItem::ofPage($answer->page()),
                ...($family === null ? [] : LeftOutItem::ofPage($family->page())),
            ];
            $written->add($writer->leaveOut($leftOut, $living, $run));

            if ($living !== []) {
                $written->add($writer->groups($living, $members, $catalog, $run));
            }

            $written->add($writer->emptied(array_values(array_diff($groups, $living)), $run));

            $this->report($rows, $written);
            $this->inbox->processed($rows);

            return true;
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
        return array_values(array_diff($this->links->liveMembers($groups), $ids));
    }

    /** @param list<InboxRow> $rows */
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

        $seen    = array_column($rows, 'objectId');
        $entries = array_map(static fn (InboxRow $row): array => [
            'action'  => self::action($row),
            'type'    => 'item',
            'id'      => $row->objectId,
            'status'  => isset($bad[$row->objectId]) ? 'error' : 'success',
            'message' => self::result($row, $what[$row->objectId] ?? [new Message(MessageCode::ShopHasIt)]),
        ], $rows);
        $webhook = array_filter($rows, static fn (InboxRow $row): bool => !$row->isAsked()) !== [];

        // Entries of a group, or of a group's other items.
        foreach ($written->log as $entry) {
            if (!\in_array($entry['id'], $seen, true)) {
                $entries[] = ['action' => $webhook ? 'webhook' : 'sync'] + $entry;
            }
        }

        $this->log->addAll($entries);
    }

    private static function action(InboxRow $row): string
    {
        return $row->isAsked() ? 'sync' : 'webhook';
    }

    /** @param list<Message> $results */
    private static function result(InboxRow $row, array $results): Message
    {
        return new Message(match (WebhookEvent::tryFrom($row->event)) {
            WebhookEvent::Create => MessageCode::WebhookCreated,
            WebhookEvent::Update => MessageCode::WebhookUpdated,
            WebhookEvent::Delete => MessageCode::WebhookDeleted,
            null                 => MessageCode::LookedAtAgain,
        }, ['results' => $results]);
    }
}
