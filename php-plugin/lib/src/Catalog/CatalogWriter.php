<?php

declare(strict_types=1);

namespace CloverSync\Shop\Catalog;

\defined('_JEXEC') or die();

use CloverSync\Catalog;
use CloverSync\Ledger;
use CloverSync\Page;
use CloverSync\Problem;
use CloverSync\ProductChange;
use CloverSync\Settings;
use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Exception\RefusedException;
use CloverSync\Shop\Links\CommittedUnits;
use CloverSync\Shop\Links\CountTimes;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Links\SkuConflicts;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\Decimal;
use CloverSync\Shop\Support\UtcTime;

/** Updates the shop's rows of items and groups to match a page from Clover, inside the caller's transaction. */
final readonly class CatalogWriter
{
    public KnownProducts $facts;

    private ProductWriter $writer;

    private DeleteHandler $deletion;

    private Ledger $rules;

    private ProductTaxes $taxes;

    /**
     * @throws DefaultCategoryException when products without a category in Clover have no category in the shop
     */
    public function __construct(
        private Sql $sql,
        private Links $links,
        CommittedUnits $committed,
        Settings $settings,
        private Clock $clock,
    ) {
        self::requireDefaultCategory($sql, $settings->defaultCategory);
        $config         = ShopConfig::read($sql);
        $this->rules    = new Ledger($settings);
        $this->facts    = new KnownProducts($sql, $links, $committed, $settings->taxMapping !== []);
        $this->taxes    = new ProductTaxes($sql, $links);
        $this->deletion = new DeleteHandler($sql, $config, $settings->deleteAction, $links, $clock);
        $this->writer   = new ProductWriter($sql, $config, $settings, $links, $this->deletion, $clock);
    }

    /**
     * Writes items without a group; {@see groups()} writes those of groups.
     *
     * @param int $run   The run that read them
     * @param int $asked When the page was requested, by {@see DatabaseClock}
     */
    public function singles(Page $page, int $run, int $asked): WriteReport
    {
        $ids     = array_values(array_diff($page->itemIds(), array_column($page->leftOut(), 'item_id')));
        $singles = array_values(array_diff($ids, array_column($page->members(), 'item_id')));
        $known   = $this->facts->ofItems($singles, $asked);
        $newer   = KnownProducts::newer($known, $asked);
        $changes = array_values(array_filter(
            $page->changes($known),
            static fn (ProductChange $change): bool => !isset($newer[$change->cloverId]),
        ));
        $written = $this->write($changes, $run, new CountTimes($asked));
        $errors  = $this->noteErrors($page->errors(), $run, $written);
        $settled = array_merge($errors, ProductWriter::cloverIds($changes));
        $this->links->markSeen(array_values(array_diff($ids, $settled)), $run, UtcTime::sql($this->clock->now()));
        $this->remember($known, [...$settled, ...array_keys($newer)], new CountTimes($asked));
        $this->taxes->remember(array_values(array_filter(
            $page->taxes(),
            static fn (array $tax): bool => !isset($newer[$tax['clover_id']]),
        )));
        $written->itemsRead = \count($page->itemIds());
        $written->unchanged += \count(array_diff($singles, $settled));

        return $written;
    }

    /**
     * Items that the settings leave out and whose products are still there, unless the shop has newer data of them. The
     * reason of the others is stored where they are linked.
     *
     * @param list<LeftOutItem> $items
     * @param int               $asked When their page was requested, by {@see DatabaseClock}
     *
     * @return list<LeftOutItem>
     */
    public function leaving(array $items, int $asked): array
    {
        $this->links->explain(array_column($items, 'reason', 'cloverId'));
        $live = $this->facts->live(array_column($items, 'cloverId'), $asked);

        return array_values(array_filter($items, static fn (LeftOutItem $item): bool => isset($live[$item->cloverId])));
    }

    /**
     * @param list<string>                                                                $groups
     * @param list<array{group_id: string, item_id: string, payload: string, asked: int}> $members All their items in
     *   Clover
     */
    public function groups(array $groups, array $members, Catalog $catalog, int $run): WriteReport
    {
        $times   = array_map(intval(...), array_column($members, 'asked', 'item_id'));
        $known   = $this->facts->ofGroups($groups, $times);
        $mapper  = new GroupMapper($catalog, new SkuConflicts($this->sql, $this->links));
        $found   = $mapper->changes($members, $known);
        $refused = [];
        $written = $this->halving($this->deletion->strangers($known, $members), $this->deletion->detach(...), fn (
            array $row,
            Message $reason,
        ): WriteReport => $this->refused(
            'delete',
            'item',
            (string) $row['clover_id'],
            new Message(MessageCode::RefusedVariant, ['reason' => $reason]),
            $run,
        ));
        $written->add($this->write($found['changes'], $run, new CountTimes($times), $refused));
        $errors  = $this->noteErrors($found['errors'], $run, $written);
        $changed = array_column($found['changes'], 'cloverId');
        $this->remember(
            array_values(array_filter(
                $known,
                static fn (array $row): bool => !\in_array($row['place'], $changed, true),
            )),
            $errors,
            new CountTimes($times),
        );
        $this->taxes->remember($found['taxes']);
        $written->add($this->writer->makeChoosable(
            array_map(
                intval(...),
                array_filter(array_intersect_key(array_column($known, 'product_id', 'clover_id'), array_flip($groups))),
            ),
            array_map(static fn (ProductChange $change): string => $change->cloverId, $found['changes']),
        ));
        $this->links->markSeen(array_values(array_diff($groups, $refused)), $run, UtcTime::sql($this->clock->now()));
        $written->unchanged += $found['unchanged'];

        return $written;
    }

    /**
     * Stores what Clover has of items in which the shop does not differ, where that is not known yet.
     *
     * @param list<array<string, scalar|null>> $known
     * @param list<string>                     $except Clover ids
     */
    private function remember(array $known, array $except, CountTimes $asked): void
    {
        $rows   = [];
        $kept   = [];
        $except = array_fill_keys($except, true);

        foreach ($known as $row) {
            $id   = (string) $row['clover_id'];
            $time = $asked->of($id);

            if ($time === null || $row['variant_id'] === null || $row['deleted'] || isset($except[$id])) {
                continue;
            }

            $own              = $row['reserve'] === null ? null : (int) $row['reserve'];
            $kept[$own ?? ''] ??= $this->rules->reserve($own);
            // Clover's count still includes what the shop has sold and Clover has not, and what is kept for the till.
            $count = (int) $row['manage_stock'] === 1
                ? (int) $row['quantity'] + (int) $row['committed'] + $kept[$own ?? '']
                : null;

            if (
                $row['clover_asked'] === null
                || !Decimal::equals((string) $row['clover_price'], (string) $row['price'])
                || !$this->isCount($row, $count, $own)
            ) {
                $rows[$id] = ['clover_price' => $row['price'], 'clover_count' => $count, 'clover_asked' => $time];
            }
        }

        $this->links->update($rows);
    }

    /**
     * Whether the stored count leaves as many units to sell.
     *
     * @param array<string, scalar|null> $row
     * @param ?int                       $own The product's own reserve
     */
    private function isCount(array $row, ?int $count, ?int $own): bool
    {
        $stored = $row['clover_count'];

        if ($stored === null || $count === null) {
            return $stored === null && $count === null;
        }

        return (
            Decimal::equals((string) $stored, (string) $count)
            || $this->rules->sellable((string) $stored, (int) $row['committed'], $own) === (int) $row['quantity']
        );
    }

    /**
     * The catalog fetches the names of all groups with its first group, and no request may run inside a transaction.
     *
     * @param list<array{group_id: string, item_id: string, payload: string, ...}> $members
     */
    public static function readGroupNames(Catalog $catalog, array $members): void
    {
        if ($members !== []) {
            $catalog->groups([$members[0]], []);
        }
    }

    /**
     * @param list<string> $cloverIds Items that Clover itself reports as deleted
     * @param list<string> $living    Groups in which Clover lists items now
     * @param int          $run       The run that asked
     */
    public function delete(array $cloverIds, array $living, int $run): WriteReport
    {
        return $this->halving(
            $cloverIds,
            fn (array $ids): WriteReport => $this->deletion->apply($ids, $living),
            fn (string $id, Message $reason): WriteReport => $this->refused(
                'delete',
                'item',
                $id,
                new Message(MessageCode::RefusedDeletion, ['reason' => $reason]),
                $run,
            ),
        );
    }

    /**
     * Applies the delete action to the products of items that the settings leave out.
     *
     * @param list<LeftOutItem> $items
     * @param list<string>      $living As in {@see delete()}
     * @param int               $run    The run that read them
     */
    public function leaveOut(array $items, array $living, int $run): WriteReport
    {
        return $this->halving(
            $items,
            fn (array $some): WriteReport => $this->deletion->leaveOut($some, $living),
            fn (LeftOutItem $item, Message $reason): WriteReport => $this->refused(
                'delete',
                'item',
                $item->cloverId,
                new Message(MessageCode::RefusedDeletion, ['reason' => $reason]),
                $run,
            ),
        );
    }

    /**
     * Marks products whose rows the database refuses as errors; the others are written.
     *
     * @param list<ProductChange> $changes
     * @param list<string>        $refused Receives the Clover ids of those products
     */
    private function write(array $changes, int $run, CountTimes $asked, array &$refused = []): WriteReport
    {
        $apply =
            /** @param list<ProductChange> $some */
            fn (array $some): WriteReport => $this->writer->apply($some, $run, $asked);

        return $this->halving($changes, $apply, function (ProductChange $change, Message $reason) use (
            $run,
            &$refused,
        ): WriteReport {
            $refused[] = $change->cloverId;

            return $this->refused(
                'import',
                $change->kind->value,
                $change->cloverId,
                new Message(MessageCode::RefusedProduct, ['name' => $change->title, 'reason' => $reason]),
                $run,
            );
        });
    }

    /**
     * Processes many at once. When the database refuses, each half is retried separately, down to the one that is
     * refused.
     *
     * @template T
     *
     * @param list<T>                      $all
     * @param \Closure(list<T>): WriteReport   $work
     * @param \Closure(T, Message): WriteReport $refused
     */
    private function halving(array $all, \Closure $work, \Closure $refused): WriteReport
    {
        if ($all === []) {
            return new WriteReport();
        }

        try {
            return $this->sql->savepoint(static fn (): WriteReport => $work($all));
        } catch (RefusedException $e) {
            if (\count($all) === 1) {
                return $refused($all[0], $e->description());
            }
        }

        $half    = intdiv(\count($all), 2);
        $written = $this->halving(\array_slice($all, 0, $half), $work, $refused);
        $written->add($this->halving(\array_slice($all, $half), $work, $refused));

        return $written;
    }

    private function refused(string $action, string $type, string $id, Message $message, int $run): WriteReport
    {
        $written = new WriteReport();
        $written->failed++;
        $written->log($action, $type, $id, 'error', $message);
        $this->links->markErrors([$id => $message], $type, $run);

        return $written;
    }

    /**
     * Handles products of groups whose items have all moved to other products or become products of their own.
     *
     * @param ?list<string> $groups Only these; null = those that the run has not seen
     */
    public function emptied(?array $groups, int $run): WriteReport
    {
        return $this->halving($this->links->emptied($groups, $run), $this->deletion->emptied(...), fn (
            string $id,
            Message $reason,
        ): WriteReport => $this->refused(
            'delete',
            'group',
            $id,
            new Message(MessageCode::RefusedGroup, ['reason' => $reason]),
            $run,
        ));
    }

    /** Whether the default category can take products. */
    public static function isCategory(Sql $sql, int $id): bool
    {
        return (
            $id !== 0
            && $sql->fetchValue(
                "SELECT id FROM #__categories
                  WHERE id = ? AND extension = 'com_content' AND published IN (0, 1)",
                [$id],
            ) !== null
        );
    }

    private static function requireDefaultCategory(Sql $sql, int $id): void
    {
        if ($id === 0) {
            throw new DefaultCategoryException(new Message(MessageCode::DefaultCategoryNone));
        }

        if (!self::isCategory($sql, $id)) {
            throw new DefaultCategoryException(new Message(MessageCode::DefaultCategoryGone));
        }
    }

    /**
     * @param list<array{item_id: ?string, path: string, problem: Problem|Message}> $errors
     *
     * @return list<string> Ids of the affected items
     */
    private function noteErrors(array $errors, int $run, WriteReport $written): array
    {
        $byId = [];

        foreach ($errors as $error) {
            $written->failed++;
            $id      = $error['item_id'] ?? '';
            $problem = $error['problem'];
            $message = $problem instanceof Message ? $problem : Message::ofProblem($problem);
            $written->log('import', 'item', $id, 'error', $message);

            if ($id !== '') {
                $byId[$id][] = $message;
            }
        }

        $this->links->markErrors(array_map(Message::together(...), $byId), 'item', $run);

        return array_map(strval(...), array_keys($byId));
    }
}
