<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\DeleteAction;
use CloverSync\Shop\Catalog\J2Commerce\Options;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\J2Commerce\Variants;
use CloverSync\Shop\Catalog\Joomla\Articles;
use CloverSync\Shop\Catalog\Joomla\Tags;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\LinkRow;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;

/**
 * Applies the delete action to products whose item Clover has deleted, or the settings leave out. No row of a product
 * is erased.
 */
final readonly class DeleteHandler
{
    private Articles $articles;

    private Variants $variants;

    private Options $options;

    private Tags $tags;

    public function __construct(
        Sql $sql,
        ShopConfig $config,
        private DeleteAction $action,
        private Links $links,
        Clock $clock,
    ) {
        $this->articles = new Articles($sql, $config, $clock);
        $this->variants = new Variants($sql, $config, $clock);
        $this->options  = new Options($sql, $config, $clock);
        $this->tags     = new Tags($sql, $config, $clock);
    }

    /**
     * A deleted item of a group is no longer offered as a variant, whatever happens to the others. When it was the
     * group's last item, the group's product is treated like that of a single item.
     *
     * @param list<string> $cloverIds Items that Clover itself reports as deleted
     * @param list<string> $living    Groups in which Clover lists items now
     */
    public function apply(array $cloverIds, array $living): WriteReport
    {
        return $this->withdraw($this->linked($cloverIds), [], $living);
    }

    /**
     * Treats items that the settings leave out like deleted ones. Those that have no product, or whose product is
     * deleted or left out already, are logged with the reason.
     *
     * @param list<LeftOutItem> $items
     * @param list<string>      $living As in {@see apply()}
     */
    public function leaveOut(array $items, array $living): WriteReport
    {
        $reasons = array_column($items, 'reason', 'cloverId');
        $links   = $this->linked(array_column($items, 'cloverId'));
        $this->links->explain($reasons);
        $written = $this->withdraw($links, $reasons, $living);

        foreach ($items as $item) {
            if (!isset($links[$item->cloverId])) {
                $written->log('import', 'item', $item->cloverId, 'skipped', new Message(MessageCode::ItemLeftOut, [
                    'name'   => $item->name,
                    'reason' => $item->reason,
                ]));
            }
        }

        return $written;
    }

    /**
     * @param list<string> $cloverIds
     *
     * @return array<string, LinkRow> Those to which the delete action applies, by Clover id
     */
    private function linked(array $cloverIds): array
    {
        return array_filter(
            $this->links->byCloverId($cloverIds),
            static fn (LinkRow $l): bool => !$l->state->isGone() && $l->productId !== null,
        );
    }

    /**
     * @param array<string, LinkRow> $links
     * @param array<string, Message> $reasons Why items are left out, by Clover id; the others are deleted in Clover
     * @param list<string>           $living
     */
    private function withdraw(array $links, array $reasons, array $living): WriteReport
    {
        $written = new WriteReport();
        $members = array_filter($links, static fn (LinkRow $l): bool => $l->parentId !== null);
        $this->links->update(array_map(static fn (LinkRow $l): array => self::gone(
            $reasons[$l->cloverId] ?? null,
            null,
        ), $links));
        $groups = [];

        foreach ($members as $link) {
            $groups[(string) $link->parentId][] = $reasons[$link->cloverId] ?? null;
        }

        $ids     = array_map(strval(...), array_keys($groups));
        $emptied = $this->links->emptied(array_values(array_diff($ids, $living)), 0);
        $this->deleteProducts(array_diff_key($links, $members), $reasons, false, $written);
        $this->deleteProducts(
            $this->links->byCloverId($emptied),
            array_filter(array_map(self::common(...), $groups)),
            false,
            $written,
        );
        $this->deleteVariants($members, $reasons, $emptied, $written);

        return $written;
    }

    /**
     * @param non-empty-list<?Message> $reasons Of the members of a group
     *
     * @return ?Message Null when they are deleted in Clover
     */
    private static function common(array $reasons): ?Message
    {
        $different = [];

        foreach (array_filter($reasons) as $reason) {
            $different[$reason->json()] = $reason;
        }

        return $different === [] ? null : Message::together(array_values($different));
    }

    /** @return array<string, int|string|null> Columns of the link of a product that is deleted or left out */
    private static function gone(?Message $reason, ?int $stateBefore): array
    {
        return [
            'state'               => ($reason === null ? LinkState::Deleted : LinkState::LeftOut)->value,
            'error'               => $reason?->json(),
            'state_before_delete' => $stateBefore,
        ];
    }

    /** What is said of a product that is left out, with what the delete action does to its article. */
    public static function leftOut(LinkRow $link, Message $reason, DeleteAction $action): Message
    {
        $now    = $link->article?->state;
        $target = $now === null ? null : self::target($action, $now);

        return new Message(MessageCode::ProductLeftOut, [
            'name'    => $link->name,
            'reason'  => $reason,
            'outcome' => self::outcome($action, $target),
        ]);
    }

    /**
     * Handles products of groups that have no items in Clover any more, though none of them was deleted.
     *
     * @param list<string> $groups
     */
    public function emptied(array $groups): WriteReport
    {
        $written = new WriteReport();
        $this->deleteProducts($this->links->byCloverId($groups), [], true, $written);

        return $written;
    }

    /**
     * Variants offered on the storefront that are no longer part of their group: those that were deleted in Clover and
     * stayed on sale in shops of earlier versions, and those whose item has left the group.
     *
     * @param list<array<string, scalar|null>>                    $known   Facts of the groups and of their members
     * @param list<array{item_id: string, group_id: string, ...}> $members What Clover lists in the groups
     *
     * @return list<array<string, scalar|null>> Rows of $known
     */
    public function strangers(array $known, array $members): array
    {
        $groupOf   = array_column($members, 'group_id', 'item_id');
        $strangers = [];

        foreach ($known as $row) {
            if ((int) $row['offered'] === 0 || $row['parent_id'] === null || $row['place'] !== $row['parent_id']) {
                continue;
            }

            // When an item could not be read, its group is unknown: it stays.
            $left =
                (string) $row['state'] !== LinkState::Error->value
                && ($groupOf[(string) $row['clover_id']] ?? '') !== $row['parent_id'];

            if ($row['deleted'] ? $this->action !== DeleteAction::Ignore : $left) {
                $strangers[] = $row;
            }
        }

        return $strangers;
    }

    /**
     * Withdraws variants from the storefront.
     *
     * @param list<array<string, scalar|null>> $strangers From {@see strangers()}
     */
    public function detach(array $strangers): WriteReport
    {
        $written  = new WriteReport();
        $variants = [];
        $deleted  = [];

        foreach ($strangers as $row) {
            $variants[] = (int) $row['variant_id'];

            if ((bool) $row['deleted']) {
                $deleted[] = (int) $row['variant_id'];
            }
        }

        $written->productRows =
            $this->options->detach($variants)
            + $this->variants->close($deleted)
            + $this->variants->settle(array_values(array_unique(array_map(
                intval(...),
                array_column($strangers, 'product_id'),
            ))));

        return $written;
    }

    /**
     * Handles single products whose item is now a variant of its group's product: nothing in them can be bought.
     *
     * @param list<int> $products
     */
    public function abandon(array $products): WriteReport
    {
        $written  = new WriteReport();
        $articles = $this->links->unlinkedArticles($products);
        $states   = [];

        foreach ($articles as $id => ['title' => $title, 'state' => $now]) {
            $target = self::target($this->action, $now);
            $states += $target === null ? [] : [$id => ['state' => $target]];
            $written->log(
                'delete',
                'item',
                '',
                $this->action === DeleteAction::Ignore ? 'skipped' : 'success',
                new Message(MessageCode::SoldAsVariant, [
                    'name'    => $title,
                    'outcome' => self::outcome($this->action, $target),
                ]),
            );
        }

        $written->productRows += $this->articles->update($states) + $this->tags->mirror($states);

        return $written;
    }

    /**
     * @param array<string, LinkRow> $links
     * @param array<string, Message> $reasons As in {@see withdraw()}
     * @param bool                   $emptied Whether they are groups that still exist, without items
     */
    private function deleteProducts(array $links, array $reasons, bool $emptied, WriteReport $written): void
    {
        $states  = [];
        $updates = [];

        foreach ($links as $id => $link) {
            $now          = $link->article?->state;
            $target       = $now === null ? null : self::target($this->action, $now);
            $reason       = $reasons[$id] ?? null;
            $updates[$id] = self::gone($reason, $target === null ? null : $now);

            if ($target !== null) {
                $states[(int) $link->articleId] = ['state' => $target];
            }

            $written->deleted++;
            $written->log(
                'delete',
                $link->kind,
                (string) $id,
                $this->action === DeleteAction::Ignore ? 'skipped' : 'success',
                $reason === null ? new Message($emptied ? MessageCode::GroupEmptied : MessageCode::ProductDeleted, [
                        'name'    => $link->name,
                        'outcome' => self::outcome($this->action, $target),
                    ]) : self::leftOut($link, $reason, $this->action),
            );
        }

        $this->links->update($updates);
        $written->productRows += $this->articles->update($states) + $this->tags->mirror($states);
    }

    /** The new state of an article; null when it keeps its own. */
    private static function target(DeleteAction $action, int $now): ?int
    {
        return match (true) {
            $action === DeleteAction::Unpublish && $now > 0 => 0,
            $action === DeleteAction::Trash && $now !== -2 => -2,
            default => null,
        };
    }

    private static function outcome(DeleteAction $action, ?int $target): Message
    {
        return match (true) {
            $action === DeleteAction::Ignore => new Message(MessageCode::DeleteLeft),
            $target === null => new Message(MessageCode::DeleteWasUnpublished),
            $target === 0 => new Message(MessageCode::DeleteUnpublished),
            default => new Message(MessageCode::DeleteTrashed),
        };
    }

    /**
     * @param array<string, LinkRow> $links
     * @param array<string, Message> $reasons As in {@see withdraw()}
     * @param list<string>           $emptied Groups whose product was treated, and counted, as a whole
     */
    private function deleteVariants(array $links, array $reasons, array $emptied, WriteReport $written): void
    {
        foreach ($links as $id => $link) {
            if (\in_array($link->parentId, $emptied, true)) {
                continue;
            }

            $written->deleted++;
            $written->log(
                'delete',
                'item',
                (string) $id,
                $this->action === DeleteAction::Ignore ? 'skipped' : 'success',
                self::variant($link, $reasons[$id] ?? null, $this->action),
            );
        }

        $ids = array_values(array_map(static fn (LinkRow $l): int => (int) $l->variantId, $links));

        if ($this->action !== DeleteAction::Ignore && $ids !== []) {
            $written->productRows +=
                $this->options->detach($ids)
                + $this->variants->close($ids)
                + $this->variants->settle(array_values(array_unique(array_map(
                    static fn (LinkRow $l): int => (int) $l->productId,
                    $links,
                ))));
        }
    }

    /** What is said of a variant that is deleted or left out. */
    public static function variant(LinkRow $link, ?Message $reason, DeleteAction $action): Message
    {
        $stays = $action === DeleteAction::Ignore;

        return $reason === null ? new Message($stays ? MessageCode::VariantLeft : MessageCode::VariantDeleted, [
                'name' => $link->name,
            ]) : new Message($stays ? MessageCode::VariantLeftOutStays : MessageCode::VariantLeftOut, [
                'name'   => $link->name,
                'reason' => $reason,
            ]);
    }
}
