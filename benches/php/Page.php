<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/**
 * {@see \CloverSync\Page} in PHP: one page of items, mapped.
 *
 * @phpstan-import-type Item from Mapper
 * @phpstan-import-type Product from Mapper
 * @phpstan-import-type Known from Diff
 */
final class Page
{
    /** The fields of a group's item that the mapping of the group needs. */
    private const STAGED = [
        'id'              => 0,
        'name'            => 0,
        'code'            => 0,
        'sku'             => 0,
        'price'           => 0,
        'priceType'       => 0,
        'hidden'          => 0,
        'available'       => 0,
        'defaultTaxRates' => 0,
        'options'         => 0,
        'categories'      => 0,
        'tags'            => 0,
        'menuItem'        => 0,
    ];

    /** @var list<string> */
    private array $ids = [];

    /** @var list<array{Item, string, int|float|null}> Items of groups, each with its group and its count */
    private array $members = [];

    /** @var array<string, Product> Items without group, by id */
    private array $products = [];

    /** @var list<array{item_id: ?string, path: string, message: string}> */
    private array $errors = [];

    /**
     * @param list<Item> $items
     * @param list<Item> $counts
     * @param float      $asked  When they were requested
     */
    public function __construct(
        array $items,
        array $counts,
        private readonly float $asked,
    ) {
        $stocks = array_column($counts, 'itemStock', 'id');

        foreach ($items as $item) {
            if ($item['deleted'] ?? false) {
                continue;
            }

            $id          = $item['id'];
            $this->ids[] = $id;
            $stock       = $stocks[$id]['quantity'] ?? null;

            if (isset($item['itemGroup']['id'])) {
                $this->members[] = [$item, $item['itemGroup']['id'], $stock];

                continue;
            }

            try {
                $this->products[$id] = Mapper::item($item, $stock);
            } catch (ItemFault $fault) {
                $this->errors[] = $fault->row($id);
            }
        }
    }

    public function cursor(): string
    {
        return $this->ids === [] ? '' : end($this->ids);
    }

    public function age(): int
    {
        return (int) ceil((microtime(true) - $this->asked) * 1000) + 1;
    }

    /** @return list<string> */
    public function itemIds(): array
    {
        return $this->ids;
    }

    /**
     * @param list<Known> $known
     *
     * @return list<ProductChange>
     */
    public function changes(array $known): array
    {
        $known   = Diff::byId($known);
        $changes = [];

        foreach ($this->products as $id => $product) {
            $change = Diff::compare((string) $id, false, $product, $known);

            if ($change !== null) {
                $changes[] = $change;
            }
        }

        return $changes;
    }

    /** @return list<array{item_id: string, group_id: string, payload: string}> */
    public function members(): array
    {
        return array_map(static fn (array $member): array => [
            'item_id'  => $member[0]['id'],
            'group_id' => $member[1],
            'payload'  => json_encode(
                array_intersect_key($member[0], self::STAGED) + ['stock' => $member[2]],
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES,
            ),
        ], $this->members);
    }

    /** @return list<never> The default settings name no tax profile */
    public function taxes(): array
    {
        return [];
    }

    /** @return list<array{item_id: ?string, path: string, message: string}> */
    public function errors(): array
    {
        return $this->errors;
    }

    /** With the default settings it does not matter which items are sold online. */
    public function onlineUnknown(): int
    {
        return 0;
    }

    /** @return array{} With the default settings, no item of these catalogs is left out */
    public function leftOut(): array
    {
        return [];
    }
}
