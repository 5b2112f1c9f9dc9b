<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/** Sync runs of one connection, and the items that a run has staged. */
final readonly class SyncRuns
{
    public const TABLE = '#__j2commerce_clover_runs';

    private const STAGING = Links::STAGING;

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private string $environment,
        private string $merchant,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** The run that was interrupted, or that waits for the owner's confirmation. */
    public function open(): ?SyncRunRow
    {
        $row = $this->sql->fetchOne('SELECT * FROM '
        . self::TABLE
        . " WHERE environment = ? AND merchant_id = ? AND status IN ('running', 'needs_confirmation') ORDER BY "
        . 'id DESC LIMIT 1', [
            $this->environment,
            $this->merchant,
        ]);

        return $row === null ? null : SyncRunRow::fromRow($row);
    }

    public function latest(): ?SyncRunRow
    {
        $row = $this->sql->fetchOne('SELECT * FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? ORDER BY id DESC LIMIT 1', [$this->environment, $this->merchant]);

        return $row === null ? null : SyncRunRow::fromRow($row);
    }

    /** @throws LockLostException when the run no longer exists */
    public function get(int $id): SyncRunRow
    {
        return SyncRunRow::fromRow(
            $this->sql->fetchOne('SELECT * FROM ' . self::TABLE . ' WHERE id = ?', [
                $id,
            ]) ?? throw new LockLostException(new Message(MessageCode::SyncRemoved)),
        );
    }

    /** Starts a run; an open one is abandoned. */
    public function begin(string $holder): int
    {
        return $this->sql->transaction(function () use ($holder): int {
            $now = UtcTime::sql($this->clock->now());
            $this->sql->execute('UPDATE '
            . self::TABLE
            . " SET status = 'superseded', ended = ? WHERE environment = ? AND merchant_id = ? AND status "
            . "IN ('running', 'needs_confirmation')", [$now, $this->environment, $this->merchant]);
            $this->bulk->insert(
                self::TABLE,
                ['environment', 'merchant_id', 'status', 'phase', 'holder', 'started', 'heartbeat'],
                [[
                    $this->environment,
                    $this->merchant,
                    RunStatus::Running->value,
                    RunPhase::Prepare->value,
                    $holder,
                    $now,
                    $now,
                ]],
            );
            $id = (int) $this->sql->fetchValue('SELECT MAX(id) FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND holder = ?', [
                $this->environment,
                $this->merchant,
                $holder,
            ]);
            $this->sql->execute(
                'DELETE FROM '
                . self::STAGING
                . ' WHERE run_id NOT IN (SELECT id FROM '
                . self::TABLE
                . " WHERE status IN ('running', 'needs_confirmation'))",
            );

            return $id;
        });
    }

    /** The cause that stopped the last run may be over: the next run finds out. */
    public function forgetFailure(): void
    {
        $latest = $this->latest();

        if ($latest !== null && $latest->status === RunStatus::Failed) {
            $this->sql->execute('UPDATE '
            . self::TABLE
            . " SET status = 'superseded' WHERE id = ? AND status = 'failed'", [$latest->id]);
        }
    }

    /** Takes over a run that was interrupted. */
    public function take(int $id, string $holder): void
    {
        $this->sql->execute('UPDATE ' . self::TABLE . " SET holder = ?, status = 'running' WHERE id = ?", [
            $holder,
            $id,
        ]);
    }

    /**
     * Stores a run's progress after a page, inside the page's transaction.
     *
     * @param array<string, scalar|null> $values Columns to set
     *
     * @throws LockLostException when another process has taken the run over: the page must not be committed
     */
    public function advance(
        int $id,
        string $holder,
        array $values,
        ?WriteReport $written = null,
        RunCost $cost = new RunCost(0, 0.0),
    ): void {
        if (
            $this->sql->fetchValue(
                'SELECT holder FROM ' . self::TABLE . ' WHERE id = ?' . $this->sql->dialect()->lockRows(),
                [$id],
            ) !== $holder
        ) {
            throw new LockLostException(new Message(MessageCode::SyncTakenOver));
        }

        $sets = ['heartbeat = ?', 'requests = requests + ?', 'seconds = seconds + ?'];
        $args = [UtcTime::sql($this->clock->now()), $cost->requests, \sprintf('%.3F', $cost->seconds)];

        foreach ($written === null
            ? []
            : [
                'imported'     => $written->imported,
                'updated'      => $written->updated,
                'unchanged'    => $written->unchanged,
                'deleted'      => $written->deleted,
                'failed'       => $written->failed,
                'conflicts'    => $written->conflicts,
                'skipped'      => $written->skipped,
                'product_rows' => $written->productRows,
                'items_read'   => $written->itemsRead,
            ] as $column => $n) {
            $sets[] = "$column = $column + ?";
            $args[] = $n;
        }

        foreach ($values as $column => $value) {
            $sets[] = "`$column` = ?";
            $args[] = $value;
        }

        $this->sql->execute(
            'UPDATE ' . self::TABLE . ' SET ' . implode(', ', $sets) . ' WHERE id = ?',
            [...$args, $id],
        );
    }

    /**
     * Stages the members of groups for an open run; what is staged of a later request stays.
     *
     * @param list<array{item_id: string, group_id: string, payload: string, ...}> $members
     * @param int                                                                  $asked   When they were requested, by
     *   {@see DatabaseClock}
     */
    public function stage(int $run, array $members, int $asked): void
    {
        $this->bulk->upsert(
            self::STAGING,
            ['run_id', 'group_id', 'item_id', 'payload', 'asked'],
            array_map(static fn (array $m): array => [
                $run,
                $m['group_id'],
                $m['item_id'],
                $m['payload'],
                $asked,
            ], $members),
            ['run_id', 'group_id', 'item_id'],
            ['payload', 'asked'],
            newest: 'asked',
        );
    }

    /**
     * Stages linked items that the settings leave out, until the groups are written. They count as not seen.
     *
     * @param list<LeftOutItem> $items
     * @param int               $asked As in {@see stage()}
     */
    public function stageLeftOut(int $run, array $items, int $asked): void
    {
        $this->stage(
            $run,
            array_map(static fn (LeftOutItem $item): array => [
                'group_id' => Links::LEFT_OUT,
                'item_id'  => $item->cloverId,
                'payload'  => $item->reason->json(),
            ], $items),
            $asked,
        );
    }

    /**
     * @param list<string> $ids
     *
     * @return list<LeftOutItem> Those of these items that a run has staged as left out
     */
    public function leftOut(int $run, array $ids): array
    {
        return array_map(
            static fn (array $row): LeftOutItem => new LeftOutItem(
                Row::string($row, 'item_id'),
                '',
                Message::read(Row::string($row, 'payload')),
            ),
            $this->bulk->fetch(
                'SELECT item_id, payload FROM '
                . self::STAGING
                . ' WHERE run_id = ? AND group_id = ? AND item_id IN (%s)',
                $ids,
                [$run, Links::LEFT_OUT],
            ),
        );
    }

    /**
     * Replaces what a run has staged of items by a later answer about them.
     *
     * @param list<string>                                                         $groups  The items' groups, in the
     *   shop and in Clover
     * @param list<string>                                                         $items   All that were requested
     * @param list<array{item_id: string, group_id: string, payload: string, ...}> $members Those that are in a group
     * @param int                                                                  $asked   As in {@see stage()}
     */
    public function restage(int $run, array $groups, array $items, array $members, int $asked): void
    {
        foreach ($groups === [] ? [] : array_chunk($items, 500) as $chunk) {
            foreach (array_chunk($groups, 500) as $some) {
                $this->sql->execute(
                    'DELETE FROM '
                    . self::STAGING
                    . ' WHERE run_id = ? AND asked < ? AND group_id IN ('
                    . Bulk::marks($some)
                    . ') AND item_id IN ('
                    . Bulk::marks($chunk)
                    . ')',
                    [$run, $asked, ...$some, ...$chunk],
                );
            }
        }

        $this->stage($run, $members, $asked);
    }

    /**
     * The next groups after one: about as many as have this many items together, at least one.
     *
     * @return array{groups: list<string>, members: list<array{group_id: string, item_id: string, payload: string,
     *   asked: int}>}
     */
    public function stagedAfter(int $run, string $group, int $items): array
    {
        $groups = [];
        $sum    = 0;

        foreach ($this->sql->fetchAll('SELECT group_id, COUNT(*) AS n FROM '
        . self::STAGING
        . ' WHERE run_id = ? AND group_id > ? GROUP BY group_id ORDER BY group_id LIMIT '
        . $items, [$run, $group]) as $row) {
            $sum += (int) $row['n'];

            if ($groups !== [] && $sum > $items) {
                break;
            }

            $groups[] = (string) $row['group_id'];
        }

        return ['groups' => $groups, 'members' => $this->staged($run, $groups)];
    }

    /**
     * @param list<string> $groups
     *
     * @return list<array{group_id: string, item_id: string, payload: string, asked: int}>
     */
    public function staged(int $run, array $groups): array
    {
        return array_map(
            static fn (array $row): array => [
                'group_id' => Row::string($row, 'group_id'),
                'item_id'  => Row::string($row, 'item_id'),
                'payload'  => Row::string($row, 'payload'),
                'asked'    => Row::int($row, 'asked'),
            ],
            $this->bulk->fetch(
                'SELECT group_id, item_id, payload, asked FROM '
                . self::STAGING
                . ' WHERE run_id = ? AND group_id IN (%s) ORDER BY group_id, item_id',
                $groups,
                [$run],
            ),
        );
    }

    public function clearStaging(int $run): void
    {
        $this->sql->execute('DELETE FROM ' . self::STAGING . ' WHERE run_id = ?', [$run]);
    }

    /** Deletes runs that ended long ago. */
    public function purge(int $days): void
    {
        $this->sql->execute('DELETE FROM ' . self::TABLE . ' WHERE ended < ?', [UtcTime::sql(
            $this->clock->now() - ($days * 86_400),
        )]);
    }
}
