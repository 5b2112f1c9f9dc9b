<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die;

/** Does with products what the owner wants done when Clover has deleted their item. Nothing is erased. */
final readonly class Deletion
{
    private Articles $articles;

    private Variants $variants;

    private Options $options;

    private Tags $tags;

    public function __construct(
        Sql $sql,
        ShopConfig $config,
        /** "unpublish", "trash" or "ignore". */
        private string $action,
        private Mappings $mappings,
        Clock $clock,
    ) {
        $this->articles = new Articles($sql, $config, $clock);
        $this->variants = new Variants($sql, $config, $clock);
        $this->options  = new Options($sql, $config, $clock);
        $this->tags     = new Tags($sql, $config, $clock);
    }

    /**
     * Of a group that still has items, a deleted one leaves the storefront as a variant; the product of a group without
     * items is treated like that of a single item.
     *
     * @param list<string> $cloverIds Items that Clover itself has called deleted
     * @param list<string> $living    Groups in which Clover lists items now
     */
    public function apply(array $cloverIds, array $living): Written
    {
        $written = new Written();
        $links   = array_filter(
            $this->mappings->byCloverId($cloverIds),
            static fn (array $l): bool => $l['state'] !== Mappings::DELETED && $l['product_id'] !== null,
        );
        $groups   = array_values(array_unique(array_filter(array_column($links, 'parent_id'), static fn (?string $p): bool => $p !== null)));
        $live     = $this->mappings->liveMembers($groups);
        $products = [];
        $variants = [];

        foreach ($links as $id => $link) {
            if ($link['parent_id'] === null) {
                $products[$id] = $link;
            }
        }

        foreach ($this->mappings->byCloverId($groups) as $group => $groupLink) {
            $leaving = array_filter($links, static fn (array $l): bool => $l['parent_id'] === (string) $group);

            if (\in_array((string) $group, $living, true) || \count($leaving) < \count($live[$group] ?? [])) {
                $variants += $leaving;
            } elseif ($groupLink['product_id'] !== null) {
                $products[$group] = $groupLink;
            }
        }

        $updates = array_fill_keys(array_map(strval(...), array_keys($links)), ['state' => Mappings::DELETED, 'error' => null, 'state_before_delete' => null]);
        $this->deleteProducts($products, $updates, $written);
        $this->deleteVariants($variants, $written);
        $this->mappings->update($updates);
        $written->deleted = \count($products) + \count($variants);

        return $written;
    }

    /**
     * @param array<string, array<string, mixed>>              $links
     * @param array<string, array<string, scalar|null>> $updates
     */
    private function deleteProducts(array $links, array &$updates, Written $written): void
    {
        $states = [];

        foreach ($links as $id => $link) {
            $now    = $link['article']['state'] ?? null;
            $target = match (true) {
                $now === null                               => null,
                $this->action === 'unpublish' && $now > 0   => 0,
                $this->action === 'trash' && $now !== -2    => -2,
                default                                     => null,
            };
            $updates[$id] = ['state' => Mappings::DELETED, 'error' => null, 'state_before_delete' => $target === null ? null : $now];

            if ($target !== null) {
                $states[(int) $link['article_id']] = ['state' => $target];
            }

            $written->log('delete', $link['clover_type'], (string) $id, $this->action === 'ignore' ? 'skipped' : 'success', \sprintf('“%s” was deleted in Clover: %s', $link['name'], match (true) {
                $this->action === 'ignore' => 'left as it is (Delete Action: Ignore)',
                $target === null           => 'it was not on show',
                $target === 0              => 'unpublished',
                default                    => 'moved to the trash',
            }));
        }

        $written->productRows += $this->articles->update($states) + $this->tags->mirror($states);
    }

    /** @param array<string, array<string, mixed>> $links */
    private function deleteVariants(array $links, Written $written): void
    {
        foreach ($links as $id => $link) {
            $written->log('delete', 'item', (string) $id, $this->action === 'ignore' ? 'skipped' : 'success', \sprintf(
                $this->action === 'ignore' ? 'Variant “%s” was deleted in Clover: left as it is (Delete Action: Ignore)' : 'Variant “%s” was deleted in Clover: no longer offered',
                $link['name'],
            ));
        }

        $ids = array_values(array_map(static fn (array $l): int => (int) $l['variant_id'], $links));

        if ($this->action !== 'ignore' && $ids !== []) {
            $written->productRows += $this->options->detach($ids)
                + $this->variants->close($ids)
                + $this->variants->settleDefaults(array_values(array_unique(array_map(static fn (array $l): int => (int) $l['product_id'], $links))));
        }
    }
}
