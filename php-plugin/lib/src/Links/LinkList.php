<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\LikePattern;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\UtcTime;
use CloverSync\Shop\Webhooks\Inbox;

/**
 * The links as the owner sees them, one row a product: an item, or a group with its members.
 *
 * A product waits as long as one of its items is to be looked at, and it shows what is wrong with any of them.
 */
final readonly class LinkList
{
    public const SORTS = ['title', 'sku', 'clover_id', 'state', 'last_synced'];

    /** What weighs more hides what weighs less. */
    private const STATES = [Links::DELETED, Links::SYNCED, Links::PENDING, Links::CONFLICT, Links::ERROR];

    private const HEAD = 'COALESCE(m.parent_id, m.clover_id)';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $mappings,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @param array{state?: ?string, search?: ?string} $filter Null or empty = all; searched are titles, names, SKUs
     *   and Clover ids, those of members too
     * @param string                                   $sort   One of {@see SORTS}
     *
     * @return list<array{clover_id: string, type: string, title: string, sku: string, state: string, members: int,
     *   last_synced: ?string, product_id: ?int, article_id: ?int, problems: list<array{clover_id: string, name: string,
     *   sku: string, message: string}>}> members: items of a group that Clover still has; last_synced: UTC
     */
    public function page(array $filter, string $sort, bool $descending, int $start, int $limit): array
    {
        [$query, $values] = $this->query($filter);
        $direction = $descending ? 'DESC' : 'ASC';
        $order     = match ($sort) {
            'sku'         => "sku $direction",
            'clover_id'   => "head $direction",
            'state'       => "weight $direction",
            'last_synced' => "last_synced $direction",
            // Not in one expression, for the shop's columns may be collated otherwise than ours.
            default => "title $direction, name $direction",
        };

        return $this->rows($this->sql->fetchAll(
            "$query ORDER BY $order, head LIMIT " . max(0, $limit) . ' OFFSET ' . max(0, $start),
            $values,
        ));
    }

    /** @param array{state?: ?string, search?: ?string} $filter As {@see page()} takes it */
    public function count(array $filter = []): int
    {
        [$query, $values] = $this->query($filter);

        return (int) $this->sql->fetchValue("SELECT COUNT(*) FROM ($query) x", $values);
    }

    /** @return ?array<string, mixed> As {@see page()} gives it; null when there is no such link */
    public function one(string $cloverId): ?array
    {
        [$query, $values] = $this->query([], 'AND (m.clover_id = ? OR m.parent_id = ?)', [$cloverId, $cloverId]);

        return $this->rows($this->sql->fetchAll("$query LIMIT 1", $values))[0] ?? null;
    }

    /**
     * @param array{state?: ?string, search?: ?string} $filter
     * @param list<scalar>                             $values Of $where
     *
     * @return array{string, list<scalar>}
     */
    private function query(array $filter, string $where = '', array $values = []): array
    {
        $key    = [$this->mappings->environment, $this->mappings->merchant];
        $weight = "MAX(CASE WHEN m.state = 'error' THEN 4 WHEN m.state = 'conflict' THEN 3 WHEN m.state = 'pending' OR i.id IS NOT NULL THEN 2 WHEN m.state = 'synced' THEN 1 ELSE 0 END)";
        $query  = 'SELECT '
        . self::HEAD
        . " AS head, $weight AS weight, MAX(CASE WHEN m.clover_type = 'group' OR m.parent_id IS NOT NULL THEN 1 ELSE 0 END) AS is_group,
                SUM(CASE WHEN m.clover_type = 'item' AND m.state <> 'deleted' THEN 1 ELSE 0 END) AS members,
                MAX(CASE WHEN m.parent_id IS NULL THEN m.name END) AS name, MAX(CASE WHEN m.parent_id IS NULL AND m.clover_type = 'item' THEN m.sku END) AS sku,
                MAX(c.title) AS title, MAX(m.article_id) AS article_id, MAX(m.product_id) AS product_id, MAX(m.last_synced) AS last_synced
           FROM "
        . Links::TABLE
        . ' m
           LEFT JOIN #__content c ON c.id = m.article_id
           LEFT JOIN '
        . Inbox::TABLE
        . " i ON i.environment = m.environment AND i.merchant_id = m.merchant_id AND i.object_type = 'item' AND i.object_id = m.clover_id AND i.told > i.worked
          WHERE m.environment = ? AND m.merchant_id = ? $where";
        $values = [...$key, ...$values];

        if (($filter['search'] ?? '') !== '') {
            $columns = ['s.name', 's.sku', 's.clover_id', 't.title'];
            $query   .= ' AND '
            . self::HEAD
            . ' IN (
                SELECT COALESCE(s.parent_id, s.clover_id) FROM '
            . Links::TABLE
            . ' s LEFT JOIN #__content t ON t.id = s.article_id
                 WHERE s.environment = ? AND s.merchant_id = ? AND ('
            . implode(' OR ', array_map(LikePattern::condition(...), $columns))
            . '))';
            array_push(
                $values,
                ...$key,
                ...array_fill(0, \count($columns), LikePattern::containing($filter['search'])),
            );
        }

        $query .= ' GROUP BY ' . self::HEAD;

        if (($filter['state'] ?? '') !== '') {
            $query    .= " HAVING $weight = ?";
            $values[] = (int) array_search($filter['state'], self::STATES, true);
        }

        return [$query, $values];
    }

    /**
     * @param list<array<string, mixed>> $found
     *
     * @return list<array<string, mixed>>
     */
    private function rows(array $found): array
    {
        $problems = $this->problems(array_map(strval(...), array_column($found, 'head')));

        return array_map(
            static fn (array $row): array => [
                'clover_id' => (string) $row['head'],
                'type'      => (int) $row['is_group'] === 1 ? 'group' : 'item',
                'title'     => (string) ($row['title'] ?? $row['name'] ?? ''),
                'sku'       => (string) $row['sku'],
                'state'     => self::STATES[(int) $row['weight']],
                'members'   => (int) $row['is_group'] === 1 ? (int) $row['members'] : 0,
                // What is linked to no product was seen, but never synced.
                'last_synced' => $row['product_id'] === null ? null : UtcTime::iso($row['last_synced']),
                'product_id'  => $row['product_id'] === null ? null : (int) $row['product_id'],
                'article_id'  => $row['article_id'] === null ? null : (int) $row['article_id'],
                'problems'    => $problems[$row['head']] ?? [],
            ],
            $found,
        );
    }

    /**
     * @param list<string> $heads
     *
     * @return array<string, list<array{clover_id: string, name: string, sku: string, message: string}>> Each message
     *   of a product once
     */
    private function problems(array $heads): array
    {
        $problems = [];

        foreach (['m.clover_id', 'm.parent_id'] as $column) {
            foreach ($this->bulk->fetch(
                'SELECT '
                . self::HEAD
                . ' AS head, m.clover_id, m.name, m.sku, m.error FROM '
                . Links::TABLE
                . " m
                  WHERE m.environment = ? AND m.merchant_id = ? AND m.state IN ('error', 'conflict') AND m.error IS NOT NULL AND $column IN (%s) ORDER BY m.id",
                $heads,
                [$this->mappings->environment, $this->mappings->merchant],
            ) as $row) {
                $problems[$row['head']][$row['error']] ??= [
                    'clover_id' => (string) $row['clover_id'],
                    'name'      => (string) $row['name'],
                    'sku'       => (string) $row['sku'],
                    'message'   => (string) $row['error'],
                ];
            }
        }

        return array_map(array_values(...), $problems);
    }
}
