<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\ProductChange;
use CloverSync\Shop\Catalog\J2Commerce\Options;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\J2Commerce\Variants;
use CloverSync\Shop\Catalog\Joomla\Articles;
use CloverSync\Shop\Catalog\Joomla\Categories;
use CloverSync\Shop\Catalog\Joomla\Tags;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Links\SkuConflicts;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\ShopSettings;
use CloverSync\Shop\Support\Text;
use CloverSync\Shop\Support\UtcTime;

/**
 * Writes products as Clover wants them into the shop's tables, many at a time, inside the caller's transaction.
 *
 * Clover owns price, SKU, code, count and the set of variants. Title, category and tags are Clover's until the owner
 * changes them; whether a product is shown is the owner's after the import.
 */
final class ProductWriter
{
    /** Fields that stand in the article, which an open editor would overwrite. */
    private const TEXT = ['title', 'category', 'tags'];

    private readonly Articles $articles;

    private readonly Variants $variants;

    private readonly Options $options;

    private readonly Categories $categories;

    private readonly Tags $tags;

    private readonly Bulk $bulk;

    private string $now = '';

    private int $run = 0;

    /** @var list<int> Single products that lost their variant to a group */
    private array $abandoned = [];

    /** @param ShopSettings $settings With a default category that exists */
    public function __construct(
        private readonly Sql $sql,
        private readonly ShopConfig $config,
        private readonly ShopSettings $settings,
        private readonly Links $links,
        private readonly DeleteHandler $deletion,
        private readonly Clock $clock,
    ) {
        $this->articles   = new Articles($sql, $config, $clock);
        $this->variants   = new Variants($sql, $config, $clock);
        $this->options    = new Options($sql, $config, $clock);
        $this->categories = new Categories($sql, $config, $links, $settings->defaultCategory, $clock);
        $this->tags       = new Tags($sql, $config, $clock);
        $this->bulk       = new Bulk($sql);
    }

    /**
     * @param list<ProductChange> $changes
     *
     * @throws ShopException
     */
    public function apply(array $changes, int $run): WriteReport
    {
        $written = new WriteReport();

        if ($changes === []) {
            return $written;
        }

        $this->now = UtcTime::sql($this->clock->now());
        $this->run = $run;
        $this->categories->forget();
        $this->tags->forget();

        $links  = $this->links->byCloverId(self::cloverIds($changes));
        $create = [];
        $update = [];

        foreach ($changes as $change) {
            $change->action === 'create'
                ? ($create[$change->cloverId] = $change)
                : ($update[$change->cloverId] = $change);
        }

        $clashes = (new SkuConflicts($this->sql, $this->links))->find($create);
        $this->noteConflicts(array_intersect_key($create, $clashes), $clashes, $links, $written);
        $this->abandoned = [];
        $this->create(array_diff_key($create, $clashes), $links, $written);
        $this->update($update, $links, $written);
        $this->abandon($written);

        foreach ($this->categories->renamed() as $id => ['from' => $from, 'to' => $to]) {
            $written->log(
                'update',
                'category',
                (string) $id,
                'success',
                "“{$from}” is called “{$to}” in Clover now, and so in the shop",
            );
        }

        $written->productRows += $this->categories->rowsWritten() + $this->tags->rowsWritten();

        return $written;
    }

    /**
     * @param list<ProductChange> $changes
     *
     * @return list<string>
     */
    public static function cloverIds(array $changes): array
    {
        $ids = [];

        foreach ($changes as $change) {
            $ids[$change->cloverId] = $change->cloverId;

            foreach ($change->variants as $variant) {
                $ids[$variant['clover_id']] = $variant['clover_id'];
            }
        }

        return array_values($ids);
    }

    /**
     * @param array<string, ProductChange>       $changes
     * @param array<string, string>              $clashes By Clover id, the SKU
     * @param array<string, LinkRow> $links
     */
    private function noteConflicts(array $changes, array $clashes, array $links, WriteReport $written): void
    {
        $rows = [];

        foreach ($changes as $id => $change) {
            $written->conflicts++;
            $message = \sprintf(
                'The shop already has a product with the SKU “%s”, linked to no Clover item: adopt it, or change one of the two SKUs.',
                $clashes[$id],
            );

            foreach ($change->kind === 'group' ? [null, ...$change->variants] : $change->variants as $variant) {
                // It keeps its link to the product that it is sold in.
                if (($variant['action'] ?? '') === 'move') {
                    continue;
                }

                $rows[] = [
                    'clover_id'   => $variant === null ? $change->cloverId : $variant['clover_id'],
                    'clover_type' => $variant === null ? 'group' : 'item',
                    'parent_id'   => $variant !== null && $change->kind === 'group' ? $change->cloverId : null,
                    'name'        => Text::fit($variant === null ? $change->title : $variant['name']),
                    'sku'         => Text::fit($variant['sku'] ?? ''),
                    'state'       => LinkState::Conflict->value,
                    'error'       => $message,
                    'seen_run'    => $this->run,
                ];
            }

            // Said once, not with each run.
            if (($links[$id] ?? null)?->state !== LinkState::Conflict) {
                $written->log('import', $change->kind, $change->cloverId, 'skipped', "“{$change->title}”: $message");
            }
        }

        $this->links->save($rows);
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     */
    private function create(array $changes, array $links, WriteReport $written): void
    {
        if ($changes === []) {
            return;
        }

        $articles = [];

        foreach ($changes as $id => $change) {
            $articles[$id] = [
                'title' => Text::shown($change->title),
                'alias' => $change->alias,
                'state' => self::firstState($change, $links),
                'catid' => $this->categories->resolve(
                    $change->categories,
                    $change->createCategory,
                    $change->categoryId,
                ),
            ];
        }

        $articleIds = $this->articles->insert($articles);
        $productIds = $this->insertProducts($changes, $articleIds);
        $rows       = 3 * \count($changes);
        $inserts    = [];
        $owners     = [];
        $rows       += $this->move($changes, $productIds, $links);

        foreach ($changes as $id => $change) {
            if ($change->type === 'variable') {
                $inserts[] = [
                    'product'      => $productIds[$id],
                    'master'       => true,
                    'default'      => false,
                    'sku'          => '',
                    'upc'          => '',
                    'price'        => $change->minPrice,
                    'manage_stock' => false,
                    'quantity'     => 0,
                    'availability' => 1,
                ];
                $owners[] = null;
            }

            foreach ($change->variants as $i => $variant) {
                if ($variant['action'] === 'move') {
                    continue;
                }

                $inserts[] = self::variantRow($variant, $productIds[$id], $change->type !== 'variable', $i === 0);
                $owners[]  = $variant['clover_id'];
            }
        }

        $variantIds = $this->variants->insert($inserts);
        $rows       += 2 * \count($variantIds);
        $variantOf  = [];

        foreach ($owners as $i => $cloverId) {
            if ($cloverId !== null) {
                $variantOf[$cloverId] = $variantIds[$i];
            }
        }

        foreach (array_keys(self::moved($changes)) as $cloverId) {
            $variantOf[$cloverId] = $links[$cloverId]->variant();
        }

        $changed = array_fill_keys(array_keys($changes), 0);
        $this->updateVariants($changes, $variantOf, $changed);
        $rows    += array_sum($changed);
        $choices = [];
        $ranges  = [];
        $tags    = [];
        $this->tags->provide(array_map(
            static fn (ProductChange $change): array => $change->tags,
            array_values($changes),
        ));

        foreach ($changes as $id => $change) {
            if ($change->type === 'variable') {
                $choices[$productIds[$id]] = self::choices($change, $variantOf);
                $ranges[$productIds[$id]]  = ['min' => $change->minPrice, 'max' => $change->maxPrice];
            }

            $tags[$id] = $this->tags->resolve($change->tags);
        }

        $optionRows = $this->options->write($choices);
        $tagRows    = $this->tags->change(
            array_filter(array_combine(
                array_map(static fn (int|string $id): int => $articleIds[$id], array_keys($tags)),
                $tags,
            )),
            [],
        );
        $rows +=
            array_sum($optionRows['products'])
            + $optionRows['shared']
            + array_sum($this->variants->saveRanges($ranges))
            + array_sum($tagRows);
        $written->productRows += $rows;

        $linkRows = [];

        foreach ($changes as $id => $change) {
            $product = [
                'article_id'  => $articleIds[$id],
                'product_id'  => $productIds[$id],
                'state'       => LinkState::Synced->value,
                'seen_run'    => $this->run,
                'last_synced' => $this->now,
            ];
            $text = [
                'fingerprint'      => $change->fingerprint,
                'title_written'    => $articles[$id]['title'],
                'category_written' => $articles[$id]['catid'],
                'tags_written'     => json_encode($tags[$id]),
            ];

            if ($change->kind === 'group') {
                $linkRows[] =
                    ['clover_id' => $change->cloverId, 'clover_type' => 'group', 'name' => Text::fit($change->title)]
                    + $text
                    + $product;
            }

            foreach ($change->variants as $variant) {
                $linkRows[] =
                    self::variantLink($variant, $change, $variantOf[$variant['clover_id']])
                    + ($change->kind === 'group' ? [] : $text)
                    + $product;
            }

            $written->imported++;
            $what =
                self::moved([$change]) === [] || $change->kind === 'group'
                    ? "Imported “{$change->title}”"
                    : "“{$change->title}” left its item group and became a product of its own";
            $written->log(
                'import',
                $change->kind,
                $change->cloverId,
                'success',
                self::sentence($what, $change->warnings),
            );
        }

        $this->links->save($linkRows);
    }

    /**
     * What was on show in another product goes on being on show, and what the owner has hidden stays hidden.
     *
     * @param array<string, LinkRow> $links
     */
    private static function firstState(ProductChange $change, array $links): int
    {
        $states = [];

        foreach (array_keys(self::moved([$change])) as $id) {
            $link = $links[$id];

            if ($link->state !== LinkState::Deleted && $link->article !== null) {
                $states[] = $link->article->state;
            }
        }

        return (int) ($states === [] ? $change->publish : !$change->withheld && max($states) > 0);
    }

    /**
     * @param array<ProductChange> $changes
     *
     * @return array<string, true> Variants that stand in another product, by Clover id
     */
    private static function moved(array $changes): array
    {
        $moved = [];

        foreach ($changes as $change) {
            foreach ($change->variants as $variant) {
                if ($variant['action'] === 'move') {
                    $moved[$variant['clover_id']] = true;
                }
            }
        }

        return $moved;
    }

    /**
     * Takes variants out of the products that they stand in and puts them into these.
     *
     * @param array<string, ProductChange>        $changes
     * @param array<string, int>                  $products By Clover id of the change
     * @param array<string, LinkRow> $links
     *
     * @return int Rows written
     */
    private function move(array $changes, array $products, array $links): int
    {
        $targets = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $i => $variant) {
                if ($variant['action'] === 'move') {
                    $targets[$links[$variant['clover_id']]->variant()] = [
                        'product' => $products[$id],
                        'master'  => $change->type !== 'variable',
                        'default' => $change->type !== 'variable' || $change->action === 'create' && $i === 0,
                    ];
                }
            }
        }

        if ($targets === []) {
            return 0;
        }

        $rows = $this->options->detach(array_keys($targets));
        $left = $this->variants->move($targets);
        array_push($this->abandoned, ...$left['singles']);

        return $rows + $left['rows'] + $this->variants->settle($left['variables']);
    }

    /** Does with the products that are left behind what the owner wants done with deleted ones. */
    private function abandon(WriteReport $written): void
    {
        if ($this->abandoned !== []) {
            $written->add($this->deletion->abandon($this->abandoned));
        }
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, int>           $articleIds
     *
     * @return array<string, int>
     */
    private function insertProducts(array $changes, array $articleIds): array
    {
        $author = $this->config->author;
        $rows   = [];

        foreach ($changes as $id => $change) {
            $rows[] = [
                1,
                'com_content',
                $articleIds[$id],
                $change->type,
                '',
                $this->settings->defaultTaxProfile,
                0,
                0,
                $change->type === 'variable' ? 1 : 0,
                '',
                1,
                '',
                '{}',
                $this->now,
                $author,
                $this->now,
                $author,
                '',
                '',
                '',
                0,
            ];
        }

        $this->bulk->insert(
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

        foreach ($this->bulk->fetch(
            "SELECT j2commerce_product_id AS id, product_source_id FROM #__j2commerce_products WHERE product_source = 'com_content' AND product_source_id IN (%s)",
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

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     */
    private function update(array $changes, array $links, WriteReport $written): void
    {
        $changes = array_filter(
            $changes,
            static fn (ProductChange $c): bool => ($links[$c->cloverId] ?? null)?->article !== null,
        );

        if ($changes === []) {
            return;
        }

        /** @var array<string, int> $rows Rows written by Clover id of the product */
        $rows                 = array_fill_keys(array_keys($changes), 0);
        $text                 = $this->updateText($changes, $links, $rows);
        $written->productRows += $this->move(
            $changes,
            array_map(static fn (LinkRow $l): int => $l->product(), array_intersect_key($links, $changes)),
            $links,
        );
        $ids = $this->insertMissingVariants($changes, $links, $rows);
        $this->updateVariants($changes, $ids, $rows);
        $this->updateOptions($changes, $links, $ids, $rows, $written);
        $this->restore($changes, $links, $rows);

        $linkRows = [];

        foreach ($changes as $id => $change) {
            $link    = $links[$id];
            $waits   = $text[$id]['waits'];
            $product = [
                'article_id'  => $link->articleId,
                'product_id'  => $link->productId,
                'state'       => LinkState::Synced->value,
                'seen_run'    => $this->run,
                'last_synced' => $this->now,
            ];
            $shown = [
                // With the old fingerprint the text is found to differ again when the editor is closed.
                'fingerprint'      => $waits ? $link->fingerprint : $change->fingerprint,
                'title_written'    => $text[$id]['title'],
                'category_written' => $text[$id]['category'],
                'tags_written'     => json_encode($text[$id]['tags']),
            ];

            if ($change->kind === 'group') {
                $linkRows[] =
                    ['clover_id' => $change->cloverId, 'clover_type' => 'group', 'name' => Text::fit($change->title)]
                    + $shown
                    + $product;
            }

            foreach ($change->variants as $variant) {
                if (
                    $change->kind !== 'group'
                    || $variant['action'] !== 'keep'
                    || ($links[$variant['clover_id']] ?? null)?->fingerprint !== $variant['fingerprint']
                ) {
                    $linkRows[] =
                        self::variantLink($variant, $change, $ids[$variant['clover_id']])
                        + ($change->kind === 'group' ? [] : $shown)
                        + $product;
                }
            }

            $this->report($change, $rows[$id], $waits, $written);
        }

        $this->links->save($linkRows);
        $written->productRows += array_sum($rows);
    }

    private function report(ProductChange $change, int $rows, bool $waits, WriteReport $written): void
    {
        if ($waits) {
            $written->skipped++;
            $written->log(
                'update',
                $change->kind,
                $change->cloverId,
                'skipped',
                \sprintf(
                    '“%s” is open in the editor: its %s will be brought up to date once the article is closed.',
                    $change->title,
                    implode(', ', array_intersect(self::TEXT, $change->fields)),
                ),
            );
        }

        if ($rows === 0) {
            $written->unchanged++;

            return;
        }

        $written->updated++;
        $warnings = \in_array('sale', $change->fields, true) ? $change->warnings : [];

        if ($change->action === 'restore') {
            $written->log(
                'update',
                $change->kind,
                $change->cloverId,
                'success',
                self::sentence("“{$change->title}” is back in Clover and restored", $warnings),
            );
        } elseif (array_diff($change->fields, ['count', 'availability']) === []) {
            $written->log(
                'inventory_pull',
                $change->kind,
                $change->cloverId,
                'success',
                \sprintf('“%s”: %s', $change->title, self::counts($change)),
            );
        } else {
            $written->log(
                'update',
                $change->kind,
                $change->cloverId,
                'success',
                self::sentence("Updated “{$change->title}”: " . implode(', ', $change->fields), $warnings),
            );
        }
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     *
     * @return array<string, array{title: string, category: int, tags: list<int>, waits: bool}> What is ours in each
     *   article from now on
     */
    private function updateText(array $changes, array $links, array &$rows): array
    {
        $ours    = [];
        $updates = [];
        $add     = [];
        $remove  = [];
        $owners  = [];
        $this->tags->provide(array_values(array_map(
            static fn (ProductChange $change): array => $change->tags,
            array_filter(
                $changes,
                static fn (ProductChange $change): bool => (
                    \in_array('tags', $change->fields, true)
                    && !($links[$change->cloverId]->article->checkedOut ?? false)
                ),
            ),
        )));

        foreach ($changes as $id => $change) {
            $link      = $links[$id];
            $article   = $link->article ?? throw new \UnexpectedValueException("The article of $id is not there.");
            $articleId = (int) $link->articleId;
            $mine      = [
                'title'    => $link->titleWritten,
                'category' => $link->categoryWritten,
                'tags'     => $link->tagsWritten,
                'waits'    => false,
            ];
            $owners[$articleId] = $id;

            if (array_intersect(self::TEXT, $change->fields) !== [] && $article->checkedOut) {
                $ours[$id] = ['waits' => true] + $mine;

                continue;
            }

            if (\in_array('title', $change->fields, true)) {
                $title = Text::shown($change->title);

                if ($article->title === $title) {
                    $mine['title'] = $title;
                } elseif ($article->title === $mine['title']) {
                    $updates[$articleId]['title'] = $mine['title'] = $title;
                }
            }

            if (\in_array('category', $change->fields, true)) {
                $category = $article->category === $mine['category']
                    ? $this->categories->resolve($change->categories, $change->createCategory, $change->categoryId)
                    : 0;

                if ($category !== 0 && $category !== $article->category) {
                    $updates[$articleId]['catid'] = $mine['category'] = $category;
                    $alias                        = $this->articles->aliasIn($category, $article->alias, (string) $id);

                    if ($alias !== $article->alias) {
                        $updates[$articleId]['alias'] = $alias;
                    }
                }
            }

            if (\in_array('tags', $change->fields, true)) {
                $tags               = $this->tags->resolve($change->tags);
                $add[$articleId]    = array_values(array_diff($tags, $mine['tags']));
                $remove[$articleId] = array_values(array_diff($mine['tags'], $tags));
                $mine['tags']       = $tags;
            }

            $ours[$id] = $mine;
        }

        $this->articles->update($updates);

        foreach (array_keys($updates) as $article) {
            $rows[$owners[$article]]++;
        }

        if ($updates !== []) {
            $mirrored                                 = $this->tags->mirror($updates);
            $rows[$owners[array_key_first($updates)]] += $mirrored;
        }

        foreach ($this->tags->change(array_filter($add), array_filter($remove)) as $article => $n) {
            $rows[$owners[$article]] += $n;
        }

        return $ours;
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     *
     * @return array<string, int> Variant ids by Clover id, of all variants
     */
    private function insertMissingVariants(array $changes, array $links, array &$rows): array
    {
        $ids     = [];
        $inserts = [];
        $owners  = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $variant) {
                if ($variant['action'] === 'create') {
                    $inserts[] = self::variantRow($variant, $links[$id]->product(), false, false);
                    $owners[]  = $variant['clover_id'];
                    $rows[$id] += 2;
                } else {
                    $ids[$variant['clover_id']] = $links[$variant['clover_id']]->variant();
                }
            }
        }

        return $ids + array_combine($owners, $this->variants->insert($inserts));
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, int>           $ids
     * @param array<string, int>           $rows
     */
    private function updateVariants(array $changes, array $ids, array &$rows): void
    {
        $updates = [];
        $owners  = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $variant) {
                if (!\in_array($variant['action'], ['update', 'restore', 'move'], true)) {
                    continue;
                }

                $values = [];

                foreach (array_intersect(['sku', 'upc'], $variant['fields']) as $field) {
                    $values[$field] = Text::shown($variant[$field] ?? '');
                }

                if (\in_array('price', $variant['fields'], true)) {
                    $values['price'] = $variant['price'];
                }

                if (\in_array('count', $variant['fields'], true)) {
                    $values['manage_stock'] = (int) $variant['manage_stock'];

                    if ($variant['quantity'] !== null) {
                        $values['quantity'] = $variant['quantity'];
                    }
                }

                if ($variant['availability'] !== null) {
                    $values['availability'] = $variant['availability'];
                }

                if ($values !== []) {
                    $updates[$ids[$variant['clover_id']]] = $values;
                    $owners[$ids[$variant['clover_id']]]  = $id;
                }
            }
        }

        foreach ($this->variants->update($updates) as $variantId => $n) {
            $rows[$owners[$variantId]] += $n;
        }
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $ids
     * @param array<string, int>                  $rows
     */
    private function updateOptions(array $changes, array $links, array $ids, array &$rows, WriteReport $written): void
    {
        $choices = [];
        $ranges  = [];
        $owners  = [];

        foreach ($changes as $id => $change) {
            if ($change->type !== 'variable') {
                continue;
            }

            $product          = $links[$id]->product();
            $owners[$product] = $id;

            if ($change->action === 'restore' || array_intersect(['options', 'variants'], $change->fields) !== []) {
                $choices[$product] = self::choices($change, $ids);
            }

            if (
                $change->action === 'restore'
                || array_intersect(['options', 'variants', 'price'], $change->fields) !== []
            ) {
                $ranges[$product] = ['min' => $change->minPrice, 'max' => $change->maxPrice];
            }
        }

        $options              = $this->options->write($choices);
        $written->productRows += $options['shared'];

        foreach ([$options['products'], $this->variants->saveRanges($ranges)] as $byProduct) {
            foreach ($byProduct as $product => $n) {
                $rows[$owners[$product]] += $n;
            }
        }

        if ($choices !== []) {
            $rows[$owners[array_key_first($choices)]] += $this->variants->settleDefaults(array_keys($choices));
        }
    }

    /**
     * Undoes the delete action for products that are back in Clover, unless the owner has decided otherwise since.
     *
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     */
    private function restore(array $changes, array $links, array &$rows): void
    {
        $states = [];
        $back   = [];

        foreach ($changes as $id => $change) {
            if ($change->action !== 'restore') {
                continue;
            }

            $link = $links[$id];

            if (
                $link->stateBeforeDelete !== null
                && $link->article !== null
                && $link->article->state <= 0
                && $link->stateBeforeDelete !== $link->article->state
            ) {
                $states[(int) $link->articleId] = ['state' => $link->stateBeforeDelete];
                $back[$link->product()]         = $id;
                $rows[$id]++;
            }
        }

        $first = reset($back);

        if ($first === false) {
            return;
        }

        $this->articles->update($states);
        $rows[$first] += $this->tags->mirror($states);

        // Joomla's list of articles takes it away when it hides an article, and nothing but us gives it back.
        $disabled = array_map(
            static fn (array $row): int => (int) $row['id'],
            $this->bulk->fetch(
                'SELECT j2commerce_product_id AS id FROM #__j2commerce_products WHERE enabled <> 1 AND j2commerce_product_id IN (%s)',
                array_keys($back),
            ),
        );
        $rows[$first] += $this->bulk->update(
            '#__j2commerce_products',
            'j2commerce_product_id',
            array_fill_keys($disabled, ['enabled' => 1]),
        );
    }

    /**
     * @param array<string, int> $ids Variant ids by Clover id
     *
     * @return array{options: list<array{name: string, values: list<string>}>, variants: array<int, list<string>>}
     */
    private static function choices(ProductChange $change, array $ids): array
    {
        $variants = [];

        foreach ($change->variants as $variant) {
            $variants[$ids[$variant['clover_id']]] = $variant['option_values'];
        }

        return ['options' => $change->options, 'variants' => $variants];
    }

    /**
     * @param array{clover_id: string, action: string, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, availability: ?int, option_values: list<string>,
     *   name: string} $variant
     *
     * @return array{product: int, master: bool, default: bool, sku: ?string, upc: ?string, price: string,
     *   manage_stock: bool, quantity: ?int, availability: ?int}
     */
    private static function variantRow(array $variant, int $product, bool $master, bool $default): array
    {
        return [
            'product'      => $product,
            'master'       => $master,
            'default'      => $default,
            'sku'          => $variant['sku'],
            'upc'          => $variant['upc'],
            'price'        => $variant['price'],
            'manage_stock' => $variant['manage_stock'],
            'quantity'     => $variant['quantity'],
            'availability' => $variant['availability'],
        ];
    }

    /**
     * @param array{clover_id: string, action: string, fields: list<string>, fingerprint: string, sku: ?string,
     *   upc: ?string, price: string, manage_stock: bool, quantity: ?int, availability: ?int, option_values: list<string>,
     *   name: string} $variant
     *
     * @return array<string, scalar|null>
     */
    private static function variantLink(array $variant, ProductChange $change, int $variantId): array
    {
        $link = [
            'clover_id'  => $variant['clover_id'],
            'parent_id'  => $change->kind === 'group' ? $change->cloverId : null,
            'name'       => Text::fit($variant['name']),
            'sku'        => Text::fit($variant['sku'] ?? ''),
            'variant_id' => $variantId,
        ];

        return $change->kind === 'group' ? $link + ['fingerprint' => $variant['fingerprint']] : $link;
    }

    private static function counts(ProductChange $change): string
    {
        $counts = [];

        foreach ($change->variants as $variant) {
            if (\in_array('count', $variant['fields'], true)) {
                $counts[] =
                    ($change->kind === 'group' ? implode(' / ', $variant['option_values']) . ' ' : '')
                    . ($variant['quantity'] === null ? 'is not counted' : 'count ' . $variant['quantity']);
            }
        }

        return $counts === [] ? 'availability' : implode(', ', $counts);
    }

    /** @param list<string> $warnings */
    private static function sentence(string $text, array $warnings): string
    {
        return $warnings === [] ? $text : $text . ' — ' . implode('; ', $warnings);
    }
}
