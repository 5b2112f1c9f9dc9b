<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\ChangeAction;
use CloverSync\ProductChange;
use CloverSync\Shop\Links\LinkRow;

/** Reverses the delete action. */
final readonly class ProductRestore
{
    public function __construct(
        private ProductTables $tables,
    ) {
    }

    /**
     * Reverses the delete action for products that are back in Clover, unless the owner has since decided otherwise.
     *
     * @param array<string, ProductChange>        $changes
     * @param array<string, LinkRow> $links
     * @param array<string, int>                  $rows
     */
    public function apply(array $changes, array $links, array &$rows): void
    {
        $states = [];
        $back   = [];

        foreach ($changes as $id => $change) {
            if ($change->action !== ChangeAction::Restore) {
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

        $this->tables->articles->update($states);
        $rows[$first] += $this->tables->tags->mirror($states);

        // Joomla's article list removes it when it hides an article, and nothing else restores it.
        $disabled = array_map(
            static fn (array $row): int => (int) $row['id'],
            $this->tables->bulk->fetch(
                'SELECT j2commerce_product_id AS id FROM #__j2commerce_products WHERE enabled <> 1 AND '
                . 'j2commerce_product_id IN (%s)',
                array_keys($back),
            ),
        );
        $rows[$first] += $this->tables->bulk->update(
            '#__j2commerce_products',
            'j2commerce_product_id',
            array_fill_keys($disabled, ['enabled' => 1]),
        );
    }
}
