<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

/**
 * Maps Clover's items to products: the mapping of crates/clover-core, in PHP.
 *
 * Data that only a written product needs (alias, warnings) is computed after a difference is found: an unchanged
 * catalog does not need it.
 *
 * @phpstan-type Item array{id: string, name?: ?string, code?: ?string, sku?: ?string, price?: int|float|string|null,
 *   priceType?: ?string, hidden?: bool, available?: bool, deleted?: bool, deletedTime?: int, defaultTaxRates?: bool,
 *   itemGroup?: ?array{id?: string}, options?: mixed, categories?: mixed, tags?: mixed, stock?: int|float|null}
 * @phpstan-type Entry array{id: string, name?: ?string, deleted?: bool, sortOrder?: ?int,
 *   attribute?: array{id?: string}}
 * @phpstan-type Variant array{id: string, name: string, sku: ?string, upc: ?string, price: int, stock: ?int,
 *   sellable: bool, option_values: list<string>}
 * @phpstan-type Product array{title: string, categories: list<string>, make: bool, tags: list<string>, withheld: bool,
 *   options: list<string>, variants: non-empty-list<Variant>, seen: string, items: list<Item>}
 */
final readonly class Mapper
{
    private const NAMELESS_OPTION = 'Variant';

    public function __construct(
        private Rules $rules,
    ) {
    }

    /**
     * @param Item           $item  As Clover lists it
     * @param int|float|null $stock Null: not counted
     *
     * @return Product seen: all of which Clover's change must be seen and that no column shows, its parts in lines;
     *   items: what it was mapped from
     *
     * @throws ItemFault
     */
    public function item(array $item, int|float|null $stock): array
    {
        $variant  = $this->variant($item, $stock, []);
        $withheld = self::withholds($item) || ($item['hidden'] ?? false);
        [$categories, $tags] = $this->places([$item], null);
        $make = $this->rules->categoryMode && $categories !== [];

        return [
            'title'      => $variant['name'],
            'categories' => $categories,
            'make'       => $make,
            'tags'       => $tags,
            'withheld'   => $withheld,
            'options'    => [],
            'variants'   => [$variant],
            'seen'       => $variant['name']
                . "\n"
                . ($make ? '1' : '0')
                . implode("\x1f", $categories)
                . "\n"
                . implode("\x1f", $tags)
                . "\n"
                . ($withheld ? '1' : '0')
                . ($variant['sellable'] ? '1' : '0'),
            'items'      => [$item],
        ];
    }

    /**
     * @param list<Item>            $members
     * @param array<string, string> $attributes Names by id
     * @param array<string, mixed>  $linked     Rows of the shop by Clover id
     * @param list<array{item_id: ?string, path: string, message: string}> $errors
     *
     * @return ?Product Null when nothing is left
     */
    public function group(
        string $id,
        ?string $name,
        array $members,
        array $attributes,
        array $linked,
        array &$errors,
    ): ?array {
        $title = self::cleaned($name);

        if ($title === null) {
            $errors[] = [
                'item_id' => null,
                'path'    => "item_groups[$id].name",
                'message' => 'Clover lists no name for this item group',
            ];

            return null;
        }

        usort(
            $members,
            static fn (array $a, array $b): int => (
                [!isset($linked[$a['id']]), $a['id']] <=> [!isset($linked[$b['id']]), $b['id']]
            ),
        );
        $options  = self::optionNames($members, $attributes);
        $used     = [];
        $variants = [];

        foreach ($members as $member) {
            try {
                $values  = self::optionValues($member, $title, $options, $attributes);
                $key     = implode("\x1f", $values);
                $variant = $this->variant($member, $member['stock'] ?? null, $values);

                if (isset($variants[$key])) {
                    throw new ItemFault(
                        'options',
                        "has the same options as item {$variants[$key]['id']}: " . implode(', ', $values),
                    );
                }

                $used[]         = $member;
                $variants[$key] = $variant;
            } catch (ItemFault $fault) {
                $errors[] = $fault->row($member['id']);
            }
        }

        if ($variants === []) {
            return null;
        }

        usort($variants, static fn (array $a, array $b): int => strcmp($a['id'], $b['id']));
        [$categories, $tags] = $this->places($used, $title);
        $make     = $this->rules->categoryMode && $categories !== [];
        $withheld = array_filter($used, static fn (array $item): bool => !($item['hidden'] ?? false)) === []
        || array_filter($used, self::withholds(...)) !== [];
        $seen =
            $title
            . "\n"
            . ($make ? '1' : '0')
            . implode("\x1f", $categories)
            . "\n"
            . implode("\x1f", $tags)
            . "\n"
            . ($withheld ? '1' : '0');

        foreach ($variants as $variant) {
            $seen .= $variant['id'] . ($variant['sellable'] ? '1' : '0');
        }

        $seen .= "\n" . implode("\x1f", $options);

        foreach ($variants as $variant) {
            $seen .= "\x1e" . $variant['id'] . "\x1f" . implode("\x1f", $variant['option_values']);
        }

        return [
            'title'      => $title,
            'categories' => $categories,
            'make'       => $make,
            'tags'       => $tags,
            'withheld'   => $withheld,
            'options'    => $options,
            'variants'   => $variants,
            'seen'       => $seen,
            'items'      => $used,
        ];
    }

    /**
     * One digest of all data, which identifies an unchanged product, followed by one of each part. The parts are read
     * only if the first digest differs.
     */
    public static function fingerprint(string $seen): string
    {
        $parts = explode("\n", $seen, 5);

        return self::digest($seen) . implode('', array_map(static fn (string $part): string => hash('xxh3', $part), [
            ...$parts,
            ...array_fill(0, max(0, 5 - \count($parts)), ''),
        ]));
    }

    public static function digest(string $seen): string
    {
        return hash('xxh128', $seen);
    }

    /** @return list<string> Parts that differ from a stored fingerprint */
    public static function differing(string $seen, ?string $stored): array
    {
        if ($stored !== null && str_starts_with($stored, self::digest($seen))) {
            return [];
        }

        $now     = self::fingerprint($seen);
        $aspects = [];

        foreach (['title', 'category', 'tags', 'sale', 'options'] as $i => $aspect) {
            if (
                \strlen((string) $stored) !== \strlen($now)
                || substr((string) $stored, 32 + (16 * $i), 16) !== substr($now, 32 + (16 * $i), 16)
            ) {
                $aspects[] = $aspect;
            }
        }

        return $aspects;
    }

    /**
     * @param list<Item> $items
     *
     * @return list<string>
     */
    public static function warnings(array $items): array
    {
        $warnings = [];

        foreach ($items as $item) {
            $which = \count($items) > 1 ? " ({$item['id']})" : '';
            $type  = $item['priceType'] ?? '' ?: 'FIXED';

            if ($type !== 'FIXED' || ($item['price'] ?? null) === 0) {
                $warnings[] = match ($type) {
                    'FIXED'    => "Clover's price is 0$which: imported unpublished",
                    'VARIABLE' => "the price is typed in at the till$which: imported unpublished, "
                        . 'set a price before you publish it',
                    'PER_UNIT' => "the price is per unit of weight or length$which: imported unpublished, "
                        . 'check the price before you publish it',
                    default    => 'the price type '
                        . mb_substr($type, 0, 40)
                        . " is unknown$which: imported unpublished",
                };
            }

            if (!($item['defaultTaxRates'] ?? true)) {
                $warnings[] = "Clover does not tax this item by its default rates$which: check its tax profile";
            }
        }

        if (array_filter($items, static fn (array $item): bool => !($item['hidden'] ?? false)) === []) {
            $warnings[] = 'hidden in Clover: imported unpublished';
        }

        return $warnings;
    }

    public static function alias(string $title, string $id): string
    {
        $ascii = (string) transliterator_transliterate('Any-Latin; Latin-ASCII; Lower()', $title);
        $alias = trim((string) preg_replace('/[^a-z0-9]+/', '-', $ascii), '-');

        return $alias === '' ? strtolower($id) : $alias;
    }

    /** Trimmed text without control characters, or null when nothing is left. */
    public static function cleaned(?string $text): ?string
    {
        if ($text === null) {
            return null;
        }

        // Most texts are plain ASCII and need no regular expression.
        $text = ctype_print($text) && !str_contains($text, '  ')
            ? trim($text)
            : trim((string) preg_replace('/[\s\p{Z}\p{Cc}]+/u', ' ', $text));

        return $text === '' ? null : $text;
    }

    /** @return list<Entry> Clover's lists come as {"elements": […]}, {}, null or a bare list */
    public static function elements(mixed $list): array
    {
        $given = \is_array($list) ? $list['elements'] ?? $list : [];
        /** @var list<Entry> $entries */
        $entries = \is_array($given) && array_is_list($given) ? $given : [];

        return $entries;
    }

    /**
     * @param Item         $item
     * @param list<string> $values
     *
     * @return Variant
     */
    private function variant(array $item, int|float|null $stock, array $values): array
    {
        $name  = self::cleaned($item['name'] ?? null) ?? throw new ItemFault('name', 'has no name');
        $price = $item['price'] ?? null;

        if ($price === null) {
            if (($item['priceType'] ?? 'FIXED') === 'FIXED') {
                throw new ItemFault('price', 'has no price');
            }

            $price = 0;
        }

        if (!\is_int($price)) {
            $price = filter_var(
                \is_float($price) && floor($price) === $price ? (int) $price : $price,
                FILTER_VALIDATE_INT,
            );
        }

        if ($price === false) {
            throw new ItemFault('price', 'is not a whole number');
        }

        if ($price < 0) {
            throw new ItemFault('price', 'has a price below zero');
        }

        if ($stock !== null) {
            if (!$this->rules->trackStock) {
                $stock = null;
            } elseif (!(abs($stock) < 1e9)) {
                throw new ItemFault('itemStock.quantity', 'has a count that is too large');
            } else {
                // To the thousandth first, so that a double one bit below a whole unit is that unit.
                $stock = (int) floor(round($stock * 1000.0) / 1000.0);
            }
        }

        return [
            'id'            => $item['id'],
            'name'          => $name,
            'sku'           => self::cleaned($item['sku'] ?? null),
            'upc'           => self::cleaned($item['code'] ?? null),
            'price'         => $this->rules->price($price),
            'stock'         => $stock,
            'sellable'      => ($item['available'] ?? true) && ($values === [] || !($item['hidden'] ?? false)),
            'option_values' => $values,
        ];
    }

    /** @param Item $item */
    private static function withholds(array $item): bool
    {
        $type = $item['priceType'] ?? 'FIXED';

        return $type !== 'FIXED' && $type !== '' || ($item['price'] ?? null) === 0;
    }

    /**
     * @param list<Item> $items
     *
     * @return array{list<string>, list<string>} Categories and tags
     */
    private function places(array $items, ?string $group): array
    {
        $found = [];

        foreach ($items as $item) {
            foreach (self::elements($item['categories'] ?? null) as $category) {
                if (!($category['deleted'] ?? false)) {
                    $found[] = $category;
                }
            }
        }

        if ($this->rules->categoryMode) {
            usort($found, self::order(...));
            $names      = self::unique(array_column($found, 'name'));
            $categories = \array_slice($names, 0, 1);
            $tags       = \array_slice($names, 1);
        } else {
            $first = null;
            $name  = null;

            // Only the first is used, so the list is not sorted.
            foreach ($found as $category) {
                $cleaned =
                    $first === null || self::order($category, $first) < 0
                        ? self::cleaned($category['name'] ?? null)
                        : null;

                if ($cleaned !== null) {
                    $first = $category;
                    $name  = $cleaned;
                }
            }

            $categories = $group === null ? [] : [$group];
            $tags       = $categories;

            if ($name !== null) {
                $categories[] = $name;
            }
        }

        foreach ($items as $item) {
            if (isset($item['tags'])) {
                foreach (self::elements($item['tags']) as $tag) {
                    if (!($tag['deleted'] ?? false) && isset($tag['name'])) {
                        $tags[] = $tag['name'];
                    }
                }
            }
        }

        return [$categories, $tags === [] ? [] : self::unique($tags)];
    }

    /**
     * @param Entry $a
     * @param Entry $b
     */
    private static function order(array $a, array $b): int
    {
        return (
            ($a['sortOrder'] ?? PHP_INT_MAX) <=> ($b['sortOrder'] ?? PHP_INT_MAX) ?: strcmp(
                $a['name'] ?? '',
                $b['name'] ?? '',
            ) ?: strcmp($a['id'], $b['id'])
        );
    }

    /**
     * @param list<?string> $names
     *
     * @return list<string> Cleaned, without repetition; letter case makes no difference
     */
    private static function unique(array $names): array
    {
        $unique = [];

        foreach ($names as $name) {
            if (($name = self::cleaned($name)) !== null) {
                $unique[mb_strtolower($name)] ??= $name;
            }
        }

        return array_values($unique);
    }

    /**
     * @param list<Item>            $members
     * @param array<string, string> $attributes
     *
     * @return list<string>
     */
    private static function optionNames(array $members, array $attributes): array
    {
        $names = [];

        foreach ($members as $member) {
            foreach (self::elements($member['options'] ?? null) as $option) {
                $id = $option['attribute']['id'] ?? '';

                if (isset($attributes[$id])) {
                    $names[$id] = $attributes[$id];
                }
            }
        }

        if (\count($names) > 1) {
            uksort($names, static fn (int|string $a, int|string $b): int => [$names[$a], $a] <=> [$names[$b], $b]);
        }

        return self::unique(array_values($names)) ?: [self::NAMELESS_OPTION];
    }

    /**
     * @param Item                  $member
     * @param list<string>          $options
     * @param array<string, string> $attributes
     *
     * @return list<string>
     */
    private static function optionValues(array $member, string $group, array $options, array $attributes): array
    {
        $has = self::elements($member['options'] ?? null);

        if ($has === [] && $options === [self::NAMELESS_OPTION]) {
            $name = self::cleaned($member['name'] ?? null) ?? throw new ItemFault(
                'options',
                'has neither options nor a name',
            );
            $own = str_starts_with($name, $group) ? trim(substr($name, \strlen($group))) : $name;

            return [$own === '' ? $name : $own];
        }

        $values = [];

        foreach ($options as $option) {
            $found = [];

            foreach ($has as $value) {
                $attribute = $attributes[$value['attribute']['id'] ?? ''] ?? null;

                if (
                    $attribute !== null
                    && ($attribute === $option || mb_strtolower(trim($attribute)) === mb_strtolower($option))
                    && ($text = self::cleaned($value['name'] ?? null)) !== null
                ) {
                    $found[] = $text;
                }
            }

            if (\count($found) !== 1) {
                throw new ItemFault(
                    'options',
                    $found === [] ? "has no value for the option $option" : "has several values for the option $option",
                );
            }

            $values[] = $found[0];
        }

        return $values;
    }
}
