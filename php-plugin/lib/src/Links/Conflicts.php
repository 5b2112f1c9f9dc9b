<?php

declare(strict_types=1);

namespace CloverSync\Shop\Links;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\Text;

/**
 * Products that the shop already had with the SKU of something in Clover.
 *
 * Adopting a product links it; the next sync then writes what Clover owns. The owner keeps its title, text and
 * category.
 */
final readonly class Conflicts
{
    private Bulk $bulk;

    private SkuConflicts $clashes;

    /** Seconds that the owner's request waits for a sync; its slices in the browser hold the lock for longer. */
    public const PATIENCE = 5;

    /** @param Lock $lock The sync's: a page that it writes may have been compared with the links before a change */
    public function __construct(
        private Sql $sql,
        private Links $links,
        private SyncLog $log,
        private Lock $lock,
    ) {
        $this->bulk    = new Bulk($sql);
        $this->clashes = new SkuConflicts($sql, $links);
    }

    /**
     * @return list<array{clover_id: string, type: string, name: string, sku: string, relink: bool,
     *         products: list<array{product_id: int, article_id: int, title: string, sku: string, type: string,
     *         state: int, price: string, highest_price: string}>, problem: ?AdoptProblem,
     *         options: array{clover: list<string>, shop: list<string>}, pairs: array<array-key, string>}> `relink`:
     *         the product is linked under another environment or merchant; `problem`: why it cannot be adopted;
     *         `options`: those of a group, and those of the product; `pairs`: the shop's option that is presumably
     *         Clover's, by Clover's, empty unless there are as many of both; of a product the `state` of its article
     *         and the lowest and highest `price` of its variants
     */
    public function list(): array
    {
        $conflicts = [];
        $open      = $this->open();
        $options   = $this->optionsOf($open);
        $prices    = $this->pricesOf($open);

        foreach ($open as $conflict) {
            $products = [];

            foreach ($conflict->candidates as $candidate) {
                $of                              = $prices[$candidate->productId] ?? [$candidate->price];
                $products[$candidate->productId] ??= [
                    'product_id'    => $candidate->productId,
                    'article_id'    => $candidate->articleId,
                    'title'         => $candidate->title,
                    'sku'           => $candidate->sku,
                    'type'          => $candidate->productType,
                    'state'         => $candidate->state,
                    'price'         => $of[0],
                    'highest_price' => $of[\count($of) - 1],
                ];
            }

            $ids         = $conflict->products();
            $products    = array_values($products);
            $conflicts[] = [
                'clover_id' => $conflict->cloverId,
                'type'      => $conflict->kind(),
                'name'      => $conflict->name,
                'sku'       => $products[0]['sku'] ?? '',
                'relink'    => $ids !== [] && array_diff($ids, $this->linkedElsewhere($ids)) === [],
                'products'  => $products,
                'problem'   => $conflict->problem([], $options),
                'options'   => [
                    'clover' => $conflict->options ?? [],
                    'shop'   => \count($ids) === 1 ? $options[$ids[0]] ?? [] : [],
                ],
                'pairs'     => \count($ids) === 1 ? $conflict->suggestedPairs($options[$ids[0]] ?? []) : [],
            ];
        }

        return $conflicts;
    }

    /**
     * Links one item or group to the product that has its SKU.
     *
     * @param array<string, string> $pairs The shop's option by Clover's, where those of a group have other names
     *
     * @throws ShopException when there is no such conflict, or not exactly one product that fits
     * @throws AlreadyRunningException
     */
    public function adopt(string $cloverId, array $pairs = []): void
    {
        $this->lock->requireWithin(self::PATIENCE, new Message(MessageCode::SyncRunning));

        try {
            $this->sql->transaction(function () use ($cloverId, $pairs): void {
                $conflict = $this->open()[$cloverId] ?? throw new ShopException(new Message(MessageCode::ConflictGone, [
                    'item' => $cloverId,
                ]));
                $this->link($conflict, [], $this->optionsOf([$conflict]), $pairs);
            });
        } finally {
            $this->lock->release();
        }
    }

    /**
     * @return array{adopted: int, failed: array<string, Message>} With the reason when not exactly one product fits
     *
     * @throws AlreadyRunningException
     */
    public function adoptAll(): array
    {
        return $this->adoptEach(static fn (): bool => true);
    }

    /**
     * Adopts the products that are linked under another environment or merchant, such as after tests with the sandbox.
     *
     * @return array{adopted: int, failed: array<string, Message>}
     *
     * @throws AlreadyRunningException
     */
    public function relinkAllBySku(): array
    {
        return $this->adoptEach(
            fn (OpenConflict $conflict): bool => $this->linkedElsewhere($conflict->products()) !== [],
        );
    }

    /**
     * @param callable(OpenConflict): bool $wanted
     *
     * @return array{adopted: int, failed: array<string, Message>}
     */
    private function adoptEach(callable $wanted): array
    {
        $this->lock->requireWithin(self::PATIENCE, new Message(MessageCode::SyncRunning));

        try {
            return $this->sql->transaction(function () use ($wanted): array {
                $result  = ['adopted' => 0, 'failed' => []];
                $taken   = [];
                $open    = $this->open();
                $options = $this->optionsOf($open);

                foreach ($open as $conflict) {
                    if (!$wanted($conflict)) {
                        continue;
                    }

                    try {
                        $taken = $this->link($conflict, $taken, $options);
                        $result['adopted']++;
                    } catch (ShopException $e) {
                        $result['failed'][$conflict->cloverId] = $e->description();
                    }
                }

                return $result;
            });
        } finally {
            $this->lock->release();
        }
    }

    /** @return array<int|string, OpenConflict> By Clover id */
    private function open(): array
    {
        $rows = [];

        foreach ($this->sql->fetchAll('SELECT clover_id, clover_type, parent_id, name, sku, options FROM '
        . Links::TABLE
        . " WHERE environment = ? AND merchant_id = ? AND state = 'conflict' ORDER BY id", [
            $this->links->environment,
            $this->links->merchant,
        ]) as $row) {
            $rows[Row::nullableString($row, 'parent_id') ?? Row::string($row, 'clover_id')][] = $row;
        }

        $open = array_map($this->conflict(...), array_map(strval(...), array_keys($rows)), $rows);
        $skus = [];

        foreach ($open as $conflict) {
            array_push($skus, ...$conflict->skus());
        }

        $found = $this->clashes->unlinked(array_values(array_unique($skus)));
        $whole = [];

        foreach ($open as $conflict) {
            $candidates = [];

            foreach ($conflict->members as $member) {
                array_push($candidates, ...$found[Text::sku($member['sku'])] ?? []);
            }

            $whole[$conflict->cloverId] = new OpenConflict(
                $conflict->cloverId,
                $conflict->isGroup,
                $conflict->name,
                $conflict->members,
                $candidates,
                $conflict->options,
            );
        }

        return $whole;
    }

    /** @param non-empty-list<array<string, int|float|string|null>> $rows Of a group with its members, or of one item */
    private function conflict(string $id, array $rows): OpenConflict
    {
        $name    = Row::string($rows[0], 'name');
        $isGroup = false;
        $members = [];
        $options = null;

        foreach ($rows as $row) {
            if (Row::string($row, 'clover_type') === 'group') {
                $isGroup = true;
                $name    = Row::string($row, 'name');
                $options = self::names(Row::nullableString($row, 'options'));

                continue;
            }

            $isGroup                                 = $isGroup || $row['parent_id'] !== null;
            $members[Row::string($row, 'clover_id')] = [
                'name' => Row::string($row, 'name'),
                'sku'  => Row::string($row, 'sku'),
            ];
        }

        return new OpenConflict($id, $isGroup, $name, $members, [], $options);
    }

    /** @return ?list<string> */
    private static function names(?string $json): ?array
    {
        /** @var list<string>|scalar|null $names */
        $names = json_decode($json ?? '', true);

        return \is_array($names) ? $names : null;
    }

    /**
     * The options by which the variants of the groups' candidates differ.
     *
     * @param array<OpenConflict> $conflicts
     *
     * @return array<int, list<string>> Names by product
     */
    private function optionsOf(array $conflicts): array
    {
        $products = [];

        foreach ($conflicts as $conflict) {
            if ($conflict->isGroup) {
                array_push($products, ...$conflict->products());
            }
        }

        $choices = [];

        foreach ($this->bulk->fetch(
            'SELECT x.product_optionvalue_ids AS ids FROM #__j2commerce_product_variant_optionvalues x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id WHERE v.product_id IN (%s)',
            array_values(array_unique($products)),
        ) as $row) {
            array_push($choices, ...explode(',', Row::string($row, 'ids')));
        }

        $options = [];

        foreach ($this->bulk->fetch(
            'SELECT DISTINCT p.product_id, o.option_name
               FROM #__j2commerce_product_optionvalues c
               JOIN #__j2commerce_product_options p ON p.j2commerce_productoption_id = c.productoption_id
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
              WHERE c.j2commerce_product_optionvalue_id IN (%s) ORDER BY o.option_name',
            array_values(array_unique(array_map(intval(...), $choices))),
        ) as $row) {
            $options[Row::int($row, 'product_id')][] = Row::string($row, 'option_name');
        }

        return $options;
    }

    /**
     * @param array<OpenConflict> $conflicts
     *
     * @return array<int, non-empty-list<string>> Prices by product, the lowest first
     */
    private function pricesOf(array $conflicts): array
    {
        $prices = [];

        foreach ($this->bulk->fetch(
            'SELECT v.product_id, v.price FROM #__j2commerce_variants v WHERE v.product_id IN (%s)
                AND v.is_master = (SELECT MIN(x.is_master) FROM #__j2commerce_variants x
                                    WHERE x.product_id = v.product_id)',
            array_values(array_unique(array_merge([], ...array_map(
                static fn (OpenConflict $conflict): array => $conflict->products(),
                array_values($conflicts),
            )))),
        ) as $row) {
            $prices[Row::int($row, 'product_id')][] = Row::string($row, 'price');
        }

        return array_map(static function (array $of): array {
            usort($of, Decimal::compare(...));

            return $of;
        }, $prices);
    }

    /**
     * @param array<int, bool>         $taken   Products that were just linked
     * @param array<int, list<string>> $options From {@see optionsOf()}
     * @param array<string, string>    $pairs   The shop's option by Clover's
     *
     * @return array<int, bool>
     *
     * @throws ShopException
     */
    private function link(OpenConflict $conflict, array $taken, array $options, array $pairs = []): array
    {
        $fitting = $conflict->fitting($taken);
        $problem = $conflict->problem($taken, $options, $pairs);

        if ($problem !== null) {
            throw new ShopException($conflict->words($problem, $options));
        }

        $id      = $fitting[0]->productId;
        $product = [
            'product_id' => $id,
            'article_id' => $fitting[0]->articleId,
            'state'      => LinkState::Pending->value,
        ];
        $owned = $this->ownedElsewhere($id);
        $whole = $product + $owned;
        $names = $pairs === []
            ? null
            : json_encode(array_combine(array_map(Text::key(...), array_keys($pairs)), $pairs), JSON_THROW_ON_ERROR);
        $rows = $conflict->isGroup
            ? [
                [
                    'clover_id'    => $conflict->cloverId,
                    'clover_type'  => 'group',
                    'name'         => $conflict->name,
                    'option_names' => $names,
                ] + $whole,
            ]
            : [];

        foreach ($conflict->members as $member => ['name' => $name, 'sku' => $sku]) {
            $variants = array_values(array_filter(
                $fitting,
                static fn (UnlinkedVariant $c): bool => Text::sku($c->sku) === Text::sku($sku),
            ));

            if (\count($variants) > 1) {
                throw new ShopException(new Message(MessageCode::AdoptSameSku, ['sku' => $sku]));
            }

            $row = [
                'clover_id' => (string) $member,
                'name'      => $name,
                'sku'       => $sku,
                'parent_id' => $conflict->isGroup ? $conflict->cloverId : null,
            ];

            // A member that the product does not have becomes a new variant of it.
            if ($variants !== []) {
                $row += ['variant_id' => $variants[0]->variantId] + ($conflict->isGroup ? $product : $whole);
            }

            $rows[] = $row;
        }

        $this->links->save($rows);
        // save() leaves this column alone; a number in it belonged to another product.
        $this->links->update([$conflict->cloverId => ['stock_reserve' => $owned['stock_reserve'] ?? null]]);
        $this->log->add('update', $conflict->kind(), $conflict->cloverId, 'success', new Message(MessageCode::Adopted, [
            'name'    => $conflict->name,
            'product' => $fitting[0]->title,
        ]));

        return $taken + [$id => true];
    }

    /**
     * What the sync owned of the product when it was linked under another environment or merchant, and the units that
     * it keeps for the till. Modifiers come with their fingerprint, which tells those apart that Clover does not have
     * here.
     *
     * @return array<string, int|string|null> Columns of the link
     */
    private function ownedElsewhere(int $product): array
    {
        $columns = 'title_written, category_written, tags_written, tax_written, stock_reserve, modifiers, fingerprint';
        $table   = Links::TABLE;
        $row     = $this->sql->fetchOne(
            "SELECT $columns FROM $table WHERE product_id = ? AND title_written <> '' ORDER BY id DESC LIMIT 1",
            [$product],
        );

        return (
            $row === null
                ? []
                : [
                    'title_written'    => Row::string($row, 'title_written'),
                    'category_written' => Row::int($row, 'category_written'),
                    'tags_written'     => Row::nullableString($row, 'tags_written'),
                    'tax_written'      => Row::nullableInt($row, 'tax_written'),
                    'stock_reserve'    => Row::nullableInt($row, 'stock_reserve'),
                ]
                + (
                    $row['modifiers'] === null
                        ? []
                        : [
                            'modifiers'   => Row::string($row, 'modifiers'),
                            'fingerprint' => Row::string($row, 'fingerprint'),
                        ]
                )
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
            static fn (array $row): int => Row::int($row, 'product_id'),
            $this->bulk->fetch(
                'SELECT DISTINCT product_id FROM ' . Links::TABLE . ' WHERE product_id IN (%s)',
                array_values(array_unique($products)),
            ),
        );
    }
}
