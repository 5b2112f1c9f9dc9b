<?php

declare(strict_types=1);

namespace CloverSync\Shop;

/** The Sync Log that the owner reads. */
final readonly class SyncLog
{
    private const TABLE = '#__j2commerce_clover_log';

    public function __construct(private Sql $sql, private string $environment, private Clock $clock)
    {
    }

    public function add(string $action, string $type, string $id, string $status, string $message, ?int $run = null): void
    {
        $this->addAll([['action' => $action, 'type' => $type, 'id' => $id, 'status' => $status, 'message' => $message]], $run);
    }

    /** @param list<array{action: string, type: string, id: string, status: string, message: string}> $entries */
    public function addAll(array $entries, ?int $run = null): void
    {
        $now = UtcTime::sql($this->clock->now());
        (new Bulk($this->sql))->insert(
            self::TABLE,
            ['created', 'environment', 'action', 'entity_type', 'entity_id', 'status', 'message', 'run_id'],
            array_map(
                fn (array $e): array => [$now, $this->environment, $e['action'], $e['type'], $e['id'], $e['status'], Names::fit($e['message'], 10_000), $run],
                $entries,
            ),
        );
    }

    /**
     * The newest entries, newest first.
     *
     * @return list<array{at: string, action: string, entity_type: string, entity_id: string, status: string, message: string}>
     */
    public function latest(int $limit, ?string $status = null, ?string $search = null): array
    {
        $where  = 'environment = ?';
        $values = [$this->environment];

        if ($status !== null) {
            $where .= ' AND status = ?';
            $values[] = $status;
        }

        if ($search !== null && $search !== '') {
            $where .= " AND (message LIKE ? ESCAPE '!' OR action LIKE ? ESCAPE '!' OR entity_type LIKE ? ESCAPE '!' OR entity_id = ?)";
            $like   = '%' . strtr($search, ['!' => '!!', '%' => '!%', '_' => '!_']) . '%';
            array_push($values, $like, $like, $like, $search);
        }

        return array_map(
            static fn (array $row): array => ['at' => (string) UtcTime::iso($row['created'])] + array_diff_key($row, ['created' => 0]),
            $this->sql->fetchAll(
                'SELECT created, action, entity_type, entity_id, status, message FROM ' . self::TABLE . " WHERE $where ORDER BY id DESC LIMIT " . max(1, $limit),
                $values,
            ),
        );
    }

    /**
     * Entries of one run, oldest first, but for the run's own.
     *
     * @return list<array{action: string, entity_type: string, entity_id: string, status: string, message: string}>
     */
    public function ofRun(int $run, string $status, int $limit): array
    {
        return $this->sql->fetchAll(
            'SELECT action, entity_type, entity_id, status, message FROM ' . self::TABLE . " WHERE run_id = ? AND status = ? AND action <> 'sync' ORDER BY id LIMIT " . max(1, $limit),
            [$run, $status],
        );
    }

    /** @return int Entries removed */
    public function purge(int $days): int
    {
        return $this->sql->execute('DELETE FROM ' . self::TABLE . ' WHERE created < ?', [UtcTime::sql($this->clock->now() - $days * 86_400)]);
    }
}
