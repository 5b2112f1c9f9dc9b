<?php

declare(strict_types=1);

namespace CloverSync\Shop;

\defined('_JEXEC') or die;

use CloverSync\Catalog;
use CloverSync\Ledger;
use CloverSync\Page;
use CloverSync\Shop\Exception\DefaultCategoryException;
use CloverSync\Shop\Sales\Committed;

/** Brings the shop's rows of items and groups to what Clover has just said of them, inside the caller's transaction. */
final readonly class CatalogWriter
{
    public ProductFacts $facts;

    private ProductWriter $writer;

    private Deletion $deletion;

    /**
     * @param array<string, mixed> $settings As {@see \CloverSync\Settings::toArray()} gives them
     *
     * @throws DefaultCategoryException while there is no category for products that Clover keeps in none
     */
    public function __construct(private Sql $sql, private Mappings $mappings, State $state, Ledger $rules, array $settings, private Clock $clock)
    {
        self::requireDefaultCategory($sql, (int) $settings['default_category']);
        $config         = ShopConfig::read($sql);
        $this->facts    = new ProductFacts($sql, $mappings, Committed::create($sql, $mappings, $state, $rules, $settings, $clock));
        $this->writer   = new ProductWriter($sql, $config, $settings, $mappings, $clock);
        $this->deletion = new Deletion($sql, $config, (string) $settings['delete_action'], $mappings, $clock);
    }

    /**
     * Items without group; those of groups are left to {@see groups()}.
     *
     * @param int $run   The run that has met them
     * @param int $asked When Clover was asked for the page, as {@see DatabaseClock} has it
     */
    public function singles(Page $page, int $run, int $asked): Written
    {
        $ids     = $page->itemIds();
        $singles = array_values(array_diff($ids, array_column($page->members(), 'item_id')));
        $changes = $page->changes($this->facts->ofItems($singles, $asked));
        $written = $this->writer->apply($changes, $run);
        $errors  = $this->noteErrors($page->errors(), $run, $written);
        $settled = array_merge($errors, ProductWriter::cloverIds($changes));
        $this->mappings->markSeen(array_values(array_diff($ids, $settled)), $run, UtcTime::sql($this->clock->now()));
        $written->itemsRead = \count($ids);
        $written->unchanged += \count(array_diff($singles, $settled));

        return $written;
    }

    /**
     * @param list<string>                                                                $groups
     * @param list<array{group_id: string, item_id: string, payload: string, asked: int}> $members All that Clover has in them
     */
    public function groups(array $groups, array $members, Catalog $catalog, int $run): Written
    {
        $found   = (new Groups($catalog, new SkuClashes($this->sql, $this->mappings)))
            ->changes($members, $this->facts->ofGroups($groups, array_map(intval(...), array_column($members, 'asked', 'item_id'))));
        $written = $this->writer->apply($found['changes'], $run);
        $this->noteErrors($found['errors'], $run, $written);
        $this->mappings->markSeen($groups, $run, UtcTime::sql($this->clock->now()));
        $written->unchanged += $found['unchanged'];

        return $written;
    }

    /**
     * The catalogue reads the names of groups with its first group, and no request may be made inside a transaction.
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
     * @param list<string> $cloverIds Items that Clover itself has called deleted
     * @param list<string> $living    Groups in which Clover lists items now
     */
    public function delete(array $cloverIds, array $living): Written
    {
        return $this->deletion->apply($cloverIds, $living);
    }

    /** Whether products can be put there. */
    public static function isCategory(Sql $sql, int $id): bool
    {
        return $id !== 0 && $sql->fetchValue("SELECT id FROM #__categories WHERE id = ? AND extension = 'com_content' AND published IN (0, 1)", [$id]) !== null;
    }

    private static function requireDefaultCategory(Sql $sql, int $id): void
    {
        if ($id === 0) {
            throw new DefaultCategoryException('No Default Category is set: choose the category for products that Clover keeps in none.');
        }

        if (!self::isCategory($sql, $id)) {
            throw new DefaultCategoryException('The Default Category does not exist any more: choose another one.');
        }
    }

    /**
     * @param list<array{item_id: ?string, path: string, message: string}> $errors
     *
     * @return list<string> Ids of the items concerned
     */
    private function noteErrors(array $errors, int $run, Written $written): array
    {
        $byId = [];

        foreach ($errors as $error) {
            $written->failed++;
            $id      = $error['item_id'] ?? '';
            $message = trim($error['path'] . ': ' . $error['message'], ': ');
            $written->log('import', 'item', $id, 'error', $message);

            if ($id !== '') {
                $byId[$id] = isset($byId[$id]) ? $byId[$id] . '; ' . $message : $message;
            }
        }

        $this->mappings->markErrors($byId, 'item', $run);

        return array_map(strval(...), array_keys($byId));
    }
}
