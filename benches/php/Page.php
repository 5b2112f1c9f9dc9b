<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/** {@see \CloverSync\Page} in PHP: one page of items, mapped. */
final class Page
{
    /** What of an item of a group is needed when the group is mapped. */
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
        'itemGroup'       => 0,
        'options'         => 0,
        'categories'      => 0,
        'tags'            => 0,
    ];

    private readonly float $asked;

    /** @var list<string> */
    private array $ids = [];

    /** @var array<string, array<string, mixed>> Items without group, by id */
    private array $singles = [];

    /** @var list<array{array<string, mixed>, int|float|null}> Items of groups, each with its count */
    private array $members = [];

    /** @var array<string, array<string, mixed>> */
    private array $products = [];

    /** @var list<array{item_id: ?string, path: string, message: string}> */
    private array $errors = [];

    /**
     * @param array{elements: list<array<string, mixed>>} $items
     * @param array{elements: list<array<string, mixed>>} $counts
     */
    public function __construct(
        array $items,
        array $counts,
        Mapper $mapper,
        private readonly Rules $rules,
        ?float $asked = null,
    ) {
        $this->asked = $asked ?? microtime(true);
        $stocks      = array_column($counts['elements'], 'itemStock', 'id');

        foreach ($items['elements'] as $item) {
            if (($item['deleted'] ?? false) || ($item['deletedTime'] ?? 0) > 0) {
                continue;
            }

            $id          = $item['id'];
            $this->ids[] = $id;
            $stock       = $stocks[$id] ?? null;
            $stock       = \is_array($stock) ? $stock['quantity'] ?? null : $stock;

            if (isset($item['itemGroup']['id'])) {
                $this->members[] = [$item, $stock];

                continue;
            }

            try {
                $this->products[$id] = $mapper->item($item, $stock);
                $this->singles[$id]  = $item;
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
     * @param list<array<string, mixed>> $known
     *
     * @return list<ProductChange>
     */
    public function changes(array $known): array
    {
        $known   = array_column($known, null, 'clover_id');
        $changes = [];

        foreach ($this->products as $id => $product) {
            $id     = (string) $id;
            $change = Diff::compare($id, false, $product, $known, $this->rules->publish, $this->singles[$id]);

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
            'group_id' => $member[0]['itemGroup']['id'],
            'payload'  => json_encode(
                array_intersect_key($member[0], self::STAGED) + ['stock' => $member[1]],
                JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES,
            ),
        ], $this->members);
    }

    /** @return list<array{item_id: ?string, path: string, message: string}> */
    public function errors(): array
    {
        return $this->errors;
    }
}
