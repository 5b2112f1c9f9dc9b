<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use Random\Engine\Mt19937;
use Random\Randomizer;

/**
 * A random catalog of everything that has ever gone wrong with names, fields and groups. The same seed makes the same
 * catalog.
 *
 * @phpstan-type Item array{group: ?string, member: int, name: string, price: int, sku: ?string, quantity: ?int,
 *   raw: array<string, mixed>, tags: list<string>, categories: list<string>, values: list<string>}
 */
final class HostileCatalog
{
    private const WORDS = [
        'Red',
        'Size',
        'Café',
        'Tea',
        'L',
        'XL',
        '5',
        '½',
        'Größe',
        'Straße',
        'İzmir',
        'ΟΔΟΣ',
        'чай',
        'Чай',
        '精选茶',
        '紅茶',
        'がくや',
        'नमस्ते',
        'مرحبا',
        'שלום',
        '한국',
        '✨',
        '👩‍🍳',
        '❤️',
        '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
        '<b>',
        '<5',
        '‹5',
        '</script>',
        '"',
        "'",
        '%',
        '_',
        '\\',
        '?',
        '#__x',
        '&amp;',
        'ﬁ',
        'Ǆ',
        'é',
        '0',
        '00',
        '-1',
        'NULL',
        'clover',
    ];

    private const UNSEEN = [
        "\u{200b}",
        "\u{feff}",
        "\u{ad}",
        "\u{2060}",
        "\u{202e}",
        "\u{2066}",
        "\u{200d}",
        "\u{3164}",
        "\u{fe0f}",
        "\u{34f}",
        "\u{e0041}",
    ];

    private const BLANKS = [' ', '  ', "\t", "\n", "\u{a0}", "\u{2003}", "\u{2028}", "\u{85}", "\x01", "\u{2800}"];

    /** Fields of any type; some are read, some make the item fail. */
    private const FIELDS = [
        ['hidden' => 'false'],
        ['hidden' => 'maybe'],
        ['available' => 1],
        ['available' => 0],
        ['available' => []],
        ['price' => '599'],
        ['price' => 599.0],
        ['price' => 599.5],
        ['price' => '5.99'],
        ['price' => null],
        ['price' => -1],
        ['price' => ['x']],
        ['priceType' => null],
        ['priceType' => 'AUCTION'],
        ['priceType' => 7],
        ['sku' => 12345],
        ['sku' => ['a']],
        ['sku' => ''],
        ['sku' => "\u{200b}"],
        ['code' => 850835000030],
        ['code' => 1.5],
        ['itemStock' => '3'],
        ['itemStock' => 2],
        ['itemStock' => ['quantity' => '4']],
        ['itemStock' => ['quantity' => 'x']],
        ['itemStock' => []],
        ['itemStock' => ['quantity' => -2.5]],
        ['categories' => ['elements' => [null]]],
        ['categories' => 'x'],
        ['tags' => ['a', null, 'b']],
        ['tags' => 7],
        ['tags' => ['elements' => [['name' => null], ['name' => 5]]]],
        ['itemGroup' => ['id' => '']],
        ['itemGroup' => null],
        ['deletedTime' => ''],
        ['deletedTime' => 0],
        ['defaultTaxRates' => 'false'],
        ['name' => 17],
        ['name' => ''],
        ['name' => null],
        ['name' => "\u{200b}\t"],
    ];

    private readonly Randomizer $random;

    /** @var array<string, Item> */
    private array $items = [];

    /** @var array<string, Item> Deleted ones, which may come back */
    private array $gone = [];

    /** @var array<string, array{name: string, attributes: list<string>}> */
    private array $groups = [];

    private int $made = 0;

    public function __construct(
        private readonly int $seed,
    ) {
        $this->random = new Randomizer(new Mt19937($seed));

        for ($i = $this->random->getInt(0, 4); $i > 0; $i--) {
            $this->makeGroup();
        }

        for ($i = $this->random->getInt(3, 25); $i > 0; $i--) {
            $this->makeItem();
        }
    }

    /** Changes between two runs: items and groups are added, deleted, restored and changed. */
    public function live(): void
    {
        foreach (array_keys($this->items) as $id) {
            match ($what = $this->random->getInt(0, 11)) {
                0       => $this->remove($id),
                3       => $this->join($id, $this->pick(['', ...array_keys($this->groups)])),
                default => $this->change($id, $what),
            };
        }

        foreach (array_keys($this->groups) as $group) {
            $members = array_keys(array_filter(
                $this->items,
                static fn (array $item): bool => $item['group'] === $group,
            ));

            switch ($this->random->getInt(0, 6)) {
                // The group is deleted, its items remain.
                case 0:
                    unset($this->groups[$group]);
                    array_map(fn (int|string $id) => $this->join((string) $id, ''), $members);
                    break;

                // All its items are deleted.
                case 1:
                    array_map($this->remove(...), array_map(strval(...), $members));
                    break;

                case 2:
                    $this->groups[$group]['name'] = $this->otherwise($this->groups[$group]['name']);
                    break;

                case 3:
                    $this->groups[$group]['attributes'] = array_map(
                        $this->otherwise(...),
                        $this->groups[$group]['attributes'],
                    );
                    break;
            }
        }

        foreach ($this->gone as $id => $item) {
            if ($this->random->getInt(0, 3) === 0) {
                unset($this->gone[$id]);
                $item['group']    = isset($this->groups[$item['group'] ?? '']) ? $item['group'] : null;
                $this->items[$id] = $item;
            }
        }

        if ($this->random->getInt(0, 2) === 0) {
            $this->makeGroup();
        }

        for ($i = $this->random->getInt(0, 4); $i > 0; $i--) {
            $this->makeItem();
        }
    }

    /** @return list<array<string, mixed>> For the simulator */
    public function toArray(): array
    {
        $elements = [];

        foreach ($this->items as $id => $item) {
            $element = [
                'id'    => $id,
                'name'  => "Item $id",
                'price' => $item['price'],
                '__raw' => $item['raw'] + ['name' => $item['name']],
            ];

            if ($item['sku'] !== null) {
                $element['sku'] = $item['sku'];
            }

            if ($item['quantity'] !== null) {
                $element['itemStock'] = ['quantity' => (float) $item['quantity']];
            }

            foreach (['tags' => 'T', 'categories' => 'C'] as $list => $letter) {
                // The simulator accepts no duplicate and no empty name.
                $names = array_values(array_unique(array_filter(
                    $item[$list],
                    static fn (string $name): bool => trim($name) !== '',
                )));
                $element[$list] = ['elements' => array_map(fn (string $name): array => [
                    'id'   => $this->idOf($letter, $name),
                    'name' => $name,
                ], $names)];
            }

            $of    = $item['group'] ?? '';
            $group = $this->groups[$of] ?? null;

            if ($group !== null) {
                $element['itemGroup'] = ['id' => $of, 'name' => $group['name']];
                $element['options']   = ['elements' => []];

                foreach ($group['attributes'] as $i => $attribute) {
                    $attributeId = $this->idOf('B', $of . $i);
                    // Some have no value.
                    if (($item['values'][$i] ?? '') !== '') {
                        $element['options']['elements'][] = [
                            'id'        => $this->idOf('P', $attributeId . $item['values'][$i]),
                            'name'      => $item['values'][$i],
                            'attribute' => ['id' => $attributeId, 'name' => $attribute],
                        ];
                    }
                }
            }

            $elements[] = $element;
        }

        return $elements;
    }

    private function makeGroup(): void
    {
        $attributes = [];

        for ($i = $this->random->getInt(0, 2); $i > 0; $i--) {
            $attributes[] = $this->name();
        }

        $this->groups[$this->idOf('G', 'group' . $this->made++)] = [
            'name'       => $this->name(),
            'attributes' => $attributes,
        ];
    }

    private function makeItem(): void
    {
        $many             = $this->random->getInt(0, 60) === 0;
        $id               = $this->idOf('A', 'item' . $this->made++);
        $this->items[$id] = [
            'group'      => null,
            'member'     => 0,
            'name'       => $this->name(),
            'price'      => $this->random->getInt(0, 5000),
            'sku'        => $this->pick([null, "S-$id", "\tS-$id ", 'same', 'SAME']),
            'quantity'   => $this->pick([null, 0, 3]),
            'raw'        => $this->oddFields(),
            'tags'       => $many ? array_map(static fn (int $i): string => "tag $i", range(1, 120)) : $this->names(3),
            'categories' => $this->names(3),
            'values'     => [],
        ];
        $this->join($id, $this->pick(['', ...array_keys($this->groups)]));
    }

    private function change(string $id, int $what): void
    {
        $item             = $this->items[$id];
        $this->items[$id] = match ($what) {
            1       => ['name' => $this->otherwise($item['name'])] + $item,
            2       => ['raw' => $this->oddFields()] + $item,
            4       => ['tags' => array_map($this->otherwise(...), $item['tags'])] + $item,
            5       => ['values' => array_map($this->otherwise(...), $item['values'])] + $item,
            6       => ['quantity' => $this->random->getInt(0, 9)] + $item,
            default => $item,
        };
    }

    private function join(string $id, string $group): void
    {
        if (!isset($this->items[$id])) {
            return;
        }

        $this->items[$id]['group']  = $group === '' ? null : $group;
        $this->items[$id]['values'] = array_map(fn (): string => (
            $this->random->getInt(0, 9) === 0 ? '' : $this->otherwise($this->pick(['Red', 'Café', '<5', 'L']))
        ), $this->groups[$group]['attributes'] ?? []);
    }

    private function remove(string $id): void
    {
        if (isset($this->items[$id])) {
            $this->gone[$id] = $this->items[$id];
            unset($this->items[$id]);
        }
    }

    /** @return array<string, mixed> */
    private function oddFields(): array
    {
        return $this->random->getInt(0, 4) === 0 ? $this->pick(self::FIELDS) : [];
    }

    /** @return list<string> */
    private function names(int $most): array
    {
        $names = [];

        for ($i = $this->random->getInt(0, $most); $i > 0; $i--) {
            $names[] = $this->name();
        }

        return $names;
    }

    private function name(): string
    {
        $name = $this->otherwise($this->pick(self::WORDS));

        for ($i = $this->random->getInt(0, 2); $i > 0; $i--) {
            $name .= $this->pick([...self::BLANKS, '']) . $this->otherwise($this->pick(self::WORDS));
        }

        if ($this->random->getInt(0, 15) === 0) {
            $name = str_repeat($name, 40);
        }

        // A character of any plane except surrogates.
        if ($this->random->getInt(0, 5) === 0) {
            $code = $this->random->getInt(1, 0x10FFFF - 0x800);
            $name .= (string) mb_chr($code < 0xD800 ? $code : $code + 0x800, 'UTF-8');
        }

        return mb_substr($name, 0, 120);
    }

    /** The same name, or nearly the same. */
    private function otherwise(string $name): string
    {
        return mb_substr(
            match ($this->random->getInt(0, 9)) {
                0       => mb_strtoupper($name),
                1       => mb_strtolower($name),
                2       => $this->pick(self::BLANKS) . $name . $this->pick(self::BLANKS),
                3       => $name . $this->pick(self::UNSEEN),
                4       => $this->pick(self::UNSEEN) . $name,
                5       => mb_convert_kana($name, 'AS'),
                6       => $name . "\u{301}",
                7       => strtr($name, ['é' => "e\u{301}", 'ö' => 'o', 'ß' => 'ss']),
                default => $name,
            },
            0,
            120,
        );
    }

    /**
     * @template T
     *
     * @param non-empty-array<T> $of
     *
     * @return T
     */
    private function pick(array $of): mixed
    {
        return $of[$this->random->pickArrayKeys($of, 1)[0]];
    }

    /** Ids in Clover have 13 digits and capital letters. */
    private function idOf(string $letter, string $what): string
    {
        return $letter . strtoupper(substr(md5("$this->seed $letter $what"), 0, 12));
    }
}
