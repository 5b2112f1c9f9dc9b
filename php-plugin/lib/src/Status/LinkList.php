<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\LikePattern;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\LinkProblem;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Webhooks\Inbox;

/**
 * The links as the owner sees them, one row a product: an item, or a group with its members.
 *
 * A product is pending as long as one of its items has unprocessed events, and it shows the problems of all its items.
 */
final readonly class LinkList
{
    /** Filter values besides those of {@see LinkState}. */
    public const DIFFERS  = 'differs';
    public const CAUTIOUS = 'cautious';
    public const TAXED    = 'taxed';

    public const SORTS = ['title', 'sku', 'clover_id', 'state', 'last_synced'];

    /** By severity: a product shows the most severe state of its items. */
    private const STATES = [
        LinkState::Deleted,
        LinkState::LeftOut,
        LinkState::Synced,
        LinkState::Pending,
        LinkState::Conflict,
        LinkState::Error,
    ];

    private const HEAD = 'COALESCE(m.parent_id, m.clover_id)';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private Differences $differences,
        private CautiousProducts $cautious,
        private TaxMismatches $taxes,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @param array{state?: ?string, search?: ?string} $filter Null or empty = all but conflicts, which
     *   {@see \CloverSync\Shop\Links\Conflicts} lists; searched are titles, names, SKUs and Clover ids, those of
     *   members too; the state is one of {@see LinkState}, {@see DIFFERS}, {@see CAUTIOUS} or {@see TAXED}
     * @param string                                   $sort   One of {@see SORTS}
     *
     * @return list<ListedLink>
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
            // Not in one expression: the collation of the shop's columns may differ from ours.
            default => "title $direction, name $direction",
        };

        return $this->rows($this->sql->fetchAll(
            "$query ORDER BY $order, head LIMIT " . max(0, $limit) . ' OFFSET ' . max(0, $start),
            $values,
        ));
    }

    /** @param array{state?: ?string, search?: ?string} $filter As in {@see page()} */
    public function count(array $filter = []): int
    {
        [$query, $values] = $this->query($filter);

        return (int) $this->sql->fetchValue("SELECT COUNT(*) FROM ($query) x", $values);
    }

    /**
     * @param list<int> $products
     *
     * @return list<ListedLink>
     */
    public function ofProducts(array $products): array
    {
        [$query, $values] = $this->query([], 'AND m.product_id IN (' . self::ids($products) . ')');

        return $this->rows($this->sql->fetchAll($query, $values));
    }

    /** The product of an item or group; null when there is no such link. */
    public function one(string $cloverId): ?ListedLink
    {
        [$query, $values] = $this->query(
            [],
            'AND (m.clover_id = ? OR m.parent_id = ?)',
            [$cloverId, $cloverId],
            conflicts: true,
        );

        return $this->rows($this->sql->fetchAll("$query LIMIT 1", $values))[0] ?? null;
    }

    /**
     * @param array{state?: ?string, search?: ?string} $filter
     * @param list<scalar>                             $values    Of $where
     * @param bool                                     $conflicts Whether an empty filter includes them
     *
     * @return array{string, list<scalar>}
     */
    private function query(array $filter, string $where = '', array $values = [], bool $conflicts = false): array
    {
        $key    = $this->links->key();
        $weight = "MAX(CASE WHEN m.state = 'error' THEN 5 WHEN m.state = 'conflict' THEN 4
            WHEN m.state = 'pending' OR i.id IS NOT NULL THEN 3 WHEN m.state = 'synced' THEN 2
            WHEN m.state = 'left_out' THEN 1 ELSE 0 END)";
        $query =
            'SELECT '
            . self::HEAD
            . " AS head, $weight AS weight,
                MAX(CASE WHEN m.clover_type = 'group' OR m.parent_id IS NOT NULL THEN 1 ELSE 0 END) AS is_group,
                SUM(CASE WHEN m.clover_type = 'item' AND m.state NOT IN "
            . LinkState::GONE
            . " THEN 1 ELSE 0 END) AS members,
                MAX(CASE WHEN m.parent_id IS NULL THEN m.name END) AS name,
                MAX(CASE WHEN m.parent_id IS NULL AND m.clover_type = 'item' THEN m.sku END) AS sku,
                MAX(c.title) AS title, MAX(m.article_id) AS article_id, MAX(m.product_id) AS product_id,
                MAX(m.last_synced) AS last_synced,
                MAX(CASE WHEN m.parent_id IS NULL THEN m.stock_reserve END) AS reserve
           FROM "
            . Links::TABLE
            . ' m
           LEFT JOIN #__content c ON c.id = m.article_id
           LEFT JOIN '
            . Inbox::TABLE
            . " i ON i.environment = m.environment AND i.merchant_id = m.merchant_id AND i.object_type = 'item'
                AND i.object_id = m.clover_id AND i.told > i.worked
          WHERE m.environment = ? AND m.merchant_id = ? $where";
        $values = [...$key, ...$values];

        $search = $filter['search'] ?? '';

        if ($search !== '') {
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
            array_push($values, ...$key, ...array_fill(0, \count($columns), LikePattern::containing($search)));
        }

        $state    = $filter['state'] ?? '';
        $products = match ($state) {
            self::DIFFERS => $this->differences->products(),
            self::CAUTIOUS => array_keys($this->cautious->all()),
            self::TAXED => $this->taxes->products(),
            default => null,
        };

        if ($products !== null) {
            $query .= ' AND m.product_id IN (' . self::ids($products) . ')';
        } elseif ($state === LinkState::Synced->value) {
            $query .= ' AND COALESCE(m.product_id, 0) NOT IN (' . self::ids($this->differences->products()) . ')';
        }

        $query .= ' GROUP BY ' . self::HEAD;

        if ($state !== '' && $products === null) {
            $query    .= " HAVING $weight = ?";
            $values[] = (int) array_search(LinkState::tryFrom($state), self::STATES, true);
        } elseif (!$conflicts) {
            $query .= " HAVING MAX(CASE WHEN m.state = 'conflict' THEN 1 ELSE 0 END) = 0";
        }

        return [$query, $values];
    }

    /**
     * @param list<int> $ids
     *
     * @return string For IN, which may not be empty; 0 is not an id
     */
    private static function ids(array $ids): string
    {
        return implode(', ', [0, ...$ids]);
    }

    /**
     * @param list<array<string, int|float|string|null>> $found
     *
     * @return list<ListedLink>
     */
    private function rows(array $found): array
    {
        $problems = $this->problems(array_map(static fn (array $row): string => Row::string($row, 'head'), $found));
        $products = array_values(array_map(intval(...), array_filter(array_column($found, 'product_id'))));
        $differs  = $this->differences->of($products);
        $cautious = $this->cautious->of($products);
        $taxes    = $this->taxes->of($products);

        return array_map(static fn (array $row): ListedLink => ListedLink::fromRow(
            $row,
            self::STATES[Row::int($row, 'weight')] ?? LinkState::Deleted,
            $problems[Row::string($row, 'head')] ?? [],
            $differs[Row::int($row, 'product_id')] ?? [],
            ($cautious[Row::int($row, 'product_id')] ?? null)?->cautions ?? [],
            $taxes[Row::int($row, 'product_id')] ?? null,
        ), $found);
    }

    /**
     * @param list<string> $heads
     *
     * @return array<int|string, list<LinkProblem>> By first item; each message of a product once
     */
    private function problems(array $heads): array
    {
        $problems = [];
        $seen     = [];

        foreach (['m.clover_id', 'm.parent_id'] as $column) {
            foreach ($this->bulk->fetch(
                'SELECT '
                . self::HEAD
                . ' AS head, m.clover_id, m.name, m.sku, m.error FROM '
                . Links::TABLE
                . " m
                  WHERE m.environment = ? AND m.merchant_id = ? AND m.state IN ('error', 'conflict', 'left_out')
                    AND m.error IS NOT NULL AND $column IN (%s) ORDER BY m.id",
                $heads,
                $this->links->key(),
            ) as $row) {
                $head    = Row::string($row, 'head');
                $problem = LinkProblem::fromRow($row);

                $what = $problem->message->json();

                if (!isset($seen[$head][$what])) {
                    $seen[$head][$what] = true;
                    $problems[$head][]  = $problem;
                }
            }
        }

        return $problems;
    }
}
