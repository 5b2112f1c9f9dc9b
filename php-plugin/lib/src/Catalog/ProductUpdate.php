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

/** Updates linked products with the data from Clover. */
final readonly class ProductUpdate
{
    /** Fields of the article, which an open editor would overwrite. */
    private const TEXT = ['title', 'category', 'tags'];

    public function __construct(
        private ProductTables $tables,
        private ProductVariants $productVariants,
        private Links $links,
        private ProductRestore $restore,
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
        $written->productRows += $this->productVariants->move(
            $changes,
            array_map(static fn (LinkRow $l): int => $l->product(), array_intersect_key($links, $changes)),
            $links,
        );
        $ids = $this->insertMissingVariants($changes, $links, $rows);
        $this->productVariants->update($changes, $ids, $rows);
        $this->tables->articles->reindex(self::renumbered($changes, $links));
        $this->updateOptions($changes, $links, $ids, $rows, $written);
        $modifiers = $this->updateModifiers($changes, $links, $rows, $written);
        $this->restore->apply($changes, $links, $rows);
        $this->updateTax($changes, $links, $rows);

        $linkRows = [];

        foreach ($changes as $id => $change) {
            $link    = $links[$id];
            $waits   = $text[$id]['waits'];
            $product = [
                'article_id'  => $link->articleId,
                'product_id'  => $link->productId,
                'state'       => LinkState::Synced->value,
                'seen_run'    => $run,
                'last_synced' => $now,
            ];
            $shown = [
                // The old fingerprint makes the next sync after the editor is closed find the difference again.
                'fingerprint'      => $waits ? $link->fingerprint : $change->fingerprint,
                'title_written'    => $text[$id]['title'],
                'category_written' => $text[$id]['category'],
                'tags_written'     => json_encode($text[$id]['tags']),
                'tax_written'      => $change->taxProfile ?? $link->taxWritten,
                'cautions'         => ProductVariants::cautions($change),
                'modifiers'        => ($modifiers[$id] ?? $link->modifiers)->json(),
            ];

            if ($change->kind === ProductKind::Group) {
                $linkRows[] =
                    [
                        'clover_id'    => $change->cloverId,
                        'clover_type'  => 'group',
                        'name'         => Text::fit($change->title),
                        'option_names' => $link->optionNames === []
                            ? null
                            : json_encode($link->optionNames, JSON_THROW_ON_ERROR),
                    ]
                    + $shown
                    + $product;
            }

            foreach ($change->variants as $variant) {
                if (
                    $change->kind !== ProductKind::Group
                    || $variant['action'] !== ChangeAction::Keep
                    || ($links[$variant['clover_id']] ?? null)?->fingerprint !== $variant['fingerprint']
                ) {
                    $linkRows[] =
                        ProductVariants::link($variant, $change, $ids[$variant['clover_id']], $asked)
                        + ($change->kind === ProductKind::Group ? [] : $shown)
                        + $product;
                }
            }

            $this->report($change, $link, $rows[$id], $waits, $text[$id]['kept'], $written);
        }

        $this->links->save($linkRows);
        $written->productRows += array_sum($rows);
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, LinkRow>       $links
     *
     * @return list<int> Articles of products with a new SKU or code
     */
    private static function renumbered(array $changes, array $links): array
    {
        $articles = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $variant) {
                if (
                    $variant['action'] === ChangeAction::Create
                    || array_intersect(['sku', 'upc'], $variant['fields']) !== []
                ) {
                    $articles[] = (int) $links[$id]->articleId;
                }
            }
        }

        return array_values(array_unique($articles));
    }

    /** @param list<string> $kept Fields of the text that are the owner's */
    private function report(
        ProductChange $change,
        LinkRow $before,
        int $rows,
        bool $waits,
        array $kept,
        WriteReport $written,
    ): void {
        if ($waits) {
            $written->skipped++;
            $written->log(
                'update',
                $change->kind->value,
                $change->cloverId,
                'skipped',
                new Message(MessageCode::OpenInEditor, [
                    'name'   => $change->title,
                    'fields' => FieldNames::of(array_values(array_intersect(self::TEXT, $change->fields))),
                ]),
            );
        }

        if ($rows === 0) {
            $written->unchanged++;

            return;
        }

        $written->updated++;
        $fields   = array_values(array_diff($change->fields, $kept, $waits ? self::TEXT : []));
        $warnings = \in_array('sale', $change->fields, true) ? $change->warnings : [];

        if ($change->action === ChangeAction::Restore) {
            $written->log('update', $change->kind->value, $change->cloverId, 'success', WriteReport::withWarnings(
                new Message($before->state === LinkState::LeftOut ? MessageCode::ChosenAgain : MessageCode::Restored, [
                    'name' => $change->title,
                ]),
                $warnings,
            ));
        } elseif (array_diff($fields, ['count', 'availability']) === []) {
            $written->log(
                'inventory_pull',
                $change->kind->value,
                $change->cloverId,
                'success',
                new Message(MessageCode::AboutProduct, ['name' => $change->title, 'what' => self::counts($change)]),
            );
        } else {
            $written->log('update', $change->kind->value, $change->cloverId, 'success', WriteReport::withWarnings(
                new Message(MessageCode::Updated, ['name' => $change->title, 'fields' => FieldNames::of($fields)]),
                $warnings,
            ));
        }
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     *
     * @return array<string, array{title: string, category: int, tags: list<int>, waits: bool, kept: list<string>}> The
     *   values of each article that the sync owns from now on
     */
    private function updateText(array $changes, array $links, array &$rows): array
    {
        $ours    = [];
        $updates = [];
        $add     = [];
        $remove  = [];
        $owners  = [];
        $this->tables->tags->provide(array_values(array_map(
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
                'kept'     => [],
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
                } else {
                    $mine['kept'][] = 'title';
                }
            }

            if (\in_array('category', $change->fields, true)) {
                $category = $article->category === $mine['category']
                    ? $this->tables->categories->resolve(
                        $change->categories,
                        $change->createCategory,
                        $change->categoryId,
                    )
                    : 0;

                if ($category !== 0 && $category !== $article->category) {
                    $updates[$articleId]['catid'] = $mine['category'] = $category;
                    $alias                        = $this->tables->articles->aliasIn(
                        $category,
                        $article->alias,
                        (string) $id,
                    );

                    if ($alias !== $article->alias) {
                        $updates[$articleId]['alias'] = $alias;
                    }
                } elseif ($article->category !== $mine['category']) {
                    $mine['kept'][] = 'category';
                }
            }

            if (\in_array('tags', $change->fields, true)) {
                $tags               = $this->tables->tags->resolve($change->tags);
                $add[$articleId]    = array_values(array_diff($tags, $mine['tags']));
                $remove[$articleId] = array_values(array_diff($mine['tags'], $tags));
                $mine['tags']       = $tags;
            }

            $ours[$id] = $mine;
        }

        $this->tables->articles->update($updates);

        foreach (array_keys($updates) as $article) {
            $rows[$owners[$article]]++;
        }

        if ($updates !== []) {
            $mirrored                                 = $this->tables->tags->mirror($updates);
            $rows[$owners[array_key_first($updates)]] += $mirrored;
        }

        foreach ($this->tables->tags->change(array_filter($add), array_filter($remove)) as $article => $n) {
            $rows[$owners[$article]] += $n;
        }

        return $ours;
    }

    /**
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     *
     * @return array<string, int> Ids of all variants by Clover id
     */
    private function insertMissingVariants(array $changes, array $links, array &$rows): array
    {
        $ids     = [];
        $inserts = [];
        $owners  = [];

        foreach ($changes as $id => $change) {
            foreach ($change->variants as $variant) {
                if ($variant['action'] === ChangeAction::Create) {
                    $inserts[] = ProductVariants::row($variant, $links[$id]->product(), false, false);
                    $owners[]  = $variant['clover_id'];
                    $rows[$id] += 2;
                } else {
                    $ids[$variant['clover_id']] = $links[$variant['clover_id']]->variant();
                }
            }
        }

        return $ids + array_combine($owners, $this->tables->variants->insert($inserts));
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
            if ($change->kind !== ProductKind::Group) {
                continue;
            }

            $product          = $links[$id]->product();
            $owners[$product] = $id;

            if (
                $change->action === ChangeAction::Restore
                || array_intersect(['options', 'variants'], $change->fields) !== []
            ) {
                $choices[$product] = ProductVariants::choices($change, $ids, $links[$id]->optionNames);
            }

            if (
                $change->action === ChangeAction::Restore
                || array_intersect(['options', 'variants', 'price'], $change->fields) !== []
            ) {
                $ranges[$product] = ['min' => $change->minPrice, 'max' => $change->maxPrice];
            }
        }

        $options              = $this->tables->options->write($choices);
        $written->productRows += $options['shared'];

        foreach ([$options['products'], $this->tables->variants->saveRanges($ranges)] as $byProduct) {
            foreach ($byProduct as $product => $n) {
                $rows[$owners[$product]] += $n;
            }
        }

        if ($choices !== []) {
            $rows[$owners[array_key_first($choices)]] += $this->tables->variants->settleDefaults(array_keys($choices));
        }
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, LinkRow>       $links
     * @param array<string, int>           $rows
     */
    private function updateTax(array $changes, array $links, array &$rows): void
    {
        $profiles = [];

        foreach ($changes as $id => $change) {
            if ($change->taxProfile !== null) {
                $profiles[$links[$id]->product()] = ['taxprofile_id' => $change->taxProfile];
                $rows[$id]++;
            }
        }

        $this->tables->bulk->update('#__j2commerce_products', 'j2commerce_product_id', $profiles);
    }

    /**
     * @param array<string, ProductChange> $changes
     * @param array<string, LinkRow>       $links
     * @param array<string, int>           $rows
     *
     * @return array<string, ModifierRows> Of products whose modifiers differ, by Clover id
     */
    private function updateModifiers(array $changes, array $links, array &$rows, WriteReport $written): array
    {
        $modifiers = [];
        $owners    = [];

        foreach ($changes as $id => $change) {
            if (\in_array('modifiers', $change->fields, true)) {
                $product             = $links[$id]->product();
                $owners[$product]    = $id;
                $modifiers[$product] = ['modifiers' => $change->modifiers, 'owned' => $links[$id]->modifiers];
            }
        }

        $saved                = $this->tables->modifiers->write($modifiers);
        $written->productRows += $saved['shared'];
        $owned                = [];

        foreach ($saved['products'] as $product => $n) {
            $rows[$owners[$product]] += $n;
        }

        foreach ($saved['owned'] as $product => $of) {
            $owned[$owners[$product]] = $of;
        }

        return $owned;
    }

    private static function counts(ProductChange $change): Message
    {
        $counts = [];

        foreach ($change->variants as $variant) {
            if (\in_array('count', $variant['fields'], true)) {
                $count = $variant['quantity'] === null
                    ? new Message(MessageCode::NotCounted)
                    : new Message(MessageCode::CountNow, ['now' => $variant['quantity']]);
                $counts[] = $change->kind === ProductKind::Group
                    ? new Message(MessageCode::AboutVariant, [
                        'options' => implode(' / ', $variant['option_values']),
                        'what'    => $count,
                    ])
                    : $count;
            }
        }

        return $counts === [] ? new Message(MessageCode::FieldAvailability) : Message::together($counts);
    }
}
