<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\Joomla;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;

/**
 * Articles that Smart Search has to index again.
 *
 * They are added in the transaction that writes them, and indexed later, because Joomla's indexer takes longer
 * for a product than a sync does.
 */
final readonly class SearchQueue
{
    /** A product that Smart Search refuses so often is left out. */
    public const ATTEMPTS = 5;

    private const TABLE = '#__j2commerce_clover_search';

    public function __construct(
        private Sql $sql,
    ) {
    }

    /** @param list<int> $articles */
    public function add(array $articles): void
    {
        // In one order for all processes, or two of them could wait for each other.
        $articles = array_values(array_unique($articles));
        sort($articles);
        (new Bulk($this->sql))->upsert(
            self::TABLE,
            ['article_id', 'changes', 'attempts'],
            array_map(static fn (int $article): array => [$article, 1, 0], $articles),
            ['article_id'],
            ['attempts'],
            ['changes' => 'changes + 1'],
        );
    }

    /** @return list<QueuedArticle> Those that were refused before come last */
    public function next(int $limit): array
    {
        $rows = $this->sql->fetchAll('SELECT s.article_id, s.changes, s.attempts,
                    p.j2commerce_product_id, p.enabled, a.access
               FROM #__j2commerce_clover_search s
               LEFT JOIN #__content a ON a.id = s.article_id
               LEFT JOIN #__j2commerce_products p ON p.product_source = ? AND p.product_source_id = a.id
              ORDER BY s.attempts, s.article_id LIMIT '
            . max(1, $limit), ['com_content']);

        return array_map(
            static fn (array $row): QueuedArticle => new QueuedArticle(
                Row::int($row, 'article_id'),
                Row::int($row, 'changes'),
                Row::int($row, 'attempts'),
                Row::nullableInt($row, 'j2commerce_product_id'),
                (int) Row::nullableInt($row, 'enabled') === 1,
                (int) Row::nullableInt($row, 'access'),
            ),
            $rows,
        );
    }

    /**
     * Its entries in Joomla's search index. Their addresses contain alias, category and variant, so one with an
     * earlier alias would stay there.
     *
     * @return list<int>
     */
    public function links(int $product): array
    {
        $url   = 'index.php?option=com_j2commerce&view=product&id=' . $product;
        $query = 'SELECT link_id FROM #__finder_links WHERE url = ? OR url LIKE ? OR url LIKE ?';

        return array_map(intval(...), $this->sql->fetchColumn($query, [$url, "$url:%", "$url&%"]));
    }

    /** Removes it unless it has changed since it was read. */
    public function done(QueuedArticle $article): void
    {
        $this->sql->execute('DELETE FROM ' . self::TABLE . ' WHERE article_id = ? AND changes = ?', [
            $article->id,
            $article->changes,
        ]);
    }

    /** @return bool Whether it is left out from now on, until it changes */
    public function refused(QueuedArticle $article): bool
    {
        if (($article->attempts + 1) >= self::ATTEMPTS) {
            $this->done($article);

            return true;
        }

        $this->sql->execute('UPDATE ' . self::TABLE . ' SET attempts = ? WHERE article_id = ? AND changes = ?', [
            $article->attempts + 1,
            $article->id,
            $article->changes,
        ]);

        return false;
    }

    public function count(): int
    {
        return (int) $this->sql->fetchValue('SELECT COUNT(*) FROM ' . self::TABLE);
    }

    /** For a site that does not use Smart Search. */
    public function clear(): void
    {
        $this->sql->execute('DELETE FROM ' . self::TABLE);
    }
}
