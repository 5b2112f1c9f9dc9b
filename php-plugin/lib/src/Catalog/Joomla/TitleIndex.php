<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Text;

/** The published and unpublished rows of one of Joomla's trees, by title. */
final class TitleIndex
{
    /** Rows read at once, because a shop may have a tag for each of Clover's item groups. */
    private const ROWS = 1000;

    /** More than any position in a tree. */
    private const UNPUBLISHED = 1 << 40;

    /** @var array<array-key, int> By comparison key */
    private array $ids = [];

    /** @var array<array-key, int> By the title as it is shown: of several spellings of one name, the wanted one */
    private array $exact = [];

    /** @param string $condition SQL that selects the rows of the tree */
    public function __construct(Sql $sql, string $table, string $condition, bool $locking)
    {
        $query =
            "SELECT id, title, published, lft FROM $table WHERE $condition AND published IN (0, 1) AND id > ?"
            . ' ORDER BY id LIMIT '
            . self::ROWS
            . ($locking ? $sql->dialect()->lockRows() : '');
        $id    = 0;
        $first = [];
        $same  = [];

        // A published row is preferred to an unpublished one of the same name, then the first in the tree.
        do {
            $rows = $sql->fetchAll($query, [$id]);

            foreach ($rows as $row) {
                $id    = Row::int($row, 'id');
                $title = Row::string($row, 'title');
                $key   = Text::key($title);
                $place = Row::int($row, 'lft') + (Row::int($row, 'published') === 1 ? 0 : self::UNPUBLISHED);

                if ($place < ($first[$key] ?? PHP_INT_MAX)) {
                    $first[$key]     = $place;
                    $this->ids[$key] = $id;
                }

                if ($place < ($same[$title] ?? PHP_INT_MAX)) {
                    $same[$title]        = $place;
                    $this->exact[$title] = $id;
                }
            }
        } while (\count($rows) === self::ROWS);
    }

    public function find(string $title): ?int
    {
        return $this->exact[$title] ?? $this->ids[Text::key($title)] ?? null;
    }

    /**
     * @param array<array-key, string> $titles By comparison key
     *
     * @return array<array-key, string> Those that no row has, in any spelling
     */
    public function missing(array $titles): array
    {
        return array_diff_key($titles, $this->ids);
    }

    public function add(string $title, int $id): void
    {
        $this->ids[Text::key($title)] = $this->exact[$title] = $id;
    }

    public function remove(string $title): void
    {
        unset($this->ids[Text::key($title)], $this->exact[$title]);
    }
}
