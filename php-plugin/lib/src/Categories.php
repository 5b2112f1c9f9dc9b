<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die;

/** Finds the article category of a name, or makes it below the default category. */
final class Categories
{
    private const TABLE = '#__categories';

    /** @var ?array<string, int> */
    private ?array $ids = null;

    /** @var array<string, int> By the title as it is shown: of several spellings of one name, the one that is wanted */
    private array $exact = [];

    private int $rowsWritten = 0;

    public function __construct(
        private readonly Sql $sql,
        private readonly ShopConfig $config,
        private readonly int $default,
        private readonly Clock $clock,
    ) {
    }

    /** Forgets what was read: a transaction that begins, or begins again, must see the database. */
    public function forget(): void
    {
        $this->ids         = null;
        $this->rowsWritten = 0;
    }

    public function rowsWritten(): int
    {
        return $this->rowsWritten;
    }

    /**
     * The category for these names, first that fits; the default category when none does.
     *
     * @param list<string> $names
     * @param bool         $create Make the first one when the shop lacks it
     */
    public function resolve(array $names, bool $create): int
    {
        $this->ids ??= $this->read('');
        $names = array_map(Names::shown(...), $names);

        if ($create && isset($names[0]) && Names::key($names[0]) !== '' && $this->find($names[0]) === null) {
            return $this->make($names[0]);
        }

        foreach ($names as $name) {
            $id = $this->find($name);

            if ($id !== null) {
                return $id;
            }
        }

        return $this->default;
    }

    private function find(string $name): ?int
    {
        return $this->exact[$name] ?? $this->ids[Names::key($name)] ?? null;
    }

    private function make(string $name): int
    {
        $tree = new NestedSet($this->sql, self::TABLE);
        $tree->lock();

        // Another process may have made it before the lock was ours; only a locking read sees that.
        $this->ids = $this->read($this->sql->dialect()->lockRows());

        $id        = $this->find($name);

        if ($id !== null) {
            return $id;
        }

        $now = UtcTime::sql($this->clock->now());
        $new = $tree->append($this->default, [[
            'extension'        => 'com_content',
            'title'            => $name,
            'alias'            => Alias::free(Alias::of($name), fn (string $alias): bool => $this->sql->fetchValue(
                'SELECT id FROM ' . self::TABLE . " WHERE extension = 'com_content' AND parent_id = ? AND alias = ?",
                [$this->default, $alias],
            ) !== null),
            'description'      => '',
            'published'        => 1,
            'access'           => 1,
            'params'           => '{}',
            'metadata'         => '{}',
            'created_user_id'  => $this->config->author,
            'created_time'     => $now,
            'modified_user_id' => $this->config->author,
            'modified_time'    => $now,
            'language'         => '*',
        ]]);

        $this->rowsWritten += $new['rows'];

        return $this->ids[Names::key($name)] = $new['ids'][0];
    }

    /** @return array<string, int> */
    private function read(string $lock): array
    {
        $ids         = [];
        $this->exact = [];

        // A published one wins over an unpublished one of the same name, then the one that stands first in the tree.
        foreach ($this->sql->fetchAll('SELECT id, title FROM ' . self::TABLE . " WHERE extension = 'com_content' AND published IN (0, 1) ORDER BY published DESC, lft$lock") as $row) {
            $ids[Names::key($row['title'])] ??= (int) $row['id'];
            $this->exact[(string) $row['title']] ??= (int) $row['id'];
        }

        return $ids;
    }
}
