<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Caution;
use CloverSync\Ledger;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\Text;

/**
 * Compares products with Clover's last known values. It uses only the database.
 *
 * An item is compared once a sync has stored what Clover has of it.
 */
final readonly class Differences
{
    private const SELECT =
        'SELECT m.clover_id, m.parent_id, m.product_id, m.variant_id, m.name, m.sku AS clover_sku, m.clover_price,
                m.clover_count, m.clover_asked, v.sku, v.price, v.manage_stock, q.quantity,
                h.cautions, h.name AS head_name, h.title_written, h.stock_reserve AS reserve, c.title
           FROM '
            . Links::TABLE
            . ' m
           JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
           LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = m.variant_id
           JOIN '
            . Links::TABLE
            . " h ON h.environment = m.environment AND h.merchant_id = m.merchant_id
                AND h.clover_id = COALESCE(m.parent_id, m.clover_id)
           LEFT JOIN #__content c ON c.id = h.article_id
          WHERE m.environment = ? AND m.merchant_id = ? AND m.clover_type = 'item' AND m.clover_asked IS NOT NULL
            AND m.product_id = h.product_id AND m.state NOT IN ('deleted', 'left_out', 'conflict')";

    /**
     * More than those that differ: sold units are subtracted from a count afterwards. The collation of the shop's
     * columns may differ from ours. Its value is the reserve of products without their own.
     */
    private const CANDIDATES = ' AND (v.price + 0 <> m.clover_price + 0
            OR HEX(v.sku) <> HEX(m.sku)
            OR HEX(c.title) <> HEX(h.name)
            OR v.manage_stock <> CASE WHEN m.clover_count IS NULL THEN 0 ELSE 1 END
            OR COALESCE(q.quantity, 0) + COALESCE(h.stock_reserve, ?) <> COALESCE(m.clover_count, 0) + 0
            OR EXISTS (SELECT 1 FROM #__j2commerce_clover_ledger l WHERE l.variant_id = m.variant_id))';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private CommittedUnits $committed,
        private Ledger $rules,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, non-empty-list<Difference>> By product, of those that differ
     */
    public function of(array $products): array
    {
        return $this->compare($this->bulk->fetch(
            self::SELECT . ' AND m.product_id IN (%s) ORDER BY m.id',
            $products,
            $this->links->key(),
        ));
    }

    /** @return list<int> All products that differ */
    public function products(): array
    {
        return array_keys($this->compare($this->sql->fetchAll(self::SELECT . self::CANDIDATES . ' ORDER BY m.id', [
            ...$this->links->key(),
            $this->rules->reserve(),
        ])));
    }

    /**
     * @param list<array<string, int|float|string|null>> $rows
     *
     * @return array<int, non-empty-list<Difference>>
     */
    private function compare(array $rows): array
    {
        $found     = [];
        $titled    = [];
        $committed = $this->committed($rows);

        foreach ($rows as $row) {
            $product = Row::int($row, 'product_id');
            $differs = $this->variant($row, $committed[Row::string($row, 'clover_id')] ?? 0);

            if (!isset($titled[$product])) {
                $titled[$product] = true;
                $differs          = [...self::title($row), ...$differs];
            }

            foreach ($differs as $difference) {
                $found[$product][] = $difference;
            }
        }

        return $found;
    }

    /**
     * @param list<array<string, int|float|string|null>> $rows
     *
     * @return array<string, int>
     */
    private function committed(array $rows): array
    {
        $variants = [];
        $times    = [];

        foreach ($rows as $row) {
            $id            = Row::string($row, 'clover_id');
            $variants[$id] = Row::int($row, 'variant_id');
            $times[$id]    = Row::int($row, 'clover_asked');
        }

        return $this->committed->of($variants, new CountTimes($times));
    }

    /**
     * A title that is not the one last written is the owner's.
     *
     * @param array<string, int|float|string|null> $row
     *
     * @return list<Difference>
     */
    private static function title(array $row): array
    {
        $title  = Row::string($row, 'title');
        $clover = Text::shown(Row::string($row, 'head_name'));

        return (
            $title === $clover || $title !== Row::string($row, 'title_written')
                ? []
                : [new Difference(DifferingField::Title, null, $title, $clover)]
        );
    }

    /**
     * @param array<string, int|float|string|null> $row
     *
     * @return list<Difference>
     */
    private function variant(array $row, int $committed): array
    {
        $variant = $row['parent_id'] === null ? null : Row::string($row, 'name');
        $found   = [];
        $price   = Row::string($row, 'price');
        $clover  = Row::string($row, 'clover_price');

        if (!Decimal::equals($price, $clover) && !self::isOwnersPrice($row)) {
            $found[] = new Difference(DifferingField::Price, $variant, $price, $clover);
        }

        $shop   = Row::int($row, 'manage_stock') === 1 ? Row::int($row, 'quantity') : null;
        $count  = Row::nullableString($row, 'clover_count');
        $wanted = $count === null
            ? null
            : $this->rules->sellable($count, $committed, Row::nullableInt($row, 'reserve'));

        if ($shop !== $wanted) {
            $found[] = new Difference(
                DifferingField::Stock,
                $variant,
                $shop === null ? null : (string) $shop,
                $wanted === null ? null : (string) $wanted,
            );
        }

        $sku = Text::shown(Row::string($row, 'clover_sku'));

        if (Row::string($row, 'sku') !== $sku) {
            $found[] = new Difference(DifferingField::Sku, $variant, Row::string($row, 'sku'), $sku);
        }

        return $found;
    }

    /**
     * Where the till asks for the price, the owner sets the shop's.
     *
     * @param array<string, int|float|string|null> $row
     */
    private static function isOwnersPrice(array $row): bool
    {
        return (
            Decimal::equals(Row::string($row, 'clover_price'), '0')
            && array_intersect(explode(',', Row::string($row, 'cautions')), [
                Caution::OpenPrice->value,
                Caution::UnitPrice->value,
                Caution::UnknownPrice->value,
            ]) !== []
        );
    }
}
