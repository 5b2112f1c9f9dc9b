<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Environment;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Clock;

/**
 * Published products that tests with the sandbox have left: they are linked there, and not in the environment that the
 * shop is connected to now. Nothing updates them any more, and shoppers can buy them.
 */
final readonly class SandboxProducts
{
    /** Both lists of links are read once: as a subquery for each article they would be read as often as it has rows. */
    private const FROM =
        ' FROM #__content c
            JOIN (SELECT DISTINCT article_id FROM '
            . Links::TABLE
            . ' WHERE environment = ?) s ON s.article_id = c.id
            LEFT JOIN (SELECT DISTINCT article_id FROM '
            . Links::TABLE
            . ' WHERE environment = ? AND merchant_id = ?) m ON m.article_id = c.id
            WHERE c.state = 1 AND m.article_id IS NULL';

    public function __construct(
        private Sql $sql,
        private Links $links,
    ) {
    }

    /**
     * @param int $limit Titles at most
     *
     * @return array{count: int, titles: list<string>}
     */
    public function published(int $limit): array
    {
        return [
            'count'  => (int) $this->sql->fetchValue('SELECT COUNT(*)' . self::FROM, $this->key()),
            'titles' => array_map(
                static fn (array $row): string => Row::string($row, 'title'),
                $this->sql->fetchAll(
                    'SELECT c.title' . self::FROM . " ORDER BY c.title, c.id LIMIT $limit",
                    $this->key(),
                ),
            ),
        ];
    }

    /** @return int Products */
    public function unpublish(Clock $clock): int
    {
        return $this->sql->transaction(function () use ($clock): int {
            $articles = array_map(
                static fn (array $row): int => Row::int($row, 'id'),
                $this->sql->fetchAll('SELECT c.id' . self::FROM, $this->key()),
            );
            (new ArticleStates($this->sql, $clock))->unpublish($articles);

            return \count($articles);
        });
    }

    /** @return list<string> */
    private function key(): array
    {
        return [Environment::Sandbox->value, ...$this->links->key()];
    }
}
