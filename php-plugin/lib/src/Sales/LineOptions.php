<?php

declare(strict_types=1);

namespace CloverSync\Shop\Sales;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\Text;

/**
 * The options that the customer chose for each line of an order.
 *
 * J2Commerce 6 has them in one of four forms. The administrator's order screen writes rows of orderitemattributes. The
 * checkout writes the line's own column: JSON, or the basket's serialized array, which holds keys of option values, or
 * names.
 */
final readonly class LineOptions
{
    /** Products inside a bundle: each one is a line of its own in the list. */
    private const PARTS = ['bundleproduct', 'boxbuilderproduct', 'bundle', 'boxbuilder'];

    /** Not meant for people. */
    private const HIDDEN = ['boxbuilder_selections'];

    /** The value is the name of a file on the server. */
    private const UPLOADS = ['file', 'image'];

    /** The value is the key of an option value. */
    private const LISTS = ['select', 'radio', 'checkbox'];

    private Bulk $bulk;

    public function __construct(
        Sql $sql,
        private Links $links,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /**
     * @param list<array<string, int|float|string|null>> $lines Rows of orderitems
     *
     * @return array<int, list<array{name: string, value: string, modifier: string, amount: string}>> By the key of the
     *   line, in the order of choosing. modifier: Clover's id, empty for an option that stands for none; amount: what
     *   it adds to one piece
     */
    public function of(array $lines): array
    {
        $ids    = array_map(static fn (array $line): int => Row::int($line, 'j2commerce_orderitem_id'), $lines);
        $chosen = $this->rows($ids);
        $keys   = [];

        foreach ($lines as $line) {
            $id = Row::int($line, 'j2commerce_orderitem_id');

            if (!isset($chosen[$id])) {
                $column      = self::column(Row::string($line, 'orderitem_attributes'));
                $chosen[$id] = $column['named'];
                $keys[$id]   = $column['keys'];
            }
        }

        foreach ($this->names($keys) as $id => $named) {
            $chosen[$id] = [...($chosen[$id] ?? []), ...$named];
        }

        $products  = array_column($lines, 'product_id', 'j2commerce_orderitem_id');
        $modifiers = $this->modifiers(array_map(
            static fn (int $line): int => (int) ($products[$line] ?? 0),
            array_keys(array_filter($chosen)),
        ));
        $shown = [];

        foreach ($chosen as $line => $options) {
            $shown[$line] = self::shown($options, $modifiers[(int) ($products[$line] ?? 0)] ?? []);
        }

        return $shown;
    }

    /**
     * What Clover's modifiers are called in the shop. An order line knows an option by its name and its value only.
     *
     * @param list<int> $products
     *
     * @return array<int, array<string, array{modifier: string, price: string}>> By product, and by {@see key()}
     */
    private function modifiers(array $products): array
    {
        $owners  = [];
        $choices = [];

        foreach ($this->links->modifiersOf(array_values(array_unique(array_filter($products)))) as $product => $rows) {
            foreach ($rows->modifiers() as $choice => $modifier) {
                $owners[$choice] = ['product' => $product, 'modifier' => $modifier];
            }
        }

        foreach ($this->bulk->fetch(
            'SELECT c.j2commerce_product_optionvalue_id AS id, c.product_optionvalue_price AS price,
                    v.optionvalue_name AS value, o.option_name AS name
               FROM #__j2commerce_product_optionvalues c
               JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = c.optionvalue_id
               JOIN #__j2commerce_product_options p ON p.j2commerce_productoption_id = c.productoption_id
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
              WHERE c.j2commerce_product_optionvalue_id IN (%s)',
            array_keys($owners),
        ) as $row) {
            $owner   = $owners[Row::int($row, 'id')];
            $product = $owner['product'];
            $key     = self::key(Row::string($row, 'name'), Row::string($row, 'value'));

            $choices[$product][$key] = ['modifier' => $owner['modifier'], 'price' => Row::string($row, 'price')];
        }

        return $choices;
    }

    private static function key(string $name, string $value): string
    {
        return Text::key($name) . "\0" . Text::key($value);
    }

    /**
     * @param list<int> $ids
     *
     * @return array<int, list<array{type: string, name: string, value: string, price: string}>>
     */
    private function rows(array $ids): array
    {
        $chosen = [];

        $query = 'SELECT orderitem_id, orderitemattribute_type AS type, orderitemattribute_name AS name,
                         orderitemattribute_value AS value, orderitemattribute_price AS price
                    FROM #__j2commerce_orderitemattributes WHERE orderitem_id IN (%s)
                   ORDER BY j2commerce_orderitemattribute_id';

        foreach ($this->bulk->fetch($query, $ids) as $row) {
            $chosen[Row::int($row, 'orderitem_id')][] = [
                'type'  => Row::string($row, 'type'),
                'name'  => Row::string($row, 'name'),
                'value' => Row::string($row, 'value'),
                'price' => Row::string($row, 'price'),
            ];
        }

        return $chosen;
    }

    /**
     * @return array{named: list<array{type: string, name: string, value: string, price: string}>, keys: array<int,
     *   list<string>>} keys: of option values, or typed text, by the key of the product's option
     */
    private static function column(string $column): array
    {
        $none = ['named' => [], 'keys' => []];
        $list = json_decode($column, true);

        if (\is_array($list)) {
            return ['named' => self::named($list, 'orderitemattribute_'), 'keys' => []];
        }

        $text = base64_decode($column, true);
        $list = $text === false || $text === '' ? false : @unserialize($text, ['allowed_classes' => false]);

        if (!\is_array($list) || $list === []) {
            return $none;
        }

        if (\is_array(reset($list)) && isset(reset($list)['name'])) {
            return ['named' => self::named($list, ''), 'keys' => []];
        }

        $keys = [];

        foreach ($list as $option => $values) {
            $values              = array_filter(\is_array($values) ? $values : [$values], \is_scalar(...));
            $keys[(int) $option] = array_values(array_filter(
                array_map(strval(...), $values),
                static fn (
                    string $value,
                ): bool => $value !== '',
            ));
        }

        return ['named' => [], 'keys' => array_filter($keys)];
    }

    /**
     * @param array<array-key, mixed> $list mixed: decoded text of the shop, of which each entry is checked
     *
     * @return list<array{type: string, name: string, value: string, price: string}> price: empty where it is not stored
     */
    private static function named(array $list, string $prefix): array
    {
        $named = [];

        foreach ($list as $entry) {
            if (\is_array($entry)) {
                $text = static fn (string $name): string => \is_scalar($entry[$name] ?? null)
                    ? (string) $entry[$name]
                    : '';
                $named[] = [
                    'type'  => $text("{$prefix}type"),
                    'name'  => $text("{$prefix}name"),
                    'value' => $text($prefix === '' ? 'option_value' : "{$prefix}value"),
                    'price' => $text("{$prefix}price"),
                ];
            }
        }

        return $named;
    }

    /**
     * @param array<int, array<int, list<string>>> $keys By line and option of the product
     *
     * @return array<int, list<array{type: string, name: string, value: string, price: string}>> By line
     */
    private function names(array $keys): array
    {
        $optionKeys = [];
        $valueKeys  = [];
        $options    = [];
        $values     = [];

        foreach ($keys as $chosen) {
            foreach ($chosen as $option => $texts) {
                $optionKeys[$option] = $option;

                foreach (array_filter($texts, ctype_digit(...)) as $text) {
                    $valueKeys[$text] = (int) $text;
                }
            }
        }

        foreach ($this->bulk->fetch(
            'SELECT p.j2commerce_productoption_id AS id, o.option_name AS name, o.type
               FROM #__j2commerce_product_options p
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
              WHERE p.j2commerce_productoption_id IN (%s)',
            array_values($optionKeys),
        ) as $row) {
            $options[Row::int($row, 'id')] = ['name' => Row::string($row, 'name'), 'type' => Row::string($row, 'type')];
        }

        foreach ($this->bulk->fetch(
            'SELECT p.j2commerce_product_optionvalue_id AS id, v.optionvalue_name AS name
               FROM #__j2commerce_product_optionvalues p
               JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = p.optionvalue_id
              WHERE p.j2commerce_product_optionvalue_id IN (%s)',
            array_values($valueKeys),
        ) as $row) {
            $values[Row::int($row, 'id')] = Row::string($row, 'name');
        }

        $named = [];

        foreach ($keys as $line => $chosen) {
            foreach ($chosen as $option => $texts) {
                $isList         = \in_array($options[$option]['type'] ?? '', self::LISTS, true) || \count($texts) > 1;
                $named[$line][] = [
                    'type'  => $options[$option]['type'] ?? '',
                    'name'  => $options[$option]['name'] ?? '',
                    'price' => '',
                    'value' => implode(
                        ', ',
                        $isList
                            ? array_map(static fn (string $text): string => $values[(int) $text] ?? '', $texts)
                            : $texts,
                    ),
                ];
            }
        }

        return $named;
    }

    /**
     * @param list<array{type: string, name: string, value: string, price: string}> $chosen
     * @param array<string, array{modifier: string, price: string}>                 $modifiers Those of the product
     *
     * @return list<array{name: string, value: string, modifier: string, amount: string}>
     */
    private static function shown(array $chosen, array $modifiers): array
    {
        $shown = [];
        $parts = [];
        $none  = ['modifier' => '', 'amount' => ''];

        foreach ($chosen as ['type' => $type, 'name' => $name, 'value' => $value, 'price' => $price]) {
            if (\in_array($type, self::HIDDEN, true)) {
                continue;
            }

            if (\in_array($type, self::PARTS, true)) {
                $parts[$name] = ($parts[$name] ?? 0) + 1;
            } else {
                $modifier = $modifiers[self::key($name, $value)] ?? null;
                $shown[]  = ['name' => $name, 'value' => \in_array($type, self::UPLOADS, true) ? '' : $value]
                + (
                    $modifier === null
                        ? $none
                        : ['modifier' => $modifier['modifier'], 'amount' => $price === '' ? $modifier['price'] : $price]
                );
            }
        }

        foreach ($parts as $name => $count) {
            $shown[] = ['name' => $count > 1 ? "$count × $name" : (string) $name, 'value' => ''] + $none;
        }

        return $shown;
    }
}
