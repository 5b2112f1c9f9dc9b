<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog\J2Commerce;

\defined('_JEXEC') or die();

use CloverSync\Shop\Catalog\Joomla\Alias;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/** The options and values that all products of the shop share. */
final readonly class SharedOptions
{
    /** Variants can differ only by options of these types. */
    private const VARIANT_TYPES = ['select', 'radio', 'color'];

    private const OPTIONS = '#__j2commerce_options';
    private const VALUES  = '#__j2commerce_optionvalues';

    private Bulk $bulk;

    public function __construct(
        private Sql $sql,
        private ShopConfig $config,
        private Clock $clock,
    ) {
        $this->bulk = new Bulk($sql);
    }

    /** The key of an option: those of different types are different options, also with the same name. */
    public static function key(string $name, ?string $type = null): string
    {
        return Text::key($name) . ($type === null ? '' : "\0$type");
    }

    /**
     * Finds or creates them.
     *
     * @param array<int, array{options: list<array{name: string, values: list<string>, type?: string}>, variants:
     *   array<int, list<string>>}> $products Options without a type are those by which variants differ
     *
     * @return array{0: array<string, array{id: int, values: array<string, int>}>, 1: int} By {@see key()} and value
     *   name; rows written
     */
    public function of(array $products): array
    {
        $wanted = [];

        foreach ($products as $product) {
            foreach ($product['options'] as $option) {
                $type         = $option['type'] ?? null;
                $key          = self::key($option['name'], $type);
                $wanted[$key] ??= ['name' => Text::shown($option['name']), 'type' => $type, 'values' => []];

                foreach ($option['values'] as $value) {
                    $wanted[$key]['values'][Text::key($value)] ??= Text::shown($value);
                }
            }
        }

        $found = $this->findOptions($wanted);
        $new   = array_diff_key($wanted, $found);
        $rows  = \count($new);

        if ($new !== []) {
            $now   = UtcTime::sql($this->clock->now());
            $order = (int) $this->sql->fetchValue('SELECT MAX(ordering) FROM ' . self::OPTIONS);
            $taken = [];
            $data  = [];

            foreach ($new as ['name' => $name, 'type' => $type]) {
                $unique = Alias::free(
                    Alias::of($name),
                    fn (string $alias): bool => (
                        isset($taken[$alias])
                        || $this->sql->fetchValue('SELECT j2commerce_option_id FROM '
                        . self::OPTIONS
                        . ' WHERE option_unique_name = ?', [$alias]) !== null
                    ),
                );
                $taken[$unique] = true;
                $data[]         = [
                    $type ?? 'select',
                    $unique,
                    $name,
                    ++$order,
                    1,
                    '{}',
                    $now,
                    $this->config->author,
                    $now,
                    $this->config->author,
                ];
            }

            $this->bulk->insert(
                self::OPTIONS,
                [
                    'type',
                    'option_unique_name',
                    'option_name',
                    'ordering',
                    'enabled',
                    'option_params',
                    'created_on',
                    'created_by',
                    'modified_on',
                    'modified_by',
                ],
                $data,
            );
            $found = $this->findOptions($wanted);
        }

        $ids   = array_map(static fn (int $id): array => ['id' => $id, 'values' => []], $found);
        $names = array_flip($found);
        $shown = [];
        $read  = function () use (&$ids, &$shown, $names, $wanted): void {
            foreach ($this->bulk->fetch(
                'SELECT j2commerce_optionvalue_id AS id, option_id, optionvalue_name AS name FROM '
                . self::VALUES
                . ' WHERE option_id IN (%s) ORDER BY j2commerce_optionvalue_id',
                array_keys($names),
            ) as $row) {
                $option                  = $names[(int) $row['option_id']];
                $key                     = Text::key((string) $row['name']);
                $exact                   = $wanted[$option]['values'][$key] ?? null;
                $known                   = $ids[$option]['values'][$key] ?? null;
                $shown[(int) $row['id']] = (string) $row['name'];

                // When the shop has several spellings, prefer the wanted one.
                if ($known === null || $row['name'] === $exact && $shown[$known] !== $exact) {
                    $ids[$option]['values'][$key] = (int) $row['id'];
                }
            }
        };
        $read();
        $rows += $this->respell($wanted, $ids, $shown, array_keys($products));
        $data = [];

        foreach ($wanted as $key => ['values' => $values]) {
            $order = \count($ids[$key]['values']);

            foreach (array_diff_key($values, $ids[$key]['values']) as $value) {
                $data[] = [$ids[$key]['id'], $value, '', ++$order];
            }
        }

        if ($data !== []) {
            $this->bulk->insert(
                self::VALUES,
                ['option_id', 'optionvalue_name', 'optionvalue_image', 'ordering'],
                $data,
            );
            $read();
        }

        return [$ids, $rows + \count($data)];
    }

    /**
     * Adopts another spelling of the same name when no other product uses the value.
     *
     * @param array<string, array{name: string, type: ?string, values: array<string, string>}> $wanted
     * @param array<string, array{id: int, values: array<string, int>}>                        $ids
     * @param array<int, string>                                                               $shown    Names by value
     *   id
     * @param list<int>                                                                        $products
     *
     * @return int Rows written
     */
    private function respell(array $wanted, array $ids, array $shown, array $products): int
    {
        $new = [];

        foreach ($wanted as $key => ['values' => $values]) {
            foreach (array_intersect_key($ids[$key]['values'], $values) as $name => $id) {
                if ($shown[$id] !== $values[$name]) {
                    $new[$id] = ['optionvalue_name' => $values[$name]];
                }
            }
        }

        $owners = [];

        foreach ($this->bulk->fetch(
            'SELECT c.optionvalue_id AS id, o.product_id FROM '
            . ProductChoices::TABLE
            . ' c
               JOIN '
            . ProductChoices::OPTIONS
            . ' o ON o.j2commerce_productoption_id = c.productoption_id WHERE c.optionvalue_id IN (%s)',
            array_keys($new),
        ) as $row) {
            $owners[(int) $row['id']][] = (int) $row['product_id'];
        }

        return $this->bulk->update(
            self::VALUES,
            'j2commerce_optionvalue_id',
            array_filter(
                $new,
                static fn (int $id): bool => isset($owners[$id]) && array_diff($owners[$id], $products) === [],
                ARRAY_FILTER_USE_KEY,
            ),
        );
    }

    /**
     * @param array<string, array{name: string, type: ?string, values: array<string, string>}> $wanted
     *
     * @return array<string, int> Id by key
     */
    private function findOptions(array $wanted): array
    {
        $found = [];
        $exact = [];

        // All of them are read, since each database compares names in its own way.
        foreach ($this->sql->fetchAll(
            'SELECT j2commerce_option_id AS id, option_name AS name, type FROM '
            . self::OPTIONS
            . " WHERE type IN ('select', 'radio', 'color', 'checkbox') ORDER BY j2commerce_option_id",
        ) as $row) {
            $type = (string) $row['type'];
            $keys = [self::key((string) $row['name'], $type)];

            if (\in_array($type, self::VARIANT_TYPES, true)) {
                $keys[] = self::key((string) $row['name']);
            }

            foreach (array_filter($keys, static fn (string $key): bool => isset($wanted[$key])) as $key) {
                $isExact = $row['name'] === $wanted[$key]['name'];

                if (!isset($found[$key]) || $isExact && !isset($exact[$key])) {
                    $found[$key] = (int) $row['id'];
                }

                if ($isExact) {
                    $exact[$key] = true;
                }
            }
        }

        return $found;
    }
}
