<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;

/** Finds linked products that Clover's data says should not be sold on the web as they are. */
final readonly class CautiousProducts
{
    private const SELECT =
        'SELECT m.product_id, m.article_id, m.cautions, c.title, c.state,
                (SELECT COUNT(*) FROM #__j2commerce_variants v
                  WHERE v.product_id = m.product_id AND v.price + 0 = 0
                    AND v.is_master = (SELECT MIN(x.is_master) FROM #__j2commerce_variants x
                                        WHERE x.product_id = m.product_id)) AS free
           FROM '
            . Links::TABLE
            . " m JOIN #__content c ON c.id = m.article_id
          WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NULL AND m.cautions <> ''
            AND m.product_id IS NOT NULL AND m.state NOT IN "
            . LinkState::GONE;

    public function __construct(
        private Sql $sql,
        private Links $links,
    ) {
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, CautiousProduct> By product
     */
    public function of(array $products): array
    {
        return self::read((new Bulk($this->sql))->fetch(
            self::SELECT . ' AND m.product_id IN (%s) ORDER BY c.title',
            $products,
            $this->links->key(),
        ));
    }

    /**
     * @param list<int> $articles
     *
     * @return array<int, CautiousProduct> By article
     */
    public function ofArticles(array $articles): array
    {
        return array_column(
            self::read((new Bulk($this->sql))->fetch(
                self::SELECT . ' AND m.article_id IN (%s) ORDER BY c.title',
                $articles,
                $this->links->key(),
            )),
            null,
            'articleId',
        );
    }

    /** @return array<int, CautiousProduct> By product */
    public function all(): array
    {
        return self::read($this->sql->fetchAll(self::SELECT . ' ORDER BY c.title', $this->links->key()));
    }

    /** @return array<int, CautiousProduct> Published ones, by product */
    public function published(): array
    {
        return self::read($this->sql->fetchAll(
            self::SELECT . ' AND c.state = 1 ORDER BY c.title',
            $this->links->key(),
        ));
    }

    /**
     * @param list<array<string, int|float|string|null>> $rows
     *
     * @return array<int, CautiousProduct>
     */
    private static function read(array $rows): array
    {
        $found = [];

        foreach ($rows as $row) {
            $product = CautiousProduct::fromRow($row);

            if ($product !== null) {
                $found[Row::int($row, 'product_id')] = $product;
            }
        }

        return $found;
    }
}
