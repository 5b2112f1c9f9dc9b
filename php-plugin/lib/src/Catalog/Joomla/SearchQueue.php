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
 * They are added in the transaction that writes them, and indexed later, because Joomla takes some hundredths of a
 * second for each.
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
        return array_map(
            static fn (array $row): QueuedArticle => new QueuedArticle(
                Row::int($row, 'article_id'),
                Row::int($row, 'changes'),
                Row::int($row, 'attempts'),
            ),
            $this->sql->fetchAll(
                'SELECT article_id, changes, attempts FROM ' . self::TABLE . ' ORDER BY attempts, article_id LIMIT '
                    . max(1, $limit),
            ),
        );
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
