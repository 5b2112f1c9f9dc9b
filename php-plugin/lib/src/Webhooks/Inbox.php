<?php

declare(strict_types=1);

namespace CloverSync\Shop\Webhooks;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Text;

/**
 * What Clover's webhooks have told, one row an object: a hundred events on one item are one look at it. A row counts
 * what was told and what of it was worked, so an event that comes while its item is being looked at is looked at again.
 */
final readonly class Inbox
{
    public const TABLE = '#__j2commerce_clover_inbox';

    /** The event of an item that the owner wants looked at; Clover never tells it. */
    public const ASK = 'ASK';

    /** An object is looked at so often at most. */
    private const EVERY_MS = 5_000;

    private const MAX_ATTEMPTS = 8;

    /** A later time is from a clock that was ahead. */
    private const LONGEST_WAIT_MS = 3_600_000;

    /**
     * What was worked is kept for this long after its last look. No key tells what waits from what was worked, so the
     * drainer goes over all that is kept.
     */
    private const KEPT_MS = 3_600_000;

    private Bulk $bulk;

    private DatabaseClock $clock;

    public function __construct(
        private Sql $sql,
        private Links $mappings,
    ) {
        $this->bulk  = new Bulk($sql);
        $this->clock = new DatabaseClock($sql);
    }

    /**
     * Takes events in, with one statement.
     *
     * @param list<array{object_type: string, object_id: string, type: string, ts: ?int}> $events Each object once
     */
    public function take(array $events): void
    {
        $this->store($events, $this->clock->now(), []);
    }

    /**
     * Takes in that the owner wants items looked at: what has failed often, and would wait long, is looked at now.
     *
     * @param list<string> $items Each once
     */
    public function ask(array $items): void
    {
        $now  = $this->clock->now();
        $next = $now + self::EVERY_MS;
        $this->store(
            array_map(static fn (string $id): array => [
                'object_type' => 'item',
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
     * @return int How many of them are still to be looked at
     */
    public function countOf(array $items): int
    {
        return \count($this->bulk->fetch(
            'SELECT id FROM '
            . self::TABLE
            . " WHERE environment = ? AND merchant_id = ? AND object_type = 'item' AND told > worked AND object_id IN (%s)",
            $items,
            $this->key(),
        ));
    }

    /**
     * Objects to be looked at now, those that wait longest first.
     *
     * @return list<array{id: int, object_type: string, object_id: string, event: string, told: int, attempts: int}>
     */
    public function due(int $limit): array
    {
        $now = $this->clock->now();

        return array_map(
            static fn (array $row): array => [
                'id'          => (int) $row['id'],
                'object_type' => (string) $row['object_type'],
                'object_id'   => (string) $row['object_id'],
                'event'       => (string) $row['event'],
                'told'        => (int) $row['told'],
                'attempts'    => (int) $row['attempts'],
            ],
            $this->sql->fetchAll(
                'SELECT id, object_type, object_id, event, told, attempts FROM '
                . self::TABLE
                . " WHERE environment = ? AND merchant_id = ? AND told > worked AND (next_try <= ? OR next_try > ?) ORDER BY next_try, id LIMIT $limit",
                [...$this->key(), $now, $now + self::LONGEST_WAIT_MS],
            ),
        );
    }

    /**
     * Notes that objects are being looked at, before they are: what fails goes to the back of the line, and nothing is
     * looked at again within {@see EVERY_MS}.
     *
     * @param list<int> $ids
     */
    public function look(array $ids): void
    {
        foreach (array_chunk($ids, 500) as $chunk) {
            $this->sql->execute(
                'UPDATE '
                . self::TABLE
                . ' SET next_try = ?, attempts = attempts + 1 WHERE id IN ('
                . Bulk::marks($chunk)
                . ')',
                [$this->clock->now() + self::EVERY_MS, ...$chunk],
            );
        }
    }

    /**
     * Notes what was worked, inside the transaction that wrote it. What was told meanwhile stays to be looked at.
     *
     * @param list<array{id: int, told: int, ...}> $rows As {@see due()} gave them
     */
    public function worked(array $rows): void
    {
        $updates = [];
        // From here and not from the claim, since the request may have been sent long after that.
        $next = $this->clock->now() + self::EVERY_MS;

        foreach ($rows as $row) {
            $updates[$row['id']] = ['worked' => $row['told'], 'attempts' => 0, 'error' => null, 'next_try' => $next];
        }

        $this->bulk->update(self::TABLE, 'id', $updates);
    }

    /**
     * Puts an object off that could not be looked at, longer each time; after the last try it waits for its next event.
     */
    public function failed(int $id, int $told, int $attempts, string $error): void
    {
        $final = $attempts >= self::MAX_ATTEMPTS;
        $this->sql->execute(
            'UPDATE '
            . self::TABLE
            . ' SET error = ?, next_try = ?, worked = CASE WHEN ? = 1 THEN ? ELSE worked END, attempts = CASE WHEN ? = 1 THEN 0 ELSE attempts END WHERE id = ?',
            [
                Text::fit($error, 10_000),
                $this->clock->now() + min(self::LONGEST_WAIT_MS, self::EVERY_MS * (2 ** min(10, $attempts))),
                (int) $final,
                $told,
                (int) $final,
                $id,
            ],
        );
    }

    public function count(): int
    {
        return (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND told > worked',
            $this->key(),
        );
    }

    /** @return ?int Milliseconds until the next object is due; null when none waits */
    public function nextIn(): ?int
    {
        $next = $this->sql->fetchValue(
            'SELECT MIN(next_try) FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND told > worked',
            $this->key(),
        );

        $wait = max(0, (int) $next - $this->clock->now());

        return match (true) {
            $next === null => null,
            $wait > self::LONGEST_WAIT_MS => 0,
            default => $wait,
        };
    }

    /** Forgets objects that were worked and that nothing was told of since. */
    public function purge(): void
    {
        $this->sql->execute('DELETE FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND told = worked AND next_try < ?', [
            ...$this->key(),
            $this->clock->now() - self::KEPT_MS,
        ]);
    }

    /**
     * @param list<array{object_type: string, object_id: string, type: string, ts: ?int}> $events
     * @param array<string, string>                                                        $also   Columns of an
     *   object that is known already, with expressions
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
                ...$this->key(),
                $e['object_type'],
                $e['object_id'],
                $e['type'],
                $e['ts'],
                1,
                $now,
            ], $events),
            ['environment', 'merchant_id', 'object_type', 'object_id'],
            ['event', 'ts'],
            ['told' => 'told + 1'] + $also,
        );
    }

    /** @return array{string, string} */
    private function key(): array
    {
        return [$this->mappings->environment, $this->mappings->merchant];
    }
}
