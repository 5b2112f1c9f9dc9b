<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Caution;
use CloverSync\ChangeAction;
use CloverSync\ProductChange;
use CloverSync\ProductKind;
use CloverSync\Shop\Catalog\J2Commerce\Variants;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Support\Text;

/** Moves variants between products, updates them, and builds the rows of new ones. */
final class ProductVariants
{
    /** @var list<int> Single products that lost their variant to a group */
    private array $abandoned = [];

    public function __construct(
        private readonly ProductTables $tables,
    ) {
    }

    /** @return list<int> Single products that have lost their variant to a group since the last call */
    public function takeAbandoned(): array
    {
        $abandoned       = $this->abandoned;
        $this->abandoned = [];

        return $abandoned;
    }

    /**
     * @param array<ProductChange> $changes
     *
     * @return array<string, true> Variants that are part of another product, by Clover id
     */
    public static function moved(array $changes): array
    {
        $moved = [];

        foreach ($changes as $change) {
            foreach ($change->variants as $variant) {
                if ($variant['action'] === ChangeAction::Move) {
                    $moved[$variant['clover_id']] = true;
                }
            }
        }

        return $moved;
    }

    /**
     * Moves variants from their products to these.
     *
     * @param array<string, ProductChange>        $changes
     * @param array<string, int>                  $products By Clover id of the change
     * @param array<string, LinkRow> $links
     *
     * @return int Rows written
     */
    public function move(array $changes, array $products, array $links): int
    {
        $targets = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $i => $variant) {
                if ($variant['action'] === ChangeAction::Move) {
                    $targets[$links[$variant['clover_id']]->variant()] = [
                        'product' => $products[$id],
                        'master'  => $change->kind !== ProductKind::Group,
                        'default' => $change->kind !== ProductKind::Group
                            || $change->action === ChangeAction::Create && $i === 0,
                    ];
                }
            }
        }

        if ($targets === []) {
            return 0;
        }

        $rows = $this->tables->options->detach(array_keys($targets));
        $left = $this->tables->variants->move($targets);
        array_push($this->abandoned, ...$left['singles']);

        return $rows + $left['rows'] + $this->tables->variants->settle($left['variables']);
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, int>           $ids
     * @param array<string, int>           $rows
     */
    public function update(array $changes, array $ids, array &$rows): void
    {
        $updates = [];
        $owners  = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $variant) {
                if (!\in_array(
                    $variant['action'],
                    [ChangeAction::Update, ChangeAction::Restore, ChangeAction::Move],
                    true,
                )) {
                    continue;
                }

                $values = [];

                foreach (array_intersect(['sku', 'upc'], $variant['fields']) as $field) {
                    $values[$field] = Text::shown($variant[$field] ?? '');
                }

                if (\in_array('price', $variant['fields'], true)) {
                    $values['price'] = $variant['price'];
                }

                if (\in_array('count', $variant['fields'], true)) {
                    $values['manage_stock'] = (int) $variant['manage_stock'];

                    if ($variant['quantity'] !== null) {
                        $values['quantity'] = $variant['quantity'];
                    }
                }

                if (\in_array('low_stock', $variant['fields'], true) && $variant['threshold'] !== null) {
                    $values['notify_qty']                  = $variant['threshold'];
                    $values['use_store_config_notify_qty'] = 0;
                }

                if ($variant['availability'] !== null) {
                    $values['availability'] = $variant['availability'];
                }

                if ($values !== []) {
                    $updates[$ids[$variant['clover_id']]] = $values;
                    $owners[$ids[$variant['clover_id']]]  = $id;
                }
            }
        }

        foreach ($this->tables->variants->update($updates) as $variantId => $n) {
            $rows[$owners[$variantId]] += $n;
        }
    }

    /**
     * @param array<string, int>    $ids   Variant ids by Clover id
     * @param array<string, string> $names The shop's options that the owner has paired with Clover's
     *
     * @return array{options: list<array{name: string, values: list<string>}>, variants: array<int, list<string>>}
     */
    public static function choices(ProductChange $change, array $ids, array $names = []): array
    {
        $variants = [];

        foreach ($change->variants as $variant) {
            $variants[$ids[$variant['clover_id']]] = $variant['option_values'];
        }

        $options = array_map(
            static fn (array $option): array => ['name' => $names[Text::key($option['name'])] ?? $option['name']]
            + $option,
            $change->options,
        );

        return ['options' => $options, 'variants' => $variants];
    }

    /**
     * @param array{clover_id: string, action: ChangeAction, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, count: ?string, threshold: ?string,
     *   availability: ?int, option_values: list<string>, name: string} $variant
     *
     * @return array{product: int, master: bool, default: bool, sku: ?string, upc: ?string, price: string,
     *   manage_stock: bool, quantity: ?int, threshold: ?string, availability: ?int}
     */
    public static function row(array $variant, int $product, bool $master, bool $default): array
    {
        return [
            'product'      => $product,
            'master'       => $master,
            'default'      => $default,
            'sku'          => $variant['sku'],
            'upc'          => $variant['upc'],
            'price'        => $variant['price'],
            'manage_stock' => $variant['manage_stock'],
            'quantity'     => $variant['quantity'],
            'threshold'    => $variant['threshold'],
            'availability' => $variant['availability'],
        ];
    }

    /** The column `cautions` of the product's link. */
    public static function cautions(ProductChange $change): string
    {
        return implode(',', array_map(static fn (Caution $caution): string => $caution->value, $change->cautions));
    }

    /**
     * @param array{clover_id: string, action: ChangeAction, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, count: ?string, threshold: ?string,
     *   availability: ?int, option_values: list<string>, name: string} $variant
     *
     * @return array<string, scalar|null>
     */
    public static function link(array $variant, ProductChange $change, int $variantId, CountTimes $asked): array
    {
        $link = [
            'clover_id'    => $variant['clover_id'],
            'parent_id'    => $change->kind === ProductKind::Group ? $change->cloverId : null,
            'name'         => Text::fit($variant['name']),
            'sku'          => Text::fit($variant['sku'] ?? ''),
            'variant_id'   => $variantId,
            'clover_price' => $variant['price'],
            'clover_count' => $variant['count'],
            'clover_asked' => $asked->of($variant['clover_id']),
        ];

        return $change->kind === ProductKind::Group ? $link + ['fingerprint' => $variant['fingerprint']] : $link;
    }
}
