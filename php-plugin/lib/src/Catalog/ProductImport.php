<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\ChangeAction;
use CloverSync\ProductChange;
use CloverSync\ProductKind;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Links\ModifierRows;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Text;

/** Creates products for new items and groups of Clover. */
final readonly class ProductImport
{
    public function __construct(
        private ProductTables $tables,
        private ProductVariants $productVariants,
        private Links $links,
    ) {
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     */
    public function apply(
        array $changes,
        array $links,
        WriteReport $written,
        int $run,
        string $now,
        CountTimes $asked,
    ): void {
        if ($changes === []) {
            return;
        }

        $articles = [];

        foreach ($changes as $id => $change) {
            $articles[$id] = [
                'title' => Text::shown($change->title),
                'alias' => $change->alias,
                'text'  => $change->text,
                'state' => self::firstState($change, $links),
                'catid' => $this->tables->categories->resolve(
                    $change->categories,
                    $change->createCategory,
                    $change->categoryId,
                ),
            ];
        }

        $articleIds = $this->tables->articles->insert($articles);
        $productIds = $this->insertProducts($changes, $articleIds, $now);
        $rows       = 3 * \count($changes);
        $inserts    = [];
        $owners     = [];
        $rows       += $this->productVariants->move($changes, $productIds, $links);

        foreach ($changes as $id => $change) {
            if ($change->kind === ProductKind::Group) {
                $inserts[] = [
                    'product'      => $productIds[$id],
                    'master'       => true,
                    'default'      => false,
                    'sku'          => '',
                    'upc'          => '',
                    'price'        => $change->minPrice,
                    'manage_stock' => false,
                    'quantity'     => 0,
                    'threshold'    => null,
                    'availability' => 1,
                ];
                $owners[] = null;
            }

            foreach ($change->variants as $i => $variant) {
                if ($variant['action'] === ChangeAction::Move) {
                    continue;
                }

                $inserts[] = ProductVariants::row(
                    $variant,
                    $productIds[$id],
                    $change->kind !== ProductKind::Group,
                    $i === 0,
                );
                $owners[] = $variant['clover_id'];
            }
        }

        $variantIds = $this->tables->variants->insert($inserts);
        $rows       += 2 * \count($variantIds);
        $variantOf  = [];

        foreach ($owners as $i => $cloverId) {
            if ($cloverId !== null) {
                $variantOf[$cloverId] = $variantIds[$i];
            }
        }

        foreach (array_keys(ProductVariants::moved($changes)) as $cloverId) {
            $variantOf[$cloverId] = $links[$cloverId]->variant();
        }

        $changed = array_fill_keys(array_keys($changes), 0);
        $this->productVariants->update($changes, $variantOf, $changed);
        $rows      += array_sum($changed);
        $pictures  = [];
        $choices   = [];
        $ranges    = [];
        $tags      = [];
        $modifiers = [];
        $this->tables->tags->provide(array_map(
            static fn (ProductChange $change): array => $change->tags,
            array_values($changes),
        ));

        foreach ($changes as $id => $change) {
            if ($change->kind === ProductKind::Group) {
                $choices[$productIds[$id]] = ProductVariants::choices($change, $variantOf);
                $ranges[$productIds[$id]]  = ['min' => $change->minPrice, 'max' => $change->maxPrice];
            } elseif ($change->modifiers !== []) {
                $modifiers[$productIds[$id]] = ['modifiers' => $change->modifiers, 'owned' => new ModifierRows()];
            }

            if ($change->picture !== '') {
                $pictures[] = [
                    'product'   => $productIds[$id],
                    'clover_id' => $change->cloverId,
                    'address'   => $change->picture,
                ];
            }

            $tags[$id] = $this->tables->tags->resolve($change->tags);
        }

        $this->tables->pictures->want($pictures);
        $optionRows   = $this->tables->options->write($choices);
        $modifierRows = $this->tables->modifiers->write($modifiers);
        $tagRows      = $this->tables->tags->change(
            array_filter(array_combine(
                array_map(static fn (int|string $id): int => $articleIds[$id], array_keys($tags)),
                $tags,
            )),
            [],
        );
        $rows +=
            array_sum($optionRows['products'])
            + $optionRows['shared']
            + array_sum($modifierRows['products'])
            + $modifierRows['shared']
            + array_sum($this->tables->variants->saveRanges($ranges))
            + array_sum($tagRows);
        $written->productRows += $rows;

        $linkRows = [];

        foreach ($changes as $id => $change) {
            $product = [
                'article_id'  => $articleIds[$id],
                'product_id'  => $productIds[$id],
                'state'       => LinkState::Synced->value,
                'seen_run'    => $run,
                'last_synced' => $now,
            ];
            $text = [
                'fingerprint'      => $change->fingerprint,
                'title_written'    => $articles[$id]['title'],
                'category_written' => $articles[$id]['catid'],
                'tags_written'     => json_encode($tags[$id]),
                'tax_written'      => $this->taxProfile($change),
                'cautions'         => ProductVariants::cautions($change),
                'modifiers'        => ($modifierRows['owned'][$productIds[$id]] ?? new ModifierRows())->json(),
            ];

            if ($change->kind === ProductKind::Group) {
                $linkRows[] =
                    ['clover_id' => $change->cloverId, 'clover_type' => 'group', 'name' => Text::fit($change->title)]
                    + $text
                    + $product;
            }

            foreach ($change->variants as $variant) {
                $linkRows[] =
                    ProductVariants::link($variant, $change, $variantOf[$variant['clover_id']], $asked)
                    + ($change->kind === ProductKind::Group ? [] : $text)
                    + $product;
            }

            $written->imported++;
            $what = new Message(
                ProductVariants::moved([$change]) === [] || $change->kind === ProductKind::Group
                    ? MessageCode::Imported
                    : MessageCode::LeftGroup,
                ['name' => $change->title],
            );
            $written->log(
                'import',
                $change->kind->value,
                $change->cloverId,
                'success',
                WriteReport::withWarnings($what, $change->warnings),
            );
        }

        $this->links->save($linkRows);
        // A number of its own belonged to the product that this one replaces.
        $this->links->update(array_map(
            static fn (): array => ['stock_reserve' => null],
            array_filter(
                array_intersect_key($links, $changes),
                static fn (LinkRow $link): bool => $link->reserve !== null,
            ),
        ));
    }

    private function taxProfile(ProductChange $change): int
    {
        return $change->taxProfile ?? $this->tables->settings->defaultTaxProfile;
    }

    /**
     * A variant that was visible in another product stays visible, and one that the owner has hidden stays hidden.
     *
     * @param array<string, LinkRow> $links
     */
    private static function firstState(ProductChange $change, array $links): int
    {
        $states = [];

        foreach (array_keys(ProductVariants::moved([$change])) as $id) {
            $link = $links[$id];

            if (!$link->state->isGone() && $link->article !== null) {
                $states[] = $link->article->state;
            }
        }

        return (int) ($states === [] ? $change->publish : !$change->withheld && max($states) > 0);
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, int>           $articleIds
     *
     * @return array<string, int>
     */
    private function insertProducts(array $changes, array $articleIds, string $now): array
    {
        $author = $this->tables->config->author;
        $rows   = [];

        foreach ($changes as $id => $change) {
            $rows[] = [
                1,
                'com_content',
                $articleIds[$id],
                $change->kind === ProductKind::Group ? 'variable' : 'simple',
                '',
                $this->taxProfile($change),
                0,
                0,
                $change->kind === ProductKind::Group ? 1 : 0,
                '',
                1,
                '',
                '{}',
                $now,
                $author,
                $now,
                $author,
                '',
                '',
                '',
                0,
            ];
        }

        $this->tables->bulk->insert(
            '#__j2commerce_products',
            [
                'visibility',
                'product_source',
                'product_source_id',
                'product_type',
                'main_tag',
                'taxprofile_id',
                'manufacturer_id',
                'vendor_id',
                'has_options',
                'addtocart_text',
                'enabled',
                'plugins',
                'params',
                'created_on',
                'created_by',
                'modified_on',
                'modified_by',
                'up_sells',
                'cross_sells',
                'productfilter_ids',
                'hits',
            ],
            $rows,
        );
        $byArticle = [];

        foreach ($this->tables->bulk->fetch(
            'SELECT j2commerce_product_id AS id, product_source_id FROM #__j2commerce_products WHERE '
            . "product_source = 'com_content' AND product_source_id IN (%s)",
            array_values($articleIds),
        ) as $row) {
            $byArticle[(int) $row['product_source_id']] = (int) $row['id'];
        }

        return array_map(
            static fn (int $article): int => $byArticle[$article] ?? throw new \UnexpectedValueException(
                "The product just made for article $article is not there.",
            ),
            $articleIds,
        );
    }
}
