<?php

declare(strict_types=1);

namespace CloverSync\Bench\Plain;

use CloverSync\Caution;
use CloverSync\ProblemCode;

/**
 * Maps Clover's items to products: the mapping of crates/clover-core with tags and without a markup, in PHP.
 *
 * Data that only a written product needs (alias, warnings) is computed after a difference is found: an unchanged
 * catalog does not need it.
 *
 * @phpstan-type Item array{id: string, name?: ?string, code?: ?string, sku?: ?string, price?: ?int,
 *   priceType?: ?string, hidden?: bool, available?: bool, deleted?: bool, defaultTaxRates?: bool,
 *   itemGroup?: ?array{id?: string}, itemStock?: ?array{quantity?: int|float},
 *   menuItem?: array{description?: string}, options?: array{elements?: list<Entry>},
 *   categories?: array{elements?: list<Entry>}, tags?: array{elements?: list<Entry>}, stock?: int|float|null}
 * @phpstan-type Entry array{id: string, name?: ?string, deleted?: bool, sortOrder?: ?int,
 *   attribute?: array{id?: string}}
 * @phpstan-type Variant array{id: string, name: string, sku: ?string, upc: ?string, price: int, stock: ?int,
 *   count: int|float|null, sellable: bool, option_values: list<string>}
 * @phpstan-type Product array{title: string, categories: list<string>, tags: list<string>, withheld: bool,
 *   options: list<string>, variants: non-empty-list<Variant>, seen: string, items: list<Item>}
 */
final class Mapper
{
    private const NAMELESS_OPTION = 'Variant';

    /** Between the texts of one part of what is seen, and between its variants. */
    private const NEXT         = "\x1f";
    private const NEXT_VARIANT = "\x1e";

    /**
     * @param Item           $item  As Clover lists it
     * @param int|float|null $stock Null: not counted
     *
     * @return Product
     *
     * @throws ItemFault
     */
    public static function item(array $item, int|float|null $stock): array
    {
        $variant = self::variant($item, $stock, []);

        return self::product($variant['name'], null, [$item], [$variant], []);
    }

    /**
     * @param list<Item>            $members
     * @param array<string, string> $attributes Names by id
     * @param array<string, mixed>  $linked     Rows of the shop by Clover id
     * @param list<array{item_id: ?string, path: string, message: string}> $errors
     *
     * @return ?Product Null when nothing is left
     */
    public static function group(
        string $title,
        array $members,
        array $attributes,
        array $linked,
        array &$errors,
    ): ?array {
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
                $key     = implode(self::NEXT, $values);
                $variant = self::variant($member, $member['stock'] ?? null, $values);

                if (isset($variants[$key])) {
                    throw new ItemFault('options', "has the same options as item {$variants[$key]['id']}");
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

        return self::product($title, $title, $used, $variants, $options);
    }

    /**
     * @param list<Item>              $items
     * @param non-empty-list<Variant> $variants
     * @param list<string>            $options
     *
     * @return Product seen: all of which Clover's change must be seen and that no column shows, its parts in lines;
     *   items: what it was mapped from
     */
    private static function product(string $title, ?string $group, array $items, array $variants, array $options): array
    {
        [$categories, $tags] = self::places($items, $group);
        $withheld = false;
        $hidden   = true;

        foreach ($items as $item) {
            $withheld = $withheld || ($item['priceType'] ?? 'FIXED') !== 'FIXED' || ($item['price'] ?? null) === 0;
            $hidden   = $hidden && ($item['hidden'] ?? false);
        }

        $withheld = $withheld || $hidden;
        $sale     = $withheld ? '1' : '0';
        $chosen   = implode(self::NEXT, $options);

        foreach ($variants as $variant) {
            $sale   .= $variant['id'] . ($variant['sellable'] ? '1' : '0');
            $chosen .= self::NEXT_VARIANT
            . $variant['id']
            . self::NEXT
            . implode(self::NEXT, $variant['option_values']);
        }

        return [
            'title'      => $title,
            'categories' => $categories,
            'tags'       => $tags,
            'withheld'   => $withheld,
            'options'    => $options,
            'variants'   => $variants,
            'seen'       => $title
                . "\n"
                . implode(self::NEXT, $categories)
                . "\n"
                . implode(self::NEXT, $tags)
                . "\n$sale\n$chosen",
            'items'      => $items,
        ];
    }

    /**
     * One digest of all data, which identifies an unchanged product, followed by one of each part. The parts are read
     * only if the first digest differs.
     */
    public static function fingerprint(string $seen): string
    {
        return (
            hash('xxh128', $seen)
            . implode('', array_map(static fn (string $part): string => hash('xxh3', $part), explode("\n", $seen)))
        );
    }

    /** @return list<string> Parts that differ from a stored fingerprint */
    public static function differing(string $seen, string $stored): array
    {
        if (str_starts_with($stored, hash('xxh128', $seen))) {
            return [];
        }

        $now = str_split(substr(self::fingerprint($seen), 32), 16);

        return array_keys(array_diff_assoc(
            array_combine(['title', 'category', 'tags', 'sale', 'options'], $now),
            array_combine(['title', 'category', 'tags', 'sale', 'options'], str_split(substr($stored, 32), 16)),
        ));
    }

    /**
     * @param list<Item> $items
     *
     * @return list<Caution> Those that the catalogs of the benchmarks can have
     */
    public static function cautions(array $items): array
    {
        $found  = [];
        $hidden = true;

        foreach ($items as $item) {
            $hidden = $hidden && ($item['hidden'] ?? false);
            $type   = $item['priceType'] ?? 'FIXED';

            if ($type !== 'FIXED' || ($item['price'] ?? null) === 0) {
                $found[] = match ($type) {
                    'VARIABLE' => Caution::OpenPrice,
                    'PER_UNIT' => Caution::UnitPrice,
                    default    => Caution::ZeroPrice,
                };
            }
        }

        $found = $hidden ? [...$found, Caution::Hidden] : $found;

        return array_values(array_filter(Caution::cases(), static fn (Caution $caution): bool => \in_array(
            $caution,
            $found,
            true,
        )));
    }

    /**
     * The description as HTML; those of these catalogs have one line.
     *
     * @param list<Item> $items
     */
    public static function text(array $items): string
    {
        $texts = array_filter(array_map(
            static fn (array $item): string => $item['menuItem']['description'] ?? '',
            array_column($items, null, 'id'),
        ));
        ksort($texts);

        return $texts === [] ? '' : '<p>' . htmlspecialchars(reset($texts), ENT_QUOTES) . '</p>';
    }

    /**
     * @param list<Item> $items
     *
     * @return list<array{ProblemCode, ?string}> With the name of the item
     */
    public static function warnings(array $items): array
    {
        $warnings = [];
        $hidden   = true;

        foreach ($items as $item) {
            $name   = $item['name'] ?? $item['id'];
            $type   = $item['priceType'] ?? 'FIXED';
            $hidden = $hidden && ($item['hidden'] ?? false);

            if ($type !== 'FIXED' || ($item['price'] ?? null) === 0) {
                $warnings[] = [
                    match ($type) {
                        'VARIABLE' => ProblemCode::PriceAtTill,
                        'PER_UNIT' => ProblemCode::PricePerUnit,
                        default    => ProblemCode::PriceZero,
                    },
                    $name,
                ];
            }

            if (!($item['defaultTaxRates'] ?? true)) {
                $warnings[] = [ProblemCode::NotDefaultTax, $name];
            }
        }

        return $hidden ? [...$warnings, [ProblemCode::HiddenInClover, null]] : $warnings;
    }

    /** Good enough for the synthetic catalog, whose names are ASCII. */
    public static function alias(string $name): string
    {
        return trim((string) preg_replace('/[^a-z0-9]+/', '-', strtolower($name)), '-');
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

    /**
     * @param Item         $item
     * @param list<string> $values
     *
     * @return Variant price: in hundred-thousandths, as the shop's column decimal(15,5) holds it
     */
    private static function variant(array $item, int|float|null $stock, array $values): array
    {
        $name  = self::cleaned($item['name'] ?? null) ?? throw new ItemFault('name', 'has no name');
        $price = $item['price'] ?? null;

        if ($price === null && ($item['priceType'] ?? 'FIXED') === 'FIXED') {
            throw new ItemFault('price', 'has no price');
        }

        return [
            'id'    => $item['id'],
            'name'  => $name,
            'sku'   => self::cleaned($item['sku'] ?? null),
            'upc'   => self::cleaned($item['code'] ?? null),
            'price' => 1000 * (int) $price,
            // To the thousandth first, so that a double one bit below a whole unit is that unit.
            'stock'         => $stock === null ? null : (int) floor(round($stock * 1000.0) / 1000.0),
            'count'         => $stock,
            'sellable'      => ($item['available'] ?? true) && ($values === [] || !($item['hidden'] ?? false)),
            'option_values' => $values,
        ];
    }

    /**
     * @param list<Item> $items
     *
     * @return array{list<string>, list<string>} Categories and tags
     */
    private static function places(array $items, ?string $group): array
    {
        $first = INF;
        $name  = null;
        $tags  = $group === null ? [] : [$group];

        foreach ($items as $item) {
            // Only the first category is used, so the list is not sorted.
            foreach ($item['categories']['elements'] ?? [] as $category) {
                $place   = $category['sortOrder'] ?? PHP_INT_MAX;
                $cleaned = $place < $first ? self::cleaned($category['name'] ?? null) : null;

                if ($cleaned !== null) {
                    $first = $place;
                    $name  = $cleaned;
                }
            }

            array_push($tags, ...array_column($item['tags']['elements'] ?? [], 'name'));
        }

        return [
            array_values(array_filter([$group, $name], static fn (?string $place): bool => $place !== null)),
            $tags === [] ? [] : self::unique($tags),
        ];
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
            foreach ($member['options']['elements'] ?? [] as $option) {
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
        $has = $member['options']['elements'] ?? [];

        if ($has === [] && $options === [self::NAMELESS_OPTION]) {
            $name = self::cleaned($member['name'] ?? null) ?? throw new ItemFault('options', 'has no name');
            $own  = str_starts_with($name, $group) ? trim(substr($name, \strlen($group))) : $name;

            return [$own === '' ? $name : $own];
        }

        $found = [];

        foreach ($has as $value) {
            $found[$attributes[$value['attribute']['id'] ?? ''] ?? ''][] = (string) self::cleaned(
                $value['name'] ?? null,
            );
        }

        $values = [];

        foreach ($options as $option) {
            $values[] = \count($found[$option] ?? []) === 1
                ? $found[$option][0]
                : throw new ItemFault('options', "has no value, or several, for the option $option");
        }

        return $values;
    }
}
