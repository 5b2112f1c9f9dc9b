<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\ProblemCode;
use CloverSync\Settings;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Messages\Message;

/** Links between Clover's items and groups and the shop's products, of one environment and merchant. */
final readonly class Links
{
    public const TABLE = '#__j2commerce_clover_mappings';

    /** What the sync runs have read and not written yet. */
    public const STAGING = '#__j2commerce_clover_staging';

    /** Group under which a run stages linked items that the settings leave out. */
    public const LEFT_OUT = '';

    private const UNSEEN = ' FROM ' . self::TABLE . "
          WHERE environment = ? AND merchant_id = ? AND clover_type = 'item' AND product_id IS NOT NULL
            AND seen_run <> ? AND state NOT IN " . LinkState::GONE;

    private const STAGED_LEFT_OUT =
        'IN (SELECT s.item_id FROM '
            . self::STAGING
            . " s WHERE s.run_id = ? AND s.group_id = '"
            . self::LEFT_OUT
            . "')";

    /**
     * Columns that {@see save()} writes besides the key, with the value for rows that do not name them.
     *
     * @var array<string, int|string|null>
     */
    private const DEFAULTS = [
        'clover_type'         => 'item',
        'parent_id'           => null,
        'name'                => '',
        'sku'                 => '',
        'article_id'          => null,
        'product_id'          => null,
        'variant_id'          => null,
        'fingerprint'         => '',
        'title_written'       => '',
        'category_written'    => 0,
        'tags_written'        => null,
        'tax_written'         => null,
        'state'               => LinkState::Pending->value,
        'clover_price'        => null,
        'clover_count'        => null,
        'clover_asked'        => null,
        'cautions'            => '',
        'error'               => null,
        'options'             => null,
        'option_names'        => null,
        'modifiers'           => null,
        'state_before_delete' => null,
        'seen_run'            => 0,
        'last_synced'         => null,
    ];

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        public string $environment,
        public string $merchant,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** @return array{string, string} Environment and merchant, which every row of the app's tables belongs to */
    public function key(): array
    {
        return [$this->environment, $this->merchant];
    }

    /**
     * @param list<string> $cloverIds
     *
     * @return array<string, LinkRow> By Clover id
     */
    public function byCloverId(array $cloverIds): array
    {
        $rows = [];

        foreach ($this->bulk->fetch(
            'SELECT m.*, c.id AS c_id, c.title AS c_title, c.catid AS c_catid, c.alias AS c_alias, c.state AS c_state,
                    c.checked_out AS c_checked_out
               FROM '
            . self::TABLE
            . ' m LEFT JOIN #__content c ON c.id = m.article_id
              WHERE m.environment = ? AND m.merchant_id = ? AND m.clover_id IN (%s)',
            $cloverIds,
            $this->key(),
        ) as $row) {
            $rows[Row::string($row, 'clover_id')] = LinkRow::fromRow($row);
        }

        return $rows;
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, ModifierRows> By product, of those that have modifiers
     */
    public function modifiersOf(array $products): array
    {
        $modifiers = [];

        foreach ($this->bulk->fetch(
            'SELECT product_id, modifiers FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND modifiers IS NOT NULL AND product_id IN (%s)',
            $products,
            $this->key(),
        ) as $row) {
            $modifiers[Row::int($row, 'product_id')] = ModifierRows::fromJson(Row::string($row, 'modifiers'));
        }

        return $modifiers;
    }

    /**
     * Inserts rows or replaces them whole.
     *
     * @param list<array<string, scalar|null>> $rows Each with clover_id; an absent column gets its default
     */
    public function save(array $rows): void
    {
        $columns = array_keys(self::DEFAULTS);
        $values  = [];

        foreach ($rows as $row) {
            $value = [...$this->key(), $row['clover_id']];

            foreach (self::DEFAULTS as $column => $default) {
                $value[] = \array_key_exists($column, $row) ? $row[$column] : $default;
            }

            $values[] = $value;
        }

        $this->bulk->upsert(
            self::TABLE,
            ['environment', 'merchant_id', 'clover_id', ...$columns],
            $values,
            ['environment', 'merchant_id', 'clover_id'],
            $columns,
        );
    }

    /**
     * @param array<string, array<string, scalar|null>> $rows Clover id => column => value
     */
    public function update(array $rows): void
    {
        $byId = [];

        foreach ($this->bulk->fetch(
            'SELECT id, clover_id FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND clover_id IN (%s)',
            array_map(strval(...), array_keys($rows)),
            $this->key(),
        ) as $row) {
            $byId[Row::int($row, 'id')] = $rows[Row::string($row, 'clover_id')];
        }

        $this->bulk->update(self::TABLE, 'id', $byId);
    }

    /**
     * Marks items as seen by a run; a product that had failed or was pending becomes synced.
     *
     * @param list<string> $cloverIds
     */
    public function markSeen(array $cloverIds, int $run, string $now): void
    {
        foreach (array_chunk($cloverIds, 1000) as $chunk) {
            $this->sql->execute(
                'UPDATE '
                . self::TABLE
                . " SET seen_run = ?, last_synced = ?,
                        error = CASE WHEN state IN ('error', 'pending') THEN NULL ELSE error END,
                        state = CASE WHEN state IN ('error', 'pending') AND product_id IS NOT NULL THEN 'synced'
                                     ELSE state END
                  WHERE environment = ? AND merchant_id = ? AND clover_id IN ("
                . Bulk::marks($chunk)
                . ')',
                [$run, $now, ...$this->key(), ...$chunk],
            );
        }
    }

    /**
     * Stores the errors of items; their links stay.
     *
     * @param array<string, Message> $errors By Clover id
     */
    public function markErrors(array $errors, string $type, int $run): void
    {
        $this->bulk->upsert(
            self::TABLE,
            ['environment', 'merchant_id', 'clover_id', 'clover_type', 'state', 'error', 'seen_run'],
            array_map(
                fn (string $id, Message $error): array => [
                    $this->environment,
                    $this->merchant,
                    $id,
                    $type,
                    LinkState::Error->value,
                    $error->json(),
                    $run,
                ],
                array_map(strval(...), array_keys($errors)),
                $errors,
            ),
            ['environment', 'merchant_id', 'clover_id'],
            ['state', 'error', 'seen_run'],
        );
    }

    /**
     * Stores why items are left out, of those whose product is deleted or left out already.
     *
     * @param array<string, Message> $reasons By Clover id
     */
    public function explain(array $reasons): void
    {
        $rows = [];

        foreach ($this->bulk->fetch(
            'SELECT clover_id, error FROM '
            . self::TABLE
            . ' WHERE environment = ? AND merchant_id = ? AND state IN '
            . LinkState::GONE
            . ' AND clover_id IN (%s)',
            array_map(strval(...), array_keys($reasons)),
            $this->key(),
        ) as $row) {
            $id     = Row::string($row, 'clover_id');
            $reason = $reasons[$id]->json();

            if (Row::nullableString($row, 'error') !== $reason) {
                $rows[$id] = ['state' => LinkState::LeftOut->value, 'error' => $reason];
            }
        }

        $this->update($rows);
    }

    /** Counts items that are linked to a product and neither deleted nor left out. */
    public function countLinked(): int
    {
        return (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM ' . self::TABLE . "
          WHERE environment = ? AND merchant_id = ? AND clover_type = 'item' AND product_id IS NOT NULL
            AND state NOT IN " . LinkState::GONE,
            [
                $this->environment,
                $this->merchant,
            ],
        );
    }

    /**
     * Items that are left out because Clover does not sell them online, where the settings want that.
     *
     * @return list<string>
     */
    public function offline(Settings $settings): array
    {
        return (
            !$settings->importOnlineOnly
                ? []
                : array_map(
                    static fn (array $row): string => Row::string($row, 'clover_id'),
                    $this->sql->fetchAll('SELECT clover_id FROM '
                    . self::TABLE
                    . ' WHERE environment = ? AND merchant_id = ? AND state = ? AND error LIKE ?', [
                        $this->environment,
                        $this->merchant,
                        LinkState::LeftOut->value,
                        '%"' . ProblemCode::LeftOutNotOnline->value . '"%',
                    ]),
                )
        );
    }

    /**
     * Counts linked items that a run has not seen.
     *
     * @param bool $leftOut Those that the settings leave out, or those that Clover did not list
     */
    public function countUnseen(int $run, bool $leftOut): int
    {
        return (int) $this->sql->fetchValue(
            'SELECT COUNT(*)' . self::UNSEEN . ' AND clover_id ' . self::staged($leftOut),
            [...$this->key(), $run, $run],
        );
    }

    /**
     * Linked items that a run has not seen, by name, with the article of their product.
     *
     * @param bool $leftOut As in {@see countUnseen()}
     *
     * @return list<VanishedItem>
     */
    public function vanished(int $run, int $limit, bool $leftOut): array
    {
        return array_map(
            VanishedItem::fromRow(...),
            $this->sql->fetchAll(
                'SELECT clover_id, name, sku, (SELECT c.id FROM #__content c WHERE c.id = article_id) AS article_id'
                . self::UNSEEN
                . ' AND clover_id '
                . self::staged($leftOut)
                . " ORDER BY name, clover_id LIMIT $limit",
                [...$this->key(), $run, $run],
            ),
        );
    }

    private static function staged(bool $leftOut): string
    {
        return ($leftOut ? '' : 'NOT ') . self::STAGED_LEFT_OUT;
    }

    /**
     * The next linked items that a run has not seen. Those of a group come together, so that a deleted group is
     * recognized as a whole.
     *
     * @return list<string>
     */
    public function unseen(int $run, int $limit): array
    {
        return array_map(
            strval(...),
            $this->sql->fetchColumn(
                'SELECT clover_id' . self::UNSEEN . " ORDER BY parent_id, clover_id LIMIT $limit",
                [...$this->key(), $run],
            ),
        );
    }

    /**
     * Existing items of groups.
     *
     * @param list<string> $groups
     *
     * @return list<string> Clover ids
     */
    public function liveMembers(array $groups): array
    {
        return array_map(
            static fn (array $row): string => Row::string($row, 'clover_id'),
            $this->bulk->fetch(
                'SELECT clover_id FROM '
                . self::TABLE
                . '
              WHERE environment = ? AND merchant_id = ? AND state NOT IN '
                . LinkState::GONE
                . ' AND parent_id IN (%s)',
                $groups,
                $this->key(),
            ),
        );
    }

    /**
     * @param list<string> $cloverIds
     *
     * @return list<string> Groups to which these items are linked
     */
    public function groupsOf(array $cloverIds): array
    {
        return array_map(
            static fn (array $row): string => (string) $row['parent_id'],
            $this->bulk->fetch(
                'SELECT DISTINCT parent_id FROM '
                . self::TABLE
                . ' WHERE environment = ? AND merchant_id = ? AND parent_id IS NOT NULL AND clover_id IN (%s)',
                $cloverIds,
                $this->key(),
            ),
        );
    }

    /**
     * @param list<string> $groups
     *
     * @return list<string> Those of which a run has not seen every linked item
     */
    public function groupsWithUnseen(array $groups, int $run): array
    {
        return array_map(
            static fn (array $row): string => (string) $row['parent_id'],
            $this->bulk->fetch(
                'SELECT DISTINCT parent_id FROM '
                . self::TABLE
                . '
              WHERE environment = ? AND merchant_id = ? AND product_id IS NOT NULL AND state NOT IN '
                . LinkState::GONE
                . ' AND seen_run <> ? AND parent_id IN (%s)',
                $groups,
                [...$this->key(), $run],
            ),
        );
    }

    /**
     * @param ?list<string> $groups Only these; null = those that a run has not seen
     *
     * @return list<string> Linked groups that none of their items is linked to any more
     */
    public function emptied(?array $groups, int $run): array
    {
        $query = 'SELECT clover_id FROM ' . self::TABLE . "
              WHERE environment = ? AND merchant_id = ? AND clover_type = 'group' AND product_id IS NOT NULL
                AND state NOT IN " . LinkState::GONE;
        $key    = $this->key();
        $linked = $groups === null
            ? array_map(strval(...), $this->sql->fetchColumn("$query AND seen_run <> ?", [...$key, $run]))
            : array_map(
                static fn (array $row): string => Row::string($row, 'clover_id'),
                $this->bulk->fetch("$query AND clover_id IN (%s)", $groups, $key),
            );
        // A query of its own: as a subquery for each group, MariaDB without statistics reads all links each time.
        $parents = array_map(
            static fn (array $row): string => Row::string($row, 'parent_id'),
            $this->bulk->fetch(
                'SELECT DISTINCT parent_id FROM '
                . self::TABLE
                . ' WHERE environment = ? AND merchant_id = ? AND state NOT IN '
                . LinkState::GONE
                . ' AND parent_id IN (%s)',
                $linked,
                $key,
            ),
        );

        return array_values(array_diff($linked, $parents));
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, array{title: string, state: int}> Articles by id, of those products that are no longer linked
     *   to Clover
     */
    public function unlinkedArticles(array $products): array
    {
        $articles = [];

        foreach ($this->bulk->fetch(
            "SELECT c.id, c.title, c.state FROM #__j2commerce_products p JOIN #__content c ON c.id = p.product_source_id
              WHERE p.product_source = 'com_content' AND p.j2commerce_product_id IN (%s)
                AND NOT EXISTS (SELECT 1 FROM "
            . self::TABLE
            . ' m WHERE m.product_id = p.j2commerce_product_id AND m.environment = ? AND m.merchant_id = ?)',
            $products,
            [],
            $this->key(),
        ) as $row) {
            $articles[(int) $row['id']] = ['title' => (string) $row['title'], 'state' => (int) $row['state']];
        }

        return $articles;
    }

    /** Deletes links without a product whose items Clover no longer lists. */
    public function dropUnlinkedUnseen(int $run): void
    {
        $this->sql->execute('DELETE FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? AND product_id IS NULL AND seen_run <> ?', [
            $this->environment,
            $this->merchant,
            $run,
        ]);
    }

    /**
     * Items of Clover behind these links: an item itself, or a group's members.
     *
     * @param list<string> $cloverIds
     *
     * @return list<string>
     */
    public function itemsOf(array $cloverIds): array
    {
        $items = [];

        foreach (['clover_id', 'parent_id'] as $column) {
            array_push($items, ...array_map(
                static fn (array $row): string => (string) $row['clover_id'],
                $this->bulk->fetch(
                    'SELECT clover_id FROM '
                    . self::TABLE
                    . " WHERE environment = ? AND merchant_id = ? AND clover_type = 'item' AND $column IN (%s)",
                    $cloverIds,
                    $this->key(),
                ),
            ));
        }

        return array_values(array_unique($items));
    }

    /**
     * Stores the number of units that a product keeps for the till. No sync writes this column.
     *
     * @param ?int $units Null: the setting counts
     *
     * @return bool False when there is no such product; a member of a group has no number of its own
     */
    public function reserve(string $cloverId, ?int $units): bool
    {
        $where  = ' FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND clover_id = ?';
        $values = [...$this->key(), $cloverId];

        if (
            $this->sql->fetchValue("SELECT id$where AND parent_id IS NULL AND product_id IS NOT NULL", $values) === null
        ) {
            return false;
        }

        $this->sql->execute('UPDATE '
        . self::TABLE
        . ' SET stock_reserve = ? WHERE environment = ? AND merchant_id = ? AND clover_id = ?', [$units, ...$values]);

        return true;
    }

    /**
     * Deletes the link of a product: of an item, or of a group with all its members. The product stays unchanged.
     *
     * @return bool False when there is no such link; a member of a group has none of its own
     */
    public function unlink(string $cloverId): bool
    {
        $key = [...$this->key(), $cloverId];

        if (
            $this->sql->execute(
                'DELETE FROM '
                . self::TABLE
                . ' WHERE environment = ? AND merchant_id = ? AND clover_id = ? AND parent_id IS NULL',
                $key,
            ) === 0
        ) {
            return false;
        }

        $this->sql->execute(
            'DELETE FROM ' . self::TABLE . ' WHERE environment = ? AND merchant_id = ? AND parent_id = ?',
            $key,
        );

        return true;
    }

    /**
     * @return array{products: int, errors: int, pending: int, conflicts: int, deleted: int, left_out: int} A group in
     *   conflict counts as one, like the product that it would become; left_out are items that were imported before
     */
    public function counts(): array
    {
        $counts = [
            'products'  => 0,
            'errors'    => 0,
            'pending'   => 0,
            'conflicts' => 0,
            'deleted'   => 0,
            'left_out'  => 0,
        ];

        foreach ($this->sql->fetchAll('SELECT state, COUNT(*) AS n, COUNT(DISTINCT product_id) AS p,
                    COUNT(DISTINCT COALESCE(parent_id, clover_id)) AS heads FROM '
        . self::TABLE
        . ' WHERE environment = ? AND merchant_id = ? GROUP BY state', $this->key()) as $row) {
            match ($row['state']) {
                LinkState::Synced->value => $counts['products'] = (int) $row['p'],
                LinkState::Error->value => $counts['errors'] = (int) $row['n'],
                LinkState::Pending->value => $counts['pending'] = (int) $row['n'],
                LinkState::Conflict->value => $counts['conflicts'] = (int) $row['heads'],
                LinkState::Deleted->value => $counts['deleted'] = (int) $row['n'],
                LinkState::LeftOut->value => $counts['left_out'] = (int) $row['n'],
                default => null,
            };
        }

        return $counts;
    }
}
