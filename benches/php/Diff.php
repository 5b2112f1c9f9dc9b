<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\ChangeAction;
use CloverSync\ProductKind;

/**
 * The changes that the shop must write to match Clover: the comparison of crates/clover-core, in PHP.
 *
 * @phpstan-import-type Product from Mapper
 * @phpstan-import-type Variant from Mapper
 *
 * @phpstan-type Known array<string, scalar|null>
 * @phpstan-type Change array{action: ChangeAction, fields: list<string>, quantity: ?int, availability: ?int}
 */
final class Diff
{
    private const VARIANT_FIELDS = ['sku', 'upc', 'price', 'count', 'low_stock', 'availability'];

    private const FIELDS = [
        'title',
        'category',
        'tags',
        'sale',
        'options',
        'variants',
        'sku',
        'upc',
        'price',
        'count',
        'low_stock',
        'availability',
    ];

    /**
     * @param list<Known> $rows
     *
     * @return array<string, Known>
     */
    public static function byId(array $rows): array
    {
        $known = [];

        foreach ($rows as $row) {
            $known[(string) $row['clover_id']] = $row;
        }

        return $known;
    }

    /**
     * @param Product              $product
     * @param array<string, Known> $known Rows by Clover id
     */
    public static function compare(string $id, bool $group, array $product, array $known): ?ProductChange
    {
        $row     = $known[$id] ?? null;
        $aspects = $row === null ? [] : Mapper::differing($product['seen'], (string) $row['fingerprint']);
        $same    = $row !== null && $aspects === [] && !$row['deleted'];
        $changes = [];

        foreach ($product['variants'] as $variant) {
            $before  = $row === null ? null : $known[$variant['id']] ?? null;
            $changed = $group
                ? $before !== null && $before['fingerprint'] !== self::offer($variant)
                : \in_array('sale', $aspects, true);
            $change    = self::variant($variant, $before, $changed);
            $same      = $same && $change === null;
            $changes[] = $change;
        }

        return $same ? null : self::change($id, $group, $product, $known, $aspects, $changes);
    }

    /** @param Variant $variant */
    private static function offer(array $variant): string
    {
        return $variant['sellable'] ? 'sellable' : 'unavailable';
    }

    /**
     * @param Variant $variant
     * @param ?Known  $known
     *
     * @return ?Change Null when nothing differs
     */
    private static function variant(array $variant, ?array $known, bool $saleChanged): ?array
    {
        $quantity = $variant['stock'] === null ? null : max(0, $variant['stock'] - (int) ($known['committed'] ?? 0));

        if ($known === null) {
            return [
                'action'       => ChangeAction::Create,
                'fields'       => self::VARIANT_FIELDS,
                'quantity'     => $quantity,
                'availability' => (int) $variant['sellable'],
            ];
        }

        $fields  = [];
        $manages = (int) $known['manage_stock'] === 1;
        $has     = $known['quantity'] === null ? null : (int) $known['quantity'];

        if (($known['sku'] ?? '') !== ($variant['sku'] ?? '')) {
            $fields[] = 'sku';
        }

        if (($known['upc'] ?? '') !== ($variant['upc'] ?? '')) {
            $fields[] = 'upc';
        }

        // The column always has five places.
        if ((int) str_replace('.', '', (string) $known['price']) !== $variant['price']) {
            $fields[] = 'price';
        }

        if ($manages !== ($quantity !== null) || $quantity !== null && $has !== $quantity) {
            $fields[] = 'count';
        }

        $available = (int) ($known['availability'] ?? 1);
        $units     = $quantity === null || $quantity > 0;
        $wanted    = match (true) {
            !$variant['sellable'] => 0,
            $saleChanged, (bool) $known['deleted'], $units !== (!$manages || (int) $has > 0) => (int) $units,
            default => $available,
        };

        if ($wanted !== $available) {
            $fields[] = 'availability';
        }

        return (
            $fields === [] && !$known['deleted']
                ? null
                : [
                    'action'       => $known['deleted'] ? ChangeAction::Restore : ChangeAction::Update,
                    'fields'       => $fields,
                    'quantity'     => $quantity,
                    'availability' => $wanted === $available ? null : $wanted,
                ]
        );
    }

    /**
     * @param Product              $product
     * @param array<string, Known> $known
     * @param list<string>         $aspects
     * @param list<?Change>        $changes
     */
    private static function change(
        string $id,
        bool $group,
        array $product,
        array $known,
        array $aspects,
        array $changes,
    ): ProductChange {
        $action = match (true) {
            !isset($known[$id]) => ChangeAction::Create,
            (bool) $known[$id]['deleted'] => ChangeAction::Restore,
            default => ChangeAction::Update,
        };
        $differing = $action === ChangeAction::Create ? self::FIELDS : $aspects;
        $variants  = [];

        foreach ($product['variants'] as $i => $variant) {
            $committed = (int) ($known[$variant['id']]['committed'] ?? 0);
            $change    = $changes[$i] ?? [
                'action'       => ChangeAction::Keep,
                'fields'       => [],
                'quantity'     => $variant['stock'] === null ? null : max(0, $variant['stock'] - $committed),
                'availability' => null,
            ];
            $differing = [...$differing, ...$change['fields']];

            if ($group && \in_array($change['action'], [ChangeAction::Create, ChangeAction::Restore], true)) {
                $differing[] = 'variants';
            }

            $variants[] = [
                'clover_id'    => $variant['id'],
                'action'       => $change['action'],
                'fields'       => $change['fields'],
                'fingerprint'  => self::offer($variant),
                'sku'          => $variant['sku'],
                'upc'          => $variant['upc'],
                'price'        => self::decimal($variant['price']),
                'manage_stock' => $change['quantity'] !== null,
                'quantity'     => $change['quantity'],
                'count'        => $variant['count'] === null ? null : (string) $variant['count'],
                // These catalogs have none.
                'threshold'     => null,
                'availability'  => $change['availability'],
                'option_values' => $variant['option_values'],
                'name'          => $variant['name'],
            ];
        }

        $options = array_map(
            static fn (int $i, string $name): array => [
                'name'   => $name,
                'values' => array_values(array_unique(array_map(
                    static fn (array $variant): string => $variant['option_values'][$i],
                    $product['variants'],
                ))),
            ],
            array_keys($product['options']),
            $product['options'],
        );
        $prices = array_column($product['variants'], 'price');

        return new ProductChange(
            $id,
            $group ? ProductKind::Group : ProductKind::Item,
            $action,
            array_values(array_intersect(self::FIELDS, $differing)),
            $product['title'],
            Mapper::alias($product['title']) ?: strtolower($id),
            !$product['withheld'],
            $product['withheld'],
            $product['categories'],
            // Categories are made, and named by their ids, in the mode that the counterpart does not have.
            false,
            '',
            $product['tags'],
            Mapper::warnings($product['items']),
            Mapper::cautions($product['items']),
            Mapper::fingerprint($product['seen']),
            self::decimal(min($prices)),
            self::decimal(max($prices)),
            $options,
            $variants,
            [],
            text: $action === ChangeAction::Create ? Mapper::text($product['items']) : '',
        );
    }

    private static function decimal(int $price): string
    {
        return \sprintf('%d.%05d', intdiv($price, 100_000), $price % 100_000);
    }
}
