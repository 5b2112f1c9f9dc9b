<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\ChangeAction;
use CloverSync\Problem;
use CloverSync\ProductChange;
use CloverSync\Shop\Links\SkuConflicts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Text;

/** Maps whole item groups to products, without new variants whose SKU another product of the shop has. */
final readonly class GroupMapper
{
    public function __construct(
        private Catalog $catalog,
        private SkuConflicts $clashes,
    ) {
    }

    /**
     * The writer treats a new group like any new product. A new variant of a linked group cannot be adopted: the
     * product that has its SKU is a different one. It waits until one of the two SKUs is changed.
     *
     * @param list<array{group_id: string, item_id: string, payload: string, ...}> $members
     * @param list<array<string, scalar|null>>                                 $known
     *
     * @return array{changes: list<ProductChange>, errors: list<array{item_id: ?string, path: string, problem:
     *   Problem|Message}>, unchanged: int, taxes: list<array{clover_id: string, tax: string, profile: ?int}>}
     */
    public function changes(array $members, array $known): array
    {
        $found = $this->catalog->groups($members, $known);
        $held  = $this->held($found->changes);

        if ($held === []) {
            return [
                'changes'   => $found->changes,
                'errors'    => $found->errors,
                'unchanged' => $found->unchanged,
                'taxes'     => $found->taxes,
            ];
        }

        // Mapped again without them, so that options and price range match the remaining variants.
        $rest = array_values(array_filter(
            $members,
            static fn (array $member): bool => !isset($held[$member['item_id']]),
        ));
        $found = $this->catalog->groups($rest, $known);

        return [
            'changes'   => $found->changes,
            'errors'    => [...$found->errors, ...array_values($held)],
            'unchanged' => $found->unchanged,
            'taxes'     => $found->taxes,
        ];
    }

    /**
     * @param list<ProductChange> $changes
     *
     * @return array<string, array{item_id: string, path: string, problem: Message}>
     */
    private function held(array $changes): array
    {
        $skus = [];

        foreach ($changes as $change) {
            foreach ($change->action === ChangeAction::Create ? [] : $change->variants as $variant) {
                $sku = $variant['sku'] ?? '';

                if ($variant['action'] === ChangeAction::Create) {
                    $skus[$variant['clover_id']] = $sku;
                }
            }
        }

        $keys  = Text::skus(array_values($skus));
        $taken = $this->clashes->unlinked(SkuConflicts::distinct($keys));
        $held  = [];

        foreach ($taken === [] ? [] : $skus as $id => $sku) {
            if (isset($taken[$keys[$sku]])) {
                $held[$id] = [
                    'item_id' => (string) $id,
                    'path'    => 'sku',
                    'problem' => new Message(MessageCode::VariantSkuTaken, [
                        'product' => $taken[$keys[$sku]][0]->title,
                        'sku'     => $sku,
                    ]),
                ];
            }
        }

        return $held;
    }
}
