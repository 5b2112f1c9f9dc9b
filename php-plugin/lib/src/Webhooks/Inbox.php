<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;

/**
 * Clover's webhook events, one row an object: a hundred events of one item cause one fetch. A row counts the events
 * received (column `told`) and processed (column `worked`), so an event that arrives during the fetch causes another.
 */
final readonly class Inbox
{
    public const TABLE = '#__j2commerce_clover_inbox';

    /** Condition of objects with unprocessed events. */
    public const UNPROCESSED = 'told > worked';

    /** The event of an item that the owner wants fetched; Clover never sends it. */
    public const ASK = 'ASK';

    /** The least time between two fetches of one object. */
    private const EVERY_MS = 5_000;

    private const MAX_ATTEMPTS = 8;

    /** A later time comes from a clock that was ahead. */
    private const LONGEST_WAIT_MS = 3_600_000;

    /**
     * Processed rows are kept this long. No index separates them from unprocessed rows, so the worker reads over all
     * of them.
     */
    private const KEPT_MS = 3_600_000;

    private Bulk $bulk;

    private DatabaseClock $clock;

    public function __construct(
        private Sql $sql,
        private Links $links,
    ) {
        $this->bulk  = new Bulk($sql);
        $this->clock = new DatabaseClock($sql);
    }

    /**
     * Stores events, all of them or none.
     *
     * @param list<array{object_type: WebhookObject, object_id: string, type: WebhookEvent, ts: ?int}> $events Each
     *   object once
     */
    public function take(array $events): void
    {
        $rows = array_map(static fn (array $e): array => [
            'object_type' => $e['object_type']->value,
            'object_id'   => $e['object_id'],
            'type'        => $e['type']->value,
            'ts'          => $e['ts'],
        ], $events);
        // Deliveries at once may name the same objects in different order: only a transaction is repeated after a
        // deadlock, and Clover may not send them again.
        $this->sql->transaction(fn () => $this->store($rows, $this->clock->now(), []));
    }

    /**
     * Stores that the owner wants items fetched; those that failed often and would wait long are due now.
     *
     * @param list<string> $items Each once
     */
    public function ask(array $items): void
    {
        $now  = $this->clock->now();
        $next = $now + self::EVERY_MS;
        $this->store(
            array_map(static fn (string $id): array => [
                'object_type' => WebhookObject::Item->value,
                'object_id'   => $id,
                'type'        => self::ASK,
                'ts'          => null,
            ], $items),
            $now,
            ['attempts' => '0', 'next_try' => "CASE WHEN next_try > $next THEN $next ELSE next_try END"],
        );
    }

    /**
     * @param list<string> $items
     *
     * @return int How many of them are unprocessed
     */
    public function countOf(array $items): int
    {
        return \count($this->bulk->fetch(
            'SELECT id FROM ' . self::TABLE . "
                  WHERE environment = ? AND merchant_id = ? AND object_type = 'item' AND told > worked
                AND object_id IN (%s)",
            $items,
            $this->links->key(),
        ));
    }

    /**
     * Objects that are due, those that wait longest first.
     *
     * @return list<InboxRow>
     */
    public function due(int $limit): array
    {
        $now = $this->clock->now();

        return array_map(InboxRow::fromRow(...), $this->sql->fetchAll(
            'SELECT id, object_type, object_id, event, told, attempts FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND told > worked AND (next_try <= ? OR next_try > ?)
                  ORDER BY next_try, id LIMIT $limit",
            [...$this->links->key(), $now, $now + self::LONGEST_WAIT_MS],
        ));
    }

    /**
     * Called before objects are fetched: a failed one goes to the end of the queue, and none is fetched again within
     * {@see EVERY_MS}. It does not count as an attempt: while Clover is down or refuses the connection, no object is to
     * blame.
     *
     * @param list<int> $ids
     */
    public function begin(array $ids): void
    {
        foreach (array_chunk($ids, 500) as $chunk) {
            $this->sql->execute(
                'UPDATE ' . self::TABLE . ' SET next_try = ? WHERE id IN (' . Bulk::marks($chunk) . ')',
                [$this->clock->now() + self::EVERY_MS, ...$chunk],
            );
        }
    }

    /**
     * Marks objects as processed, inside the transaction that wrote them. Events received meanwhile stay unprocessed.
     *
     * @param list<InboxRow> $rows
     */
    public function processed(array $rows): void
    {
        $updates = [];
        // Counted from now: the request may have been sent long after begin().
        $next = $this->clock->now() + self::EVERY_MS;

        foreach ($rows as $row) {
            $updates[$row->id] = [
                'worked'   => $row->received,
                'attempts' => 0,
                'error'    => null,
                'next_try' => $next,
            ];
        }

        $this->bulk->update(self::TABLE, 'id', $updates);
    }

    /**
     * Postpones an object that could not be fetched, longer each time; after the last try until its next event.
     *
     * @return bool Whether that was the last try
     */
    public function failed(InboxRow $row, Message $error): bool
    {
        $attempts = $row->attempts + 1;
        $final    = $attempts >= self::MAX_ATTEMPTS;
        $this->sql->execute(
            'UPDATE ' . self::TABLE . ' SET error = ?, next_try = ?, attempts = ?,
                worked = CASE WHEN ? = 1 THEN ? ELSE worked END WHERE id = ?',
            [
                $error->json(),
                $this->clock->now() + min(self::LONGEST_WAIT_MS, self::EVERY_MS * (2 ** min(10, $attempts))),
                $final ? 0 : $attempts,
                (int) $final,
                $row->received,
                $row->id,
            ],
        );

        return $final;
    }

    public function count(): int
    {
        return (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND told > worked',
            $this->links->key(),
        );
    }

    /** @return ?int Milliseconds until the next object is due; null when all are processed */
    public function nextIn(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(next_try) FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND told > worked',
            $this->links->key(),
        );

        $wait = max(0, (int) $next - $this->clock->now());

        return match (true) {
            $next === null => null,
            $wait > self::LONGEST_WAIT_MS => 0,
            default => $wait,
        };
    }

    /** Deletes objects whose events are all processed. */
    public function purge(): void
    {
        $this->sql->execute('DELETE FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND told = worked AND next_try < ?', [
            ...$this->links->key(),
            $this->clock->now() - self::KEPT_MS,
        ]);
    }

    /**
     * @param list<array{object_type: string, object_id: string, type: string, ts: ?int}> $events
     * @param array<string, string>                                                        $also   Columns of an
     *   object that has a row, with expressions
     */
    private function store(array $events, int $now, array $also): void
    {
        if ($events === []) {
            return;
        }

        $this->bulk->upsert(
            self::TABLE,
            ['environment', 'merchant_id', 'object_type', 'object_id', 'event', 'ts', 'told', 'created'],
            array_map(fn (array $e): array => [
                ...$this->links->key(),
                $e['object_type'],
                $e['object_id'],
                $e['type'],
                $e['ts'],
                1,
                $now,
            ], $events),
            ['environment', 'merchant_id', 'object_type', 'object_id'],
            ['event', 'ts'],
            // MySQL assigns from left to right: `created` is since when an object waits, so it comes first.
            ['created' => "CASE WHEN told > worked THEN created ELSE $now END", 'told' => 'told + 1'] + $also,
        );
    }
}
