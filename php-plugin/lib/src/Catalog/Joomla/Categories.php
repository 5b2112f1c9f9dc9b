<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/**
 * Finds the article category with a name, or creates it below the default category.
 *
 * A category created here follows the one in Clover by its id: when that is renamed, it gets the new name, unless the
 * owner has changed its title, alias or parent. The created categories are stored as facts, one row each, because two
 * transactions may create some at once.
 */
final class Categories
{
    private const TABLE = '#__categories';

    private ?TitleIndex $titles = null;

    /** @var ?array<string, array{id: int, title: string, alias: string, parent: int}> What was made, by Clover id */
    private ?array $made = null;

    /** @var array<string, array{from: string, to: string}> By Clover id */
    private array $renamed = [];

    private int $rowsWritten = 0;

    private readonly KeyValueStore $state;

    public function __construct(
        private readonly Sql $sql,
        private readonly ShopConfig $config,
        private readonly Links $links,
        private readonly int $default,
        private readonly Clock $clock,
    ) {
        $this->state = new KeyValueStore($sql, $links->environment, $clock);
    }

    /** Discards what was read: a transaction that starts, or restarts, must read the database. */
    public function forget(): void
    {
        $this->titles      = null;
        $this->made        = null;
        $this->renamed     = [];
        $this->rowsWritten = 0;
    }

    /**
     * @return array<string, array{from: string, to: string}> Categories renamed since {@see forget()}, by Clover id
     */
    public function renamed(): array
    {
        return $this->renamed;
    }

    public function rowsWritten(): int
    {
        return $this->rowsWritten;
    }

    /**
     * The first existing category with one of these names; the default category when there is none.
     *
     * @param list<string> $names
     * @param bool         $create   Create the first one when the shop does not have it
     * @param string       $cloverId Of the first one, when it is to be created
     */
    public function resolve(array $names, bool $create, string $cloverId = ''): int
    {
        $titles = $this->titles ??= $this->read(false);
        $names  = array_map(Text::shown(...), $names);

        if ($create && isset($names[0]) && Text::key($names[0]) !== '') {
            $known = $this->followed($titles, $cloverId, $names[0]);

            if ($known !== null) {
                return $known;
            }

            if ($titles->find($names[0]) === null) {
                return $this->make($names[0], $cloverId);
            }
        }

        foreach ($names as $name) {
            $id = $titles->find($name);

            if ($id !== null) {
                return $id;
            }
        }

        return $this->default;
    }

    /**
     * The category created for this category of Clover, renamed if necessary; null when there is none, or another
     * category has the name.
     */
    private function followed(TitleIndex $titles, string $cloverId, string $name): ?int
    {
        $this->made ??= $this->readMade();
        $made       = $this->made[$cloverId] ?? null;
        $named      = $titles->find($name);

        if ($made === null || $named === $made['id'] && $made['title'] === $name) {
            return $made === null ? null : $named;
        }

        $row = $this->sql->fetchOne('SELECT title, alias, parent_id, checked_out FROM '
        . self::TABLE
        . " WHERE id = ? AND extension = 'com_content' AND published IN (0, 1)", [$made['id']]);

        // The owner has removed it.
        if ($row === null) {
            return null;
        }

        if (
            $row['title'] !== $made['title']
            || $row['alias'] !== $made['alias']
            || (int) $row['parent_id'] !== $made['parent']
        ) {
            return $made['id'];
        }

        if ($named !== null && $named !== $made['id']) {
            return null;
        }

        if ((int) $row['checked_out'] === 0 && $row['title'] !== $name) {
            $this->rename($titles, $cloverId, $made, $name);
        }

        return $made['id'];
    }

    /** @param array{id: int, title: string, alias: string, parent: int} $made */
    private function rename(TitleIndex $titles, string $cloverId, array $made, string $name): void
    {
        $this->rowsWritten += $this->sql->execute('UPDATE '
        . self::TABLE
        . ' SET title = ?, modified_user_id = ?, modified_time = ? WHERE id = ? AND title = ?', [
            $name,
            $this->config->author,
            UtcTime::sql($this->clock->now()),
            $made['id'],
            $made['title'],
        ]);
        $titles->remove($made['title']);
        $titles->add($name, $made['id']);
        $this->renamed[$cloverId] = ['from' => $made['title'], 'to' => $name];
        $this->remember($cloverId, ['title' => $name] + $made);
    }

    /** @param array{id: int, title: string, alias: string, parent: int} $made */
    private function remember(string $cloverId, array $made): void
    {
        $this->state->setArray($this->stateName($cloverId), $made);
        $this->made[$cloverId] = $made;
    }

    private function stateName(string $cloverId): string
    {
        return "category:{$this->links->merchant}:$cloverId";
    }

    /** @return array<string, array{id: int, title: string, alias: string, parent: int}> */
    private function readMade(): array
    {
        $made   = [];
        $prefix = $this->stateName('');

        foreach ($this->state->withPrefix($prefix) as $name => $value) {
            /** @var array{id: int, title: string, alias: string, parent: int} $value */
            $made[substr($name, \strlen($prefix))] = $value;
        }

        return $made;
    }

    private function make(string $name, string $cloverId): int
    {
        $tree = new NestedSet($this->sql, self::TABLE);
        $tree->lock();

        // Another process may have created it before this one got the lock; only a locking read sees it.
        $this->titles = $this->read(true);

        $id = $this->titles->find($name);

        if ($id !== null) {
            return $id;
        }

        $now   = UtcTime::sql($this->clock->now());
        $alias = Alias::free(
            Alias::of($name),
            fn (string $alias): bool => $this->sql->fetchValue('SELECT id FROM '
            . self::TABLE
            . " WHERE extension = 'com_content' AND parent_id = ? AND alias = ?", [$this->default, $alias]) !== null,
        );
        $new = $tree->append($this->default, [[
            'extension'        => 'com_content',
            'title'            => $name,
            'alias'            => $alias,
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

        if ($cloverId !== '') {
            $this->remember($cloverId, [
                'id'     => $new['ids'][0],
                'title'  => $name,
                'alias'  => $alias,
                'parent' => $this->default,
            ]);
        }

        $this->titles->add($name, $new['ids'][0]);

        return $new['ids'][0];
    }

    private function read(bool $locking): TitleIndex
    {
        return new TitleIndex($this->sql, self::TABLE, "extension = 'com_content'", $locking);
    }
}
