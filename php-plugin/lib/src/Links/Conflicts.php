<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Support\Text;

/**
 * Products that the shop already had under the SKU of something in Clover.
 *
 * To adopt one links it; the next sync then brings what Clover owns. Its title, text and category stay the owner's.
 */
final readonly class Conflicts
{
    private Bulk $bulk;

    private SkuConflicts $clashes;

    public function __construct(
        private Sql $sql,
        private Links $mappings,
        private SyncLog $log,
    ) {
        $this->bulk    = new Bulk($sql);
        $this->clashes = new SkuConflicts($sql, $mappings);
    }

    /**
     * @return list<array{clover_id: string, type: string, name: string, sku: string, relink: bool,
     *         products: list<array{product_id: int, title: string, sku: string}>}> `relink`: the product is linked
     *         under another environment or merchant
     */
    public function list(): array
    {
        $conflicts = [];

        foreach ($this->open() as $id => $conflict) {
            $products = [];

            foreach ($conflict['candidates'] as $c) {
                $products[$c['product_id']] ??= [
                    'product_id' => $c['product_id'],
                    'title'      => $c['title'],
                    'sku'        => $c['sku'],
                ];
            }

            $conflicts[] = [
                'clover_id' => (string) $id,
                'type'      => $conflict['type'],
                'name'      => $conflict['name'],
                'sku'       => array_values($products)[0]['sku'] ?? '',
                'relink'    => $products !== []
                    && array_diff(array_keys($products), $this->linkedElsewhere(array_keys($products))) === [],
                'products'  => array_values($products),
            ];
        }

        return $conflicts;
    }

    /**
     * Links one item or group to the product that has its SKU.
     *
     * @throws ShopException when there is no such conflict, or not exactly one product that fits
     */
    public function adopt(string $cloverId): void
    {
        $this->sql->transaction(function () use ($cloverId): void {
            $conflict = $this->open()[$cloverId] ?? throw new ShopException(
                "There is no conflict about $cloverId: sync again and look at the list.",
            );
            $this->link($cloverId, $conflict);
        });
    }

    /** @return array{adopted: int, failed: array<string, string>} Those that fit no single product, with the reason */
    public function adoptAll(): array
    {
        return $this->adoptEach(static fn (): bool => true);
    }

    /**
     * Adopts the products that are linked under another environment or merchant, as after the rehearsal in the sandbox.
     *
     * @return array{adopted: int, failed: array<string, string>}
     */
    public function relinkAllBySku(): array
    {
        return $this->adoptEach(
            fn (array $conflict): bool => (
                $this->linkedElsewhere(array_column($conflict['candidates'], 'product_id')) !== []
            ),
        );
    }

    /**
     * @param callable(array<string, mixed>): bool $wanted
     *
     * @return array{adopted: int, failed: array<string, string>}
     */
    private function adoptEach(callable $wanted): array
    {
        return $this->sql->transaction(function () use ($wanted): array {
            $result = ['adopted' => 0, 'failed' => []];
            $taken  = [];

            foreach ($this->open() as $id => $conflict) {
                if (!$wanted($conflict)) {
                    continue;
                }

                try {
                    $taken = $this->link((string) $id, $conflict, $taken);
                    $result['adopted']++;
                } catch (ShopException $e) {
                    $result['failed'][(string) $id] = $e->getMessage();
                }
            }

            return $result;
        });
    }

    /**
     * @return array<string, array{type: string, name: string, members: array<string, array{name: string, sku:
     *   string}>, candidates: list<array<string, mixed>>}> Products in conflict by Clover id; an item is its own only
     *   member
     */
    private function open(): array
    {
        $open = [];
        $skus = [];

        foreach ($this->sql->fetchAll('SELECT clover_id, clover_type, parent_id, name, sku FROM '
        . Links::TABLE
        . " WHERE environment = ? AND merchant_id = ? AND state = 'conflict' ORDER BY id", [
            $this->mappings->environment,
            $this->mappings->merchant,
        ]) as $row) {
            $id        = $row['parent_id'] ?? $row['clover_id'];
            $open[$id] ??= [
                'type'       => $row['parent_id'] !== null ? 'group' : $row['clover_type'],
                'name'       => (string) $row['name'],
                'members'    => [],
                'candidates' => [],
            ];

            if ($row['clover_type'] === 'group') {
                $open[$id]['name'] = (string) $row['name'];

                continue;
            }

            $open[$id]['members'][$row['clover_id']] = ['name' => (string) $row['name'], 'sku' => (string) $row['sku']];

            if (Text::sku((string) $row['sku']) !== '') {
                $skus[Text::sku((string) $row['sku'])] = (string) $row['sku'];
            }
        }

        $found = $this->clashes->unlinked(array_values($skus));

        foreach ($open as &$conflict) {
            foreach ($conflict['members'] as $member) {
                array_push($conflict['candidates'], ...$found[Text::sku($member['sku'])] ?? []);
            }
        }

        return $open;
    }

    /**
     * @param array<string, mixed> $conflict
     * @param array<int, bool>     $taken    Products that were linked just before
     *
     * @return array<int, bool>
     *
     * @throws ShopException
     */
    private function link(string $id, array $conflict, array $taken = []): array
    {
        $fitting = array_values(array_filter(
            $conflict['candidates'],
            static fn (array $c): bool => (
                !isset($taken[$c['product_id']]) && ($conflict['type'] === 'group' ? !$c['is_master'] : $c['is_master'])
            ),
        ));
        $products = array_values(array_unique(array_column($fitting, 'product_id')));

        if (\count($products) !== 1) {
            throw new ShopException(match (true) {
                $products !== []
                    => "Several products of the shop have the SKU of “{$conflict['name']}”: give each its own first.",
                $conflict['candidates'] === []
                    => "No product of the shop has the SKU of “{$conflict['name']}” any more: sync again.",
                $conflict['type'] === 'group'
                    => "“{$conflict['name']}” has variants in Clover, and the product with their SKU has none: make it a variable product first.",
                default => "“{$conflict['name']}” is a single item in Clover, and its SKU is that of a variant in the shop: change one of the two SKUs.",
            });
        }

        $base = ['product_id' => $products[0], 'article_id' => $fitting[0]['article_id'], 'state' => Links::PENDING];
        $base += $this->textFromElsewhere($products[0]);
        $rows = $conflict['type'] === 'group'
            ? [['clover_id' => $id, 'clover_type' => 'group', 'name' => $conflict['name']] + $base]
            : [];

        foreach ($conflict['members'] as $member => ['name' => $name, 'sku' => $sku]) {
            $variants = array_values(array_filter(
                $fitting,
                static fn (array $c): bool => Text::sku($c['sku']) === Text::sku($sku),
            ));

            if (\count($variants) > 1) {
                throw new ShopException("Several variants of one product have the SKU $sku: give each its own first.");
            }

            // A member that the product lacks becomes a new variant of it.
            $rows[] =
                [
                    'clover_id' => (string) $member,
                    'name'      => $name,
                    'sku'       => $sku,
                    'parent_id' => $conflict['type'] === 'group' ? $id : null,
                ]
                + (
                    $variants === []
                        ? []
                        : ['variant_id' => $variants[0]['variant_id']]
                        + ($conflict['type'] === 'group' ? array_slice($base, 0, 3) : $base)
                );
        }

        $this->mappings->save($rows);
        $this->log->add(
            'update',
            $conflict['type'],
            $id,
            'success',
            "Linked “{$conflict['name']}” to the shop's product “{$fitting[0]['title']}” with the same SKU",
        );

        return $taken + [$products[0] => true];
    }

    /**
     * What of the text was Clover's when the product was linked under another environment or merchant.
     *
     * @return array<string, mixed>
     */
    private function textFromElsewhere(int $product): array
    {
        return (
            $this->sql->fetchOne('SELECT title_written, category_written, tags_written FROM '
            . Links::TABLE
            . " WHERE product_id = ? AND title_written <> '' ORDER BY id DESC LIMIT 1", [$product]) ?? []
        );
    }

    /**
     * @param list<int> $products
     *
     * @return list<int>
     */
    private function linkedElsewhere(array $products): array
    {
        return array_map(
            static fn (array $row): int => (int) $row['product_id'],
            $this->bulk->fetch(
                'SELECT DISTINCT product_id FROM ' . Links::TABLE . ' WHERE product_id IN (%s)',
                array_values(array_unique($products)),
            ),
        );
    }
}
