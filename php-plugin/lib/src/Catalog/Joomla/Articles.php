<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\UtcTime;

/** The Joomla articles of products. */
final class Articles
{
    private const TABLE = '#__content';

    private readonly Bulk $bulk;

    private readonly SearchQueue $search;

    /**
     * @var array<int, int> The last place in each category, as far as is known here: to look for it on each page
     *   would mean to read every article there is
     */
    private array $last = [];

    public function __construct(
        private readonly Sql $sql,
        private readonly ShopConfig $config,
        private readonly Clock $clock,
    ) {
        $this->bulk   = new Bulk($sql);
        $this->search = new SearchQueue($sql);
    }

    /**
     * @param array<string, array{title: string, alias: string, text: string, state: int, catid: int}> $articles By
     *   Clover id; the text is HTML
     *
     * @return array<string, int> Article id by Clover id
     *
     * @throws \UnexpectedValueException when the rows cannot be found again
     */
    public function insert(array $articles): array
    {
        $now     = UtcTime::sql($this->clock->now());
        $author  = $this->config->author;
        $aliases = $this->freeAliases($articles);
        $this->findLast(array_values(array_unique(array_column($articles, 'catid'))));
        $rows = [];

        foreach ($articles as $id => $a) {
            $this->last[$a['catid']]++;
            $rows[] = [
                0,
                $a['title'],
                $aliases[$id],
                $a['text'],
                '',
                $a['state'],
                $a['catid'],
                $now,
                $author,
                '',
                $now,
                $author,
                $now,
                '{}',
                '{}',
                '{}',
                1,
                $this->last[$a['catid']],
                '',
                '',
                1,
                0,
                '{}',
                0,
                '*',
                '',
            ];
        }

        $this->bulk->insert(
            self::TABLE,
            [
                'asset_id',
                'title',
                'alias',
                'introtext',
                'fulltext',
                'state',
                'catid',
                'created',
                'created_by',
                'created_by_alias',
                'modified',
                'modified_by',
                'publish_up',
                'images',
                'urls',
                'attribs',
                'version',
                'ordering',
                'metakey',
                'metadesc',
                'access',
                'hits',
                'metadata',
                'featured',
                'language',
                'note',
            ],
            $rows,
        );

        $found = [];

        foreach ($this->bulk->fetch(
            'SELECT id, catid, alias FROM ' . self::TABLE . ' WHERE alias IN (%s)',
            array_values($aliases),
        ) as $row) {
            $found[Row::string($row, 'catid') . ' ' . Row::string($row, 'alias')] = (int) $row['id'];
        }

        $ids = [];

        foreach ($articles as $id => $a) {
            $ids[$id] = $found[$a['catid'] . ' ' . $aliases[$id]] ?? throw new \UnexpectedValueException(
                "The article just made for $id is not there.",
            );
        }

        // Joomla's article list does not show an article without this row.
        $this->bulk->upsert(
            '#__workflow_associations',
            ['item_id', 'stage_id', 'extension'],
            array_map(fn (int $article): array => [
                $article,
                $this->config->stage,
                'com_content.article',
            ], array_values($ids)),
            ['item_id', 'extension'],
            ['stage_id'],
        );
        $this->search->add(array_values($ids));

        return $ids;
    }

    /**
     * @param array<int, array<string, scalar>> $articles Article id => column => value
     *
     * @return int Rows written
     */
    public function update(array $articles): int
    {
        $stamp = ['modified' => UtcTime::sql($this->clock->now()), 'modified_by' => $this->config->author];
        $this->search->add(array_keys($articles));

        return $this->bulk->update(
            self::TABLE,
            'id',
            array_map(static fn (array $row): array => $row + $stamp, $articles),
        );
    }

    /** @param list<int> $articles Whose SKUs or codes changed: Smart Search finds products by them */
    public function reindex(array $articles): void
    {
        $this->search->add($articles);
    }

    /**
     * If another process inserts an article at the same time, both get the same number. Then only their order is
     * undefined.
     *
     * @param list<int> $categories
     */
    private function findLast(array $categories): void
    {
        $unknown    = array_values(array_diff($categories, array_keys($this->last)));
        $this->last += array_fill_keys($unknown, 0);

        foreach ($this->bulk->fetch(
            'SELECT catid, MAX(ordering) AS last FROM ' . self::TABLE . ' WHERE catid IN (%s) GROUP BY catid',
            $unknown,
        ) as $row) {
            $this->last[(int) $row['catid']] = (int) $row['last'];
        }
    }

    /** The alias of an article in another category: its own, or one that is free. */
    public function aliasIn(int $category, string $alias, string $cloverId): string
    {
        return $this->freeAliases([$cloverId => ['alias' => $alias, 'catid' => $category]])[$cloverId];
    }

    /**
     * An alias is unique within a category; a later article gets the Clover id as a suffix.
     *
     * @param array<string, array{alias: string, catid: int, ...}> $articles By Clover id
     *
     * @return array<string, string>
     */
    private function freeAliases(array $articles): array
    {
        $candidates = [];

        foreach ($articles as $id => $a) {
            $candidates[$id] = [$a['alias'], Alias::with($a['alias'], strtolower((string) $id))];
        }

        $taken = [];

        foreach ($this->bulk->fetch(
            'SELECT catid, alias FROM ' . self::TABLE . ' WHERE alias IN (%s)',
            array_merge(...array_values($candidates)),
        ) as $row) {
            $taken[Row::string($row, 'catid') . ' ' . Row::string($row, 'alias')] = true;
        }

        $free = [];

        foreach ($candidates as $id => [$alias, $long]) {
            $category = $articles[$id]['catid'];
            $chosen   = isset($taken["$category $alias"]) ? $long : $alias;

            if (isset($taken["$category $chosen"])) {
                $chosen = Alias::free(
                    $long,
                    fn (string $a): bool => (
                        isset($taken["$category $a"])
                        || $this->sql->fetchValue('SELECT id FROM ' . self::TABLE . ' WHERE catid = ? AND alias = ?', [
                            $category,
                            $a,
                        ]) !== null
                    ),
                );
            }

            $taken["$category $chosen"] = true;
            $free[$id]                  = $chosen;
        }

        return $free;
    }
}
