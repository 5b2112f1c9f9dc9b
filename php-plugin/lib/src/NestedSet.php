<?php

declare(strict_types=1);

namespace CloverSync\Shop;

use CloverSync\Shop\Exception\ShopException;

/** Adds rows to Joomla's trees (categories, tags), which keep their order in lft and rgt. */
final readonly class NestedSet
{
    public function __construct(private Sql $sql, private string $table)
    {
    }

    /** Lets one process at a time change the tree until the transaction ends. */
    public function lock(): void
    {
        $this->sql->fetchOne("SELECT id FROM $this->table WHERE parent_id = 0 ORDER BY id LIMIT 1" . $this->sql->dialect()->lockRows());
    }

    /**
     * Inserts a row as the last child. {@see lock()} must have been called in this transaction.
     *
     * @param array<string, scalar|null> $row With an alias that is free under the parent
     *
     * @return array{id: int, rows: int} The new id, and how many rows of the tree were written
     *
     * @throws ShopException when the parent is gone
     */
    public function append(int $parent, array $row): array
    {
        $above = $this->sql->fetchOne("SELECT rgt, level, path FROM $this->table WHERE id = ?" . $this->sql->dialect()->lockRows(), [$parent]);

        if ($above === null) {
            throw new ShopException('The category below which a new one belongs does not exist any more: choose another Default Category.');
        }

        $at   = (int) $above['rgt'];
        $rows = $this->sql->execute("UPDATE $this->table SET rgt = rgt + 2 WHERE rgt >= ?", [$at])
            + $this->sql->execute("UPDATE $this->table SET lft = lft + 2 WHERE lft > ?", [$at]);
        $row += [
            'parent_id' => $parent,
            'lft'       => $at,
            'rgt'       => $at + 1,
            'level'     => (int) $above['level'] + 1,
            'path'      => Names::fit(ltrim($above['path'] . '/' . $row['alias'], '/'), 400),
        ];
        (new Bulk($this->sql))->insert($this->table, array_keys($row), [array_values($row)]);

        return [
            'id'   => (int) $this->sql->fetchValue("SELECT id FROM $this->table WHERE lft = ? AND parent_id = ? AND alias = ?", [$at, $parent, $row['alias']]),
            'rows' => $rows + 1,
        ];
    }
}
