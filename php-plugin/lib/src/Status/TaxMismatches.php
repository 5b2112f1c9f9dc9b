<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\TaxProfiles;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Messages\Number;
use CloverSync\Shop\Support\Percent;

/**
 * Finds products that Clover and the shop tax differently, by what the last sync stored. It uses only the database, and
 * finds nothing while the settings name no tax profile for Clover's rates.
 */
final readonly class TaxMismatches
{
    private const FROM = ' FROM ' . Links::TABLE . ' m
           JOIN #__j2commerce_products p ON p.j2commerce_product_id = m.product_id
          WHERE m.environment = ? AND m.merchant_id = ? AND m.parent_id IS NULL AND m.clover_tax IS NOT NULL
            AND m.state NOT IN ' . LinkState::GONE;

    public function __construct(
        private Sql $sql,
        private Links $links,
        private Settings $settings,
    ) {
    }

    public function count(): int
    {
        $count = 0;

        foreach ($this->wrong($this->read(
            'SELECT m.clover_tax, p.taxprofile_id, COUNT(*) AS products'
            . self::FROM
            . ' GROUP BY m.clover_tax, p.taxprofile_id',
        )) as [$row]) {
            $count += Row::int($row, 'products');
        }

        return $count;
    }

    /** @return list<int> All products that are taxed differently */
    public function products(): array
    {
        return array_map(static fn (array $found): int => Row::int(
            $found[0],
            'product_id',
        ), $this->wrong($this->read('SELECT m.product_id, m.clover_tax, p.taxprofile_id' . self::FROM)));
    }

    /**
     * @param list<int> $products
     *
     * @return array<int, Message> What differs and what to do, by product
     */
    public function of(array $products): array
    {
        $rows = $this->settings->taxMapping === []
            ? []
            : (new Bulk($this->sql))->fetch(
                'SELECT m.product_id, m.clover_tax, p.taxprofile_id' . self::FROM . ' AND m.product_id IN (%s)',
                $products,
                $this->links->key(),
            );
        $messages = [];

        foreach ($this->wrong($rows) as [$row, $message]) {
            $messages[Row::int($row, 'product_id')] = $message;
        }

        return $messages;
    }

    /** @return list<array<string, int|float|string|null>> */
    private function read(string $query): array
    {
        return $this->settings->taxMapping === [] ? [] : $this->sql->fetchAll($query, $this->links->key());
    }

    /**
     * @param list<array<string, int|float|string|null>> $rows
     *
     * @return list<array{array<string, int|float|string|null>, Message}>
     */
    private function wrong(array $rows): array
    {
        $profiles = $rows === [] ? null : TaxProfiles::read($this->sql);
        $known    = [];
        $wrong    = [];

        foreach ($rows as $row) {
            $tax = Row::string($row, 'clover_tax');
            $id  = Row::int($row, 'taxprofile_id');
            $key = "$id $tax";

            if (!\array_key_exists($key, $known)) {
                $known[$key] = $profiles === null ? null : self::mismatch(CloverTax::read($tax), $id, $profiles);
            }

            if ($known[$key] !== null) {
                $wrong[] = [$row, $known[$key]];
            }
        }

        return $wrong;
    }

    private static function mismatch(CloverTax $tax, int $profile, TaxProfiles $profiles): ?Message
    {
        $rates = $profiles->ratesOf($profile);

        return match (true) {
            $tax->profile === null && \count($tax->rates) > 1 => new Message(MessageCode::TaxMixed, [
                'rates' => $tax->rates,
            ]),
            $tax->profile === null => new Message(MessageCode::TaxUnmapped, ['rates' => $tax->rates]),
            $tax->rate === null || \in_array($tax->rate, $rates, true) => null,
            default => new Message(MessageCode::TaxDiffers, [
                'percent'  => self::percent($tax->rate),
                'rates'    => $tax->rates,
                'profile'  => $profiles->label($profile),
                'percents' => array_map(self::percent(...), $rates),
            ]),
        };
    }

    private static function percent(int $rate): Message
    {
        return new Message(MessageCode::TaxPercent, ['percent' => new Number(Percent::text($rate))]);
    }
}
