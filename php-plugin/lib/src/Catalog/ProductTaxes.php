<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;

/** Stores with the links how Clover taxes the products. */
final readonly class ProductTaxes
{
    public function __construct(
        private Sql $sql,
        private Links $links,
    ) {
    }

    /**
     * A profile that is the one by the settings already counts as written: it follows Clover from then on.
     *
     * @param list<array{clover_id: string, tax: string, profile: ?int}> $taxes As {@see \CloverSync\Page::taxes()}
     */
    public function remember(array $taxes): void
    {
        $known = array_column($taxes, null, 'clover_id');
        $rows  = [];

        foreach ((new Bulk($this->sql))->fetch(
            'SELECT m.clover_id, m.clover_tax, m.tax_written, p.taxprofile_id FROM '
            . Links::TABLE
            . ' m JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id
              WHERE m.environment = ? AND m.merchant_id = ? AND m.state NOT IN '
            . LinkState::GONE
            . ' AND m.clover_id IN (%s)',
            array_column($taxes, 'clover_id'),
            $this->links->key(),
        ) as $row) {
            $id      = Row::string($row, 'clover_id');
            $tax     = $known[$id];
            $changed = [];

            if (Row::nullableString($row, 'clover_tax') !== $tax['tax']) {
                $changed['clover_tax'] = $tax['tax'];
            }

            if (
                $tax['profile'] !== null
                && $tax['profile'] === Row::nullableInt($row, 'taxprofile_id')
                && $tax['profile'] !== Row::nullableInt($row, 'tax_written')
            ) {
                $changed['tax_written'] = $tax['profile'];
            }

            if ($changed !== []) {
                $rows[$id] = $changed;
            }
        }

        $this->links->update($rows);
    }
}
