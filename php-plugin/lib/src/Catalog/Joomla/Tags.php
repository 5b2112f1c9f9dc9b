<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/** Joomla tags of articles, and the rows that a tagged article needs in Joomla's unified content tables. */
final class Tags
{
    private const TABLE = '#__tags';
    private const MAP   = '#__contentitem_tag_map';
    private const ALIAS = 'com_content.article';

    private ?TitleIndex $titles = null;

    private int $rowsWritten = 0;

    private readonly Bulk $bulk;

    public function __construct(
        private readonly Sql $sql,
        private readonly ShopConfig $config,
        private readonly Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    public function forget(): void
    {
        $this->titles      = null;
        $this->rowsWritten = 0;
    }

    public function rowsWritten(): int
    {
        return $this->rowsWritten;
    }

    /**
     * Creates all missing tags at once: each group of Clover has a tag of its own.
     *
     * @param list<list<string>> $lists Titles, one list a product
     */
    public function provide(array $lists): void
    {
        $titles = self::byKey(array_merge(...$lists));

        if ($titles === []) {
            return;
        }

        $this->titles ??= $this->read(false);

        if ($this->titles->missing($titles) === []) {
            return;
        }

        $tree = new NestedSet($this->sql, self::TABLE);
        $tree->lock();

        // Another process may have created some before this one got the lock; only a locking read sees them.
        $this->titles = $this->read(true);
        $missing      = $this->titles->missing($titles);

        if ($missing !== []) {
            $this->make($this->titles, $tree, $missing);
        }
    }

    /**
     * @param list<string> $titles
     *
     * @return list<int> Ids in the order of the titles; missing tags are created
     */
    public function resolve(array $titles): array
    {
        $this->provide([$titles]);

        return array_values(array_unique(array_map(
            fn (string $title): int => (
                $this->titles?->find($title) ?? throw new \UnexpectedValueException(
                    "The tag “{$title}” just made is not there.",
                )
            ),
            self::byKey($titles),
        )));
    }

    /**
     * @param list<string> $titles
     *
     * @return array<int|string, string> Displayed titles by comparison key; of several spellings, the first
     */
    private static function byKey(array $titles): array
    {
        $byKey = [];

        foreach (array_map(Text::shown(...), $titles) as $title) {
            $byKey[Text::key($title)] ??= $title;
        }

        unset($byKey['']);

        return $byKey;
    }

    /**
     * Adds and removes tags of articles.
     *
     * @param array<int, list<int>> $add    Article id => tag ids
     * @param array<int, list<int>> $remove Article id => tag ids
     *
     * @return array<int, int> Article id => rows written
     */
    public function change(array $add, array $remove): array
    {
        $written  = [];
        $articles = array_keys($add + $remove);

        if ($articles === []) {
            return [];
        }

        $has = [];

        foreach ($this->bulk->fetch(
            'SELECT content_item_id, tag_id FROM ' . self::MAP . ' WHERE type_id = ? AND content_item_id IN (%s)',
            $articles,
            [$this->config->articleType],
        ) as $row) {
            $has[(int) $row['content_item_id']][(int) $row['tag_id']] = true;
        }

        foreach ($remove as $article => $tags) {
            $tags = array_values(array_filter($tags, static fn (int $tag): bool => isset($has[$article][$tag])));

            if ($tags !== []) {
                $written[$article] =
                    ($written[$article] ?? 0)
                    + $this->sql->execute(
                        'DELETE FROM '
                        . self::MAP
                        . ' WHERE type_id = ? AND content_item_id = ? AND tag_id IN ('
                        . Bulk::marks($tags)
                        . ')',
                        [$this->config->articleType, $article, ...$tags],
                    );
            }
        }

        foreach ($add as $article => $tags) {
            $add[$article] = array_values(array_filter(
                $tags,
                static fn (int $tag): bool => !isset($has[$article][$tag]),
            ));
        }

        $add = array_filter($add);

        if ($add !== []) {
            [$core, $made] = $this->unifiedContent(array_keys($add));
            $now  = UtcTime::sql($this->clock->now());
            $rows = [];

            foreach ($add as $article => $tags) {
                foreach ($tags as $tag) {
                    $rows[] = [self::ALIAS, $core[$article], $article, $tag, $now, $this->config->articleType];
                }

                $written[$article] = ($written[$article] ?? 0) + \count($tags) + ($made[$article] ?? 0);
            }

            $this->bulk->insert(
                self::MAP,
                ['type_alias', 'core_content_id', 'content_item_id', 'tag_id', 'tag_date', 'type_id'],
                $rows,
            );
        }

        return $written;
    }

    /**
     * Copies changes of articles to the unified content table, which Joomla's tag pages read.
     *
     * @param array<int, array<string, scalar>> $articles Article id => column of #__content => value
     *
     * @return int Rows written
     */
    public function mirror(array $articles): int
    {
        $names = [
            'title'    => 'core_title',
            'state'    => 'core_state',
            'catid'    => 'core_catid',
            'alias'    => 'core_alias',
            'modified' => 'core_modified_time',
        ];
        $rows = [];

        foreach ($this->coreIds(array_keys($articles)) as $article => $core) {
            foreach (array_intersect_key($articles[$article], $names) as $column => $value) {
                $rows[$core][$names[$column]] = $value;
            }
        }

        return $this->bulk->update('#__ucm_content', 'core_content_id', $rows);
    }

    /**
     * @param list<int> $articles
     *
     * @return array{0: array<int, int>, 1: array<int, int>} Core ids by article; rows written by article
     */
    private function unifiedContent(array $articles): array
    {
        $core    = $this->coreIds($articles);
        $missing = array_values(array_diff($articles, array_keys($core)));

        if ($missing === []) {
            return [$core, []];
        }

        $columns = [
            'core_type_alias',
            'core_title',
            'core_alias',
            'core_body',
            'core_state',
            'core_access',
            'core_params',
            'core_featured',
            'core_metadata',
            'core_created_user_id',
            'core_created_time',
            'core_modified_user_id',
            'core_modified_time',
            'core_language',
            'core_publish_up',
            'core_content_item_id',
            'core_images',
            'core_urls',
            'core_version',
            'core_ordering',
            'core_metakey',
            'core_metadesc',
            'core_catid',
            'core_type_id',
        ];
        $rows = [];

        foreach ($this->bulk->fetch('SELECT * FROM #__content WHERE id IN (%s) ORDER BY id', $missing) as $a) {
            $rows[] = [
                self::ALIAS,
                $a['title'],
                $a['alias'],
                $a['introtext'],
                $a['state'],
                $a['access'],
                $a['attribs'],
                $a['featured'],
                Text::fit(Row::string($a, 'metadata'), 2048),
                $a['created_by'],
                $a['created'],
                $a['modified_by'],
                $a['modified'],
                $a['language'],
                $a['publish_up'],
                $a['id'],
                $a['images'],
                $a['urls'],
                $a['version'],
                $a['ordering'],
                $a['metakey'],
                $a['metadesc'],
                $a['catid'],
                $this->config->articleType,
            ];
        }

        // The item's id has no index there; the wanted rows are those after the last one.
        $last = (int) $this->sql->fetchValue('SELECT MAX(core_content_id) FROM #__ucm_content');
        $this->bulk->insert('#__ucm_content', $columns, $rows);
        $base = [];

        foreach ($this->bulk->fetch(
            'SELECT core_content_id, core_content_item_id FROM #__ucm_content WHERE core_content_id > ? AND '
            . 'core_type_id = ? AND core_content_item_id IN (%s)',
            $missing,
            [$last, $this->config->articleType],
        ) as $row) {
            $core[(int) $row['core_content_item_id']] = (int) $row['core_content_id'];
            $base[]                                   = [
                (int) $row['core_content_id'],
                (int) $row['core_content_item_id'],
                $this->config->articleType,
                0,
            ];
        }

        $this->bulk->insert('#__ucm_base', ['ucm_id', 'ucm_item_id', 'ucm_type_id', 'ucm_language_id'], $base);

        return [$core, array_fill_keys($missing, 2)];
    }

    /**
     * @param list<int> $articles
     *
     * @return array<int, int> Core id by article
     */
    private function coreIds(array $articles): array
    {
        $ids = [];

        foreach ($this->bulk->fetch(
            'SELECT ucm_id, ucm_item_id FROM #__ucm_base WHERE ucm_type_id = ? AND ucm_item_id IN (%s)',
            $articles,
            [$this->config->articleType],
        ) as $row) {
            $ids[Row::int($row, 'ucm_item_id')] = Row::int($row, 'ucm_id');
        }

        return $ids;
    }

    /** @param non-empty-array<array-key, string> $titles By key; none of them exists */
    private function make(TitleIndex $known, NestedSet $tree, array $titles): void
    {
        $root   = (int) $this->sql->fetchValue('SELECT MIN(id) FROM ' . self::TABLE . ' WHERE parent_id = 0');
        $now    = UtcTime::sql($this->clock->now());
        $wanted = array_map(static fn (string $title): string => Alias::of($title), $titles);
        $taken  = array_fill_keys(
            array_map(
                static fn (array $row): string => strtolower((string) $row['alias']),
                $this->bulk->fetch(
                    'SELECT alias FROM ' . self::TABLE . ' WHERE parent_id = ? AND alias IN (%s)',
                    array_values(array_unique($wanted)),
                    [$root],
                ),
            ),
            true,
        );
        $rows = [];

        foreach ($titles as $key => $title) {
            $alias = isset($taken[$wanted[$key]])
                ? Alias::free(
                    $wanted[$key],
                    fn (string $alias): bool => (
                        isset($taken[$alias])
                        || $this->sql->fetchValue('SELECT id FROM '
                        . self::TABLE
                        . ' WHERE parent_id = ? AND alias = ?', [$root, $alias]) !== null
                    ),
                )
                : $wanted[$key];
            $taken[$alias] = true;
            $rows[]        = [
                'title'            => $title,
                'alias'            => $alias,
                'description'      => '',
                'published'        => 1,
                'access'           => 1,
                'params'           => '{}',
                'metadesc'         => '',
                'metadata'         => '{}',
                'created_user_id'  => $this->config->author,
                'created_time'     => $now,
                'modified_user_id' => $this->config->author,
                'modified_time'    => $now,
                'images'           => '{}',
                'urls'             => '{}',
                'language'         => '*',
            ];
        }

        $new               = $tree->append($root, $rows);
        $this->rowsWritten += $new['rows'];

        foreach (array_values($titles) as $i => $title) {
            $known->add($title, $new['ids'][$i]);
        }
    }

    private function read(bool $locking): TitleIndex
    {
        return new TitleIndex($this->sql, self::TABLE, 'parent_id > 0', $locking);
    }
}
