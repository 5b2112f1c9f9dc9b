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
     * @param array<string, Known> $known   Rows by Clover id
     * @param bool                 $publish Whether new products are shown at once
     */
    public static function compare(
        string $id,
        bool $group,
        array $product,
        array $known,
        bool $publish,
    ): ?ProductChange {
        $row     = $known[$id] ?? null;
        $aspects = $row === null ? [] : Mapper::differing($product['seen'], (string) $row['fingerprint']);
        $same    = $row !== null && $aspects === [] && !$row['deleted'];
        $changes = [];

        foreach ($product['variants'] as $variant) {
            $before  = $row === null ? null : $known[$variant['id']] ?? null;
            $changed = $group
                ? $before !== null && $before['fingerprint'] !== ($variant['sellable'] ? 'sellable' : 'unavailable')
                : \in_array('sale', $aspects, true);
            $change    = self::variant($variant, $before, $changed);
            $same      = $same && $change === null;
            $changes[] = $change;
        }

        if ($same) {
            return null;
        }

        return self::change($id, $group, $product, $publish, $row, $known, $aspects, $changes);
    }

    /**
     * @param Variant $variant
     * @param ?Known  $known
     *
     * @return ?Change Null when nothing differs
     */
    private static function variant(array $variant, ?array $known, bool $saleChanged): ?array
    {
        $quantity = $variant['stock'];

        if ($known === null) {
            return [
                'action'       => ChangeAction::Create,
                'fields'       => ['sku', 'upc', 'price', 'count', 'availability'],
                'quantity'     => $quantity === null ? null : max(0, $quantity),
                'availability' => $variant['sellable'] ? 1 : 0,
            ];
        }

        if ($quantity !== null) {
            $quantity = max(0, $quantity - (int) $known['committed']);
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

        if (Rules::parse((string) $known['price']) !== $variant['price']) {
            $fields[] = 'price';
        }

        if ($manages !== ($quantity !== null) || $quantity !== null && $has !== $quantity) {
            $fields[] = 'count';
        }

        $available = (int) ($known['availability'] ?? 1);
        $set       = null;

        if (!$variant['sellable']) {
            $set = $available === 0 ? null : 0;
        } else {
            $units = $quantity === null || $quantity > 0;

            if ($saleChanged || $known['deleted'] || $units !== (!$manages || (int) $has > 0)) {
                $set = $available === (int) $units ? null : (int) $units;
            }
        }

        if ($set !== null) {
            $fields[] = 'availability';
        }

        if ($fields === [] && !$known['deleted']) {
            return null;
        }

        return [
            'action'       => $known['deleted'] ? ChangeAction::Restore : ChangeAction::Update,
            'fields'       => $fields,
            'quantity'     => $quantity,
            'availability' => $set,
        ];
    }

    /**
     * @param Product              $product
     * @param ?Known               $row
     * @param array<string, Known> $known
     * @param list<string>         $aspects
     * @param list<?Change>        $changes
     */
    private static function change(
        string $id,
        bool $group,
        array $product,
        bool $publish,
        ?array $row,
        array $known,
        array $aspects,
        array $changes,
    ): ProductChange {
        $action = match (true) {
            $row === null => ChangeAction::Create,
            (bool) $row['deleted'] => ChangeAction::Restore,
            default => ChangeAction::Update,
        };
        $differing = array_fill_keys($aspects, true);

        foreach ($changes as $change) {
            $differing += array_fill_keys($change['fields'] ?? [], true);

            if (
                $group
                && $action !== ChangeAction::Create
                && \in_array($change['action'] ?? null, [ChangeAction::Create, ChangeAction::Restore], true)
            ) {
                $differing['variants'] = true;
            }
        }

        $prices   = array_column($product['variants'], 'price');
        $variants = [];

        foreach ($product['variants'] as $i => $variant) {
            $committed = (int) ($known[$variant['id']]['committed'] ?? 0);
            $change    = $changes[$i] ?? [
                'action'       => ChangeAction::Keep,
                'fields'       => [],
                'quantity'     => $variant['stock'] === null ? null : max(0, $variant['stock'] - $committed),
                'availability' => null,
            ];
            $variants[] = [
                'clover_id'     => $variant['id'],
                'action'        => $change['action'],
                'fields'        => $change['fields'],
                'fingerprint'   => $variant['sellable'] ? 'sellable' : 'unavailable',
                'sku'           => $variant['sku'],
                'upc'           => $variant['upc'],
                'price'         => Rules::text($variant['price']),
                'manage_stock'  => $change['quantity'] !== null,
                'quantity'      => $change['quantity'],
                'availability'  => $change['availability'],
                'option_values' => $variant['option_values'],
                'name'          => $variant['name'],
            ];
        }

        return new ProductChange(
            $id,
            $group ? ProductKind::Group : ProductKind::Item,
            $action,
            $action === ChangeAction::Create
                ? self::FIELDS
                : array_values(array_filter(
                    self::FIELDS,
                    static fn (string $field): bool => isset($differing[$field]),
                )),
            $product['title'],
            Mapper::alias($product['title'], $id),
            $publish && !$product['withheld'],
            $product['withheld'],
            $product['categories'],
            $product['make'],
            // Only the mode that makes categories names one, and the counterpart does not have it.
            '',
            $product['tags'],
            Mapper::warnings($product['items']),
            Mapper::fingerprint($product['seen']),
            Rules::text(min($prices)),
            Rules::text(max($prices)),
            array_map(
                static fn (int $i, string $name): array => [
                    'name'   => $name,
                    'values' => array_values(array_unique(array_map(
                        static fn (array $v): string => $v['option_values'][$i],
                        $product['variants'],
                    ))),
                ],
                array_keys($product['options']),
                $product['options'],
            ),
            $variants,
        );
    }
}
