<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Text;

/** Adds rows to Joomla's trees (categories, tags), whose order is stored in lft and rgt. */
final readonly class NestedSet
{
    public function __construct(
        private Sql $sql,
        private string $table,
    ) {
    }

    /** Locks the tree until the transaction ends. */
    public function lock(): void
    {
        $this->sql->fetchOne(
            "SELECT id FROM $this->table WHERE parent_id = 0 ORDER BY id LIMIT 1" . $this->sql->dialect()->lockRows(),
        );
    }

    /**
     * Appends rows as the last children of the parent, in their order. The tree is shifted once, however many they are.
     * Call {@see lock()} earlier in the same transaction.
     *
     * @param list<array<string, scalar|null>> $rows All with the same columns, each with an alias that is unused under
     *   the parent
     *
     * @return array{ids: list<int>, rows: int} The new ids, and how many rows of the tree were written
     *
     * @throws ShopException when the parent is gone
     */
    public function append(int $parent, array $rows): array
    {
        $above = $this->sql->fetchOne(
            "SELECT rgt, level, path FROM $this->table WHERE id = ?" . $this->sql->dialect()->lockRows(),
            [$parent],
        );

        if ($above === null) {
            throw new ShopException(new Message(MessageCode::ParentCategoryGone));
        }

        $at    = (int) $above['rgt'];
        $width = 2 * \count($rows);
        $moved = $this->sql->execute("UPDATE $this->table SET rgt = rgt + ? WHERE rgt >= ?", [$width, $at])
        + $this->sql->execute("UPDATE $this->table SET lft = lft + ? WHERE lft > ?", [$width, $at]);
        $bulk = new Bulk($this->sql);
        $all  = array_map(
            static fn (array $row, int $i): array => $row
            + [
                'parent_id' => $parent,
                'lft'       => $at + (2 * $i),
                'rgt'       => $at + (2 * $i) + 1,
                'level'     => (int) $above['level'] + 1,
                'path'      => Text::fit(
                    ltrim(Row::string($above, 'path') . '/' . (string) ($row['alias'] ?? ''), '/'),
                    400,
                ),
            ],
            $rows,
            array_keys($rows),
        );
        $bulk->insert(
            $this->table,
            array_keys($all[0]),
            array_map(static fn (array $row): array => array_values($row), $all),
        );

        return [
            'ids'  => array_map(
                intval(...),
                $this->sql->fetchColumn(
                    "SELECT id FROM $this->table WHERE lft >= ? AND lft < ? AND parent_id = ? ORDER BY lft",
                    [$at, $at + $width, $parent],
                ),
            ),
            'rows' => $moved + \count($all),
        ];
    }
}
