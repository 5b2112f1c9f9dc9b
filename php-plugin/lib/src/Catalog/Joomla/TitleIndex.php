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
    /** @var array<array-key, int> By comparison key */
    private array $ids = [];

    /** @var array<array-key, int> By the title as it is shown: of several spellings of one name, the wanted one */
    private array $exact = [];

    /** @param string $condition SQL that selects the rows of the tree */
    public function __construct(Sql $sql, string $table, string $condition, bool $locking)
    {
        $lock = $locking ? $sql->dialect()->lockRows() : '';

        // A published row is preferred to an unpublished one of the same name, then the first in the tree.
        foreach ($sql->fetchAll(
            "SELECT id, title FROM $table WHERE $condition AND published IN (0, 1) ORDER BY published DESC, lft$lock",
        ) as $row) {
            $title                        = Row::string($row, 'title');
            $this->ids[Text::key($title)] ??= Row::int($row, 'id');
            $this->exact[$title]          ??= Row::int($row, 'id');
        }
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
