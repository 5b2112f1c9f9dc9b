<?php

declare(strict_types=1);

namespace CloverSync\Shop\Log;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\LikePattern;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/**
 * The Sync Log that the owner reads.
 *
 * In a filter, null or empty = all. The search covers data of the message, action, entity type and entity id; entries
 * with one of the actions, or a message with one of the codes, are found too. Entries after the number "newest" are
 * left out, so that a list that is read in portions does not move meanwhile.
 *
 * @phpstan-type Filter array{status?: ?string, action?: ?string, search?: ?string, codes?: list<string>, actions?:
 *   list<string>, newest?: ?int}
 */
final readonly class SyncLog
{
    public const STATUSES = ['success', 'error', 'skipped'];

    public const ACTIONS = [
        'import',
        'update',
        'delete',
        'inventory_pull',
        'inventory_decrement',
        'inventory_restock',
        'order_push',
        'webhook',
        'token_refresh',
        'sync',
        'mail',
    ];

    public const SORTS = ['created', 'status', 'action', 'entity_type'];

    public const TABLE = '#__j2commerce_clover_log';

    private const SEARCHED = ['message', 'action', 'entity_type', 'entity_id'];

    public function __construct(
        private Sql $sql,
        private string $environment,
        private Clock $clock,
    ) {
    }

    public function add(
        string $action,
        string $type,
        string $id,
        string $status,
        Message $message,
        ?int $run = null,
    ): void {
        $this->addAll([[
            'action'  => $action,
            'type'    => $type,
            'id'      => $id,
            'status'  => $status,
            'message' => $message,
        ]], $run);
    }

    /**
     * @param list<array{action: string, type: string, id: string, status: string, message: Message}> $entries
     */
    public function addAll(array $entries, ?int $run = null): void
    {
        $now = UtcTime::sql($this->clock->now());
        (new Bulk($this->sql))->insert(
            self::TABLE,
            ['created', 'environment', 'action', 'entity_type', 'entity_id', 'status', 'message', 'run_id'],
            array_map(fn (array $e): array => [
                $now,
                $this->environment,
                $e['action'],
                $e['type'],
                $e['id'],
                $e['status'],
                $e['message']->json(),
                $run,
            ], $entries),
        );
    }

    /**
     * The newest entries, newest first.
     *
     * @param Filter $filter
     *
     * @return list<array{at: string, action: string, entity_type: string, entity_id: string, status: string, message:
     *   Message}>
     */
    public function latest(int $limit, array $filter = []): array
    {
        return $this->page($filter, 'created', true, 0, max(1, $limit));
    }

    /**
     * @param Filter       $filter
     * @param string       $sort    One of {@see SORTS}
     * @param list<string> $actions In the order that sorting by action has; empty = by their codes
     *
     * @return list<array{at: string, action: string, entity_type: string, entity_id: string, status: string, message:
     *   Message}>
     */
    public function page(
        array $filter,
        string $sort,
        bool $descending,
        int $start,
        int $limit,
        array $actions = [],
    ): array {
        [$where, $values] = $this->where($filter);
        $direction = $descending ? 'DESC' : 'ASC';

        if ($sort === 'action' && $actions !== []) {
            $ranks = implode(' ', array_map(
                static fn (int $rank): string => "WHEN ? THEN $rank",
                array_keys($actions),
            ));
            $order = "CASE action $ranks ELSE " . \count($actions) . " END $direction, id DESC";
            array_push($values, ...$actions);
        } elseif (\in_array($sort, self::SORTS, true) && $sort !== 'created') {
            $order = "$sort $direction, id DESC";
        } else {
            // Entries are numbered in order of arrival, so sorting by number sorts by time.
            $order = "id $direction";
        }

        return array_map(
            static fn (array $row): array => (
                ['at' => (string) UtcTime::iso(Row::string($row, 'created'))] + self::entry($row)
            ),
            $this->sql->fetchAll(
                'SELECT created, action, entity_type, entity_id, status, message FROM '
                    . self::TABLE
                    . " WHERE $where ORDER BY $order LIMIT "
                    . max(0, $limit)
                    . ' OFFSET '
                    . max(0, $start),
                $values,
            ),
        );
    }

    /** @return int Number of the newest entry; 0 without one */
    public function newest(): int
    {
        return (int) $this->sql->fetchValue('SELECT COALESCE(MAX(id), 0) FROM '
        . self::TABLE
        . ' WHERE environment = ?', [$this->environment]);
    }

    /** @param Filter $filter */
    public function count(array $filter = []): int
    {
        [$where, $values] = $this->where($filter);

        return (int) $this->sql->fetchValue('SELECT COUNT(*) FROM ' . self::TABLE . " WHERE $where", $values);
    }

    /**
     * Entries of one run, oldest first, without those about the run itself.
     *
     * @return list<array{action: string, entity_type: string, entity_id: string, status: string, message: Message}>
     */
    public function ofRun(int $run, string $status, int $limit): array
    {
        return array_map(
            self::entry(...),
            $this->sql->fetchAll(
                'SELECT action, entity_type, entity_id, status, message FROM '
                    . self::TABLE
                    . " WHERE run_id = ? AND status = ? AND action <> 'sync' ORDER BY id LIMIT "
                    . max(1, $limit),
                [$run, $status],
            ),
        );
    }

    /**
     * @param array<string, int|float|string|null> $row
     *
     * @return array{action: string, entity_type: string, entity_id: string, status: string, message: Message}
     */
    private static function entry(array $row): array
    {
        return [
            'action'      => Row::string($row, 'action'),
            'entity_type' => Row::string($row, 'entity_type'),
            'entity_id'   => Row::string($row, 'entity_id'),
            'status'      => Row::string($row, 'status'),
            'message'     => Message::read(Row::string($row, 'message')),
        ];
    }

    /** @return int Entries removed */
    public function purge(int $days): int
    {
        return $this->sql->execute('DELETE FROM ' . self::TABLE . ' WHERE created < ?', [UtcTime::sql(
            $this->clock->now() - ($days * 86_400),
        )]);
    }

    /**
     * @param Filter $filter
     *
     * @return array{string, list<string|int>}
     */
    private function where(array $filter): array
    {
        $where  = 'environment = ?';
        $values = [$this->environment];

        $status = $filter['status'] ?? '';
        $action = $filter['action'] ?? '';
        $search = $filter['search'] ?? '';

        if (($filter['newest'] ?? null) !== null) {
            $where    .= ' AND id <= ?';
            $values[] = $filter['newest'];
        }

        if ($status !== '') {
            $where    .= ' AND status = ?';
            $values[] = $status;
        }

        if ($action !== '') {
            $where    .= ' AND action = ?';
            $values[] = $action;
        }

        if ($search !== '') {
            $codes      = $filter['codes'] ?? [];
            $actions    = $filter['actions'] ?? [];
            $conditions = [
                ...array_map(LikePattern::condition(...), self::SEARCHED),
                ...array_fill(0, \count($actions), 'action = ?'),
            ];
            array_push(
                $values,
                ...array_fill(0, \count(self::SEARCHED), LikePattern::containing($search)),
                ...$actions,
            );

            if ($codes !== []) {
                [$conditions[], $found] = $this->sql->dialect()->containsOneOf('message', $codes, '"code":"', '"');
                array_push($values, ...$found);
            }

            $where .= ' AND (' . implode(' OR ', $conditions) . ')';
        }

        return [$where, $values];
    }
}
