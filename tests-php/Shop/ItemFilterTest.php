<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Status\ProductStatus;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The owner's choice of the items that the shop imports. */
final class ItemFilterTest extends SyncTestCase
{
    private const TIMES = ['modified', 'modified_on', 'modified_by', 'core_modified_time'];

    private const PUBLISHED = ['import_status' => 'published'];

    /**
     * @return iterable<string, array{array<string, mixed>, \Closure(list<string>, list<string>, bool, string): bool}>
     *   Whether an item is chosen, by its categories, tags, hidden and SKU
     */
    public static function choices(): iterable
    {
        yield 'only two categories' => [
            ['import_categories' => ['mode' => 'only', 'names' => [' hot drinks', 'DÉSSERTS']]],
            static fn (array $categories): bool => array_intersect(['Hot Drinks', 'Desserts'], $categories) !== [],
        ];
        yield 'all but a category' => [
            ['import_categories' => ['mode' => 'except', 'names' => "Shop\r\n\r\nNothing has this name"]],
            static fn (array $categories): bool => !\in_array('Shop', $categories, true),
        ];
        yield 'only a tag' => [
            ['import_tags' => ['mode' => 'only', 'names' => ['local']]],
            static fn (array $categories, array $tags): bool => \in_array('Local', $tags, true),
        ];
        yield 'a category without a tag' => [
            [
                'import_categories' => ['mode' => 'only', 'names' => ['Shop']],
                'import_tags'       => ['mode' => 'except', 'names' => ['Bestseller']],
            ],
            static fn (array $categories, array $tags): bool => (
                \in_array('Shop', $categories, true) && !\in_array('Bestseller', $tags, true)
            ),
        ];
        yield 'no hidden items' => [
            ['import_hidden' => 'skip'],
            static fn (array $categories, array $tags, bool $hidden): bool => !$hidden,
        ];
        yield 'only items that are revenue' => [
            ['import_non_revenue' => 'skip'],
            static fn (array $categories, array $tags, bool $hidden, string $sku): bool => $sku !== 'BOOK-1',
        ];
        yield 'no items for adults' => [
            ['import_age_restricted' => 'skip'],
            static fn (array $categories, array $tags, bool $hidden, string $sku): bool => $sku !== 'TOWEL',
        ];
    }

    /**
     * @param array<string, mixed>                                     $settings
     * @param \Closure(list<string>, list<string>, bool, string): bool $isChosen
     */
    #[DataProvider('choices')]
    #[TestDox('The shop has the chosen items and no others, whether they are chosen at first or later: $_dataName')]
    public function test_choices(array $settings, \Closure $isChosen): void
    {
        $this->clover->edit($this->itemBySku('BOOK-1')['id'], ['isRevenue' => false]);
        $this->clover->edit($this->itemBySku('TOWEL')['id'], ['__raw' => ['isAgeRestricted' => true]]);
        $items  = $this->clover->items();
        $chosen = array_column(array_filter($items, static fn (array $item): bool => $isChosen(
            array_column($item['categories']['elements'], 'name'),
            array_column($item['tags']['elements'], 'name'),
            $item['hidden'],
            $item['sku'] ?? '',
        )), 'id');
        self::assertNotSame([], array_diff(array_column($items, 'id'), $chosen));
        $this->connect();
        $counts = $this->preview($settings)['counts'];
        $this->sync($settings);

        self::assertEqualsCanonicalizing($chosen, $this->live());
        self::assertSame([\count($items) - \count($chosen), 0], [$counts['left_out'], $counts['deletes']]);
        self::assertSame(0, $this->sync($settings)->productRows);

        // The other way: all first, then the choice.
        $this->sync();
        self::assertEqualsCanonicalizing(array_column($items, 'id'), $this->live());
        $preview = $this->preview($settings)['counts'];
        $result  = $this->sync($settings);
        self::assertSame(RunStatus::Done, $result->status);
        // A group whose items two steps handle counts with the variants of the first.
        self::assertLessThanOrEqual($result->deleted, $preview['deletes']);
        self::assertEqualsCanonicalizing($chosen, $this->live());
        self::assertSame([0, 0], [$this->sync($settings)->productRows, $this->preview($settings)['counts']['deletes']]);
    }

    /** @return iterable<string, array{string, int, string}> */
    public static function actions(): iterable
    {
        yield 'unpublish' => ['unpublish', 0, 'unpublished'];
        yield 'trash' => ['trash', -2, 'moved to the trash'];
        yield 'ignore' => ['ignore', 1, 'left unchanged (Delete Action: Ignore)'];
    }

    #[DataProvider('actions')]
    #[TestDox('What falls out follows the delete action without a request, and comes back as it was: $_dataName')]
    public function test_out_and_back(string $action, int $state, string $outcome): void
    {
        $settings = ['delete_action' => $action] + self::PUBLISHED;
        $filtered = ['import_categories' => ['mode' => 'except', 'names' => ['mains']]] + $settings;
        $this->connectedAndSynced($settings);
        $before = $this->shopRows(self::TIMES);
        $mark   = $this->clover->mark();
        $this->sync($settings);
        $calls  = $this->clover->calls($mark);
        $id     = $this->clover->named('House Burger')[0]['id'];
        $text   = "“House Burger” is left out by the settings (its category “Mains” is excepted): $outcome";
        $change = $this->preview($filtered)['changes'][$id];
        self::assertSame(['left_out', $text, $action === 'ignore' ? [] : ['state']], [
            $change['action'],
            English::of($change['problem']),
            $change['fields'],
        ]);
        self::assertSame($before, $this->shopRows(self::TIMES), 'A preview writes nothing.');
        $mark = $this->clover->mark();
        $this->sync($filtered);
        self::assertSame($calls, $this->clover->calls($mark));

        $product = $this->product($id);
        self::assertSame([$state, 'left_out', 1], [
            (int) $product['state'],
            $product['link_state'],
            (int) $product['availability'],
        ]);
        $now  = $this->shop($filtered)->dashboard()->read();
        $left = $this->sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'left_out'");
        self::assertSame([0, (int) $left], [$now->deleted, $now->leftOut]);
        $list   = $this->shop()->linkList();
        $listed = $list->one($id);
        $status = ProductStatus::of($this->sql, $this->shop()->links(), (int) $product['product_id']);
        self::assertSame([LinkState::LeftOut, LinkState::LeftOut, 11], [
            $listed?->state,
            $status?->state,
            $list->count(['state' => LinkState::LeftOut->value]),
        ]);
        $reason = 'its category “Mains” is excepted';
        self::assertSame([$reason, $reason], [
            English::of($listed->problems[0]->message ?? Message::said('')),
            English::of($status->error ?? Message::said('')),
        ]);
        self::assertSame(
            ['action' => 'delete', 'status' => $action === 'ignore' ? 'skipped' : 'success', 'message' => $text],
            $this->logOf($id)[1],
        );
        self::assertSame(0, $this->sync($filtered)->productRows);

        $this->sync($settings);
        self::assertSame($before, $this->shopRows(self::TIMES));
        self::assertSame(['synced', null], [$this->product($id)['link_state'], $this->product($id)['error']]);
        $log = $this->logOf($id);

        if ($action !== 'ignore') {
            self::assertSame('“House Burger” is no longer left out, and restored', end($log)['message'] ?? null);
        }
    }

    #[TestDox('A change in Clover leaves an item out and brings it back; one that the owner publishes stays so')]
    public function test_changes_in_clover(): void
    {
        $settings = ['import_tags' => ['mode' => 'except', 'names' => ['Till']]] + self::PUBLISHED;
        $this->connectedAndSynced($settings);
        [$apron, $salt] = [$this->itemBySku('APRON')['id'], $this->itemBySku('SALT')['id']];

        foreach ([$apron, $salt] as $id) {
            $this->clover->edit($id, ['tags' => ['till']]);
        }

        $this->sync($settings);
        self::assertSame([0, 0], [(int) $this->product($apron)['state'], (int) $this->product($salt)['state']]);
        $this->sql->execute('UPDATE #__content SET state = 2 WHERE id = ?', [$this->product($salt)['article_id']]);

        foreach ([$apron, $salt] as $id) {
            $this->clover->edit($id, ['tags' => []]);
        }

        $this->sync($settings);
        self::assertSame([1, 2], [(int) $this->product($apron)['state'], (int) $this->product($salt)['state']]);
    }

    #[TestDox('The stored reason is the current one, also of an item that was deleted before')]
    public function test_reasons(): void
    {
        $category = ['import_categories' => ['mode' => 'except', 'names' => ['X']]];
        $tag      = ['import_tags' => ['mode' => 'except', 'names' => ['Y']]];
        $ids      = [];

        foreach (['Mat', 'Rug'] as $name) {
            $ids[] = $this->clover->add(['name' => $name, 'price' => 100, 'categories' => ['X'], 'tags' => ['Y']]);
        }

        $this->connectedAndSynced();
        $this->clover->remove($ids[1]);
        $this->sync($category);
        self::assertSame('deleted', $this->product($ids[1])['link_state']);
        $this->clover->restore($ids[1]);

        foreach ([
            'its category “X” is excepted' => $category,
            'its tag “Y” is excepted'      => $tag,
        ] as $reason => $settings) {
            self::assertSame(0, $this->sync($settings)->productRows);

            foreach ($ids as $id) {
                $product = $this->product($id);
                self::assertSame(['left_out', $reason], [$product['link_state'], English::column($product['error'])]);
            }
        }

        $this->sync();
        self::assertSame(['synced', 'synced'], [
            $this->product($ids[0])['link_state'],
            $this->product($ids[1])['link_state'],
        ]);
    }

    #[TestDox('Each item of a group is chosen by itself; without chosen items its product is left out')]
    public function test_groups(): void
    {
        $settings = ['import_categories' => ['mode' => 'except', 'names' => ['Till']]] + self::PUBLISHED;
        $this->connectedAndSynced($settings);
        $shirts = array_values(array_filter($this->clover->items(), static fn (array $item): bool => str_starts_with(
            $item['sku'] ?? '',
            'TS-',
        )));
        $ids   = array_column($shirts, 'id');
        $group = $shirts[0]['itemGroup']['id'] ?? '';
        $large = $this->itemBySku('TS-RE-L')['id'];
        $this->clover->edit($large, ['categories' => ['Shop', 'Till']]);
        $result = $this->sync($settings);
        $gone   = $this->product($large);

        self::assertSame([1, null, 0, 'left_out', 1], [
            $result->deleted,
            $gone['csv'],
            (int) $gone['availability'],
            $gone['link_state'],
            (int) $gone['state'],
        ]);
        self::assertStringContainsString('is left out by the settings', $this->logOf($large)[0]['message'] ?? '');
        self::assertSame(0, $this->sync($settings)->productRows);

        $this->clover->edit($large, ['categories' => ['Shop']]);
        $this->sync($settings);
        $back = $this->product($large);
        self::assertSame([$gone['variant_id'], 1, 'synced'], [
            $back['variant_id'],
            (int) $back['availability'],
            $back['link_state'],
        ]);
        self::assertNotNull($back['csv']);

        foreach ($ids as $id) {
            $this->clover->edit($id, ['categories' => ['Till']]);
        }

        $preview = $this->preview($settings);
        $result  = $this->sync($settings);
        self::assertSame([1, 1, \count($ids), 'left_out'], [
            $preview['counts']['deletes'],
            $result->deleted,
            $preview['counts']['left_out'],
            $preview['changes'][$group]['action'] ?? null,
        ]);
        $link = $this->firstRow('SELECT m.state AS link, c.state FROM #__j2commerce_clover_mappings m
            JOIN #__content c ON c.id = m.article_id WHERE m.clover_id = ?', [$group]);
        self::assertSame(['left_out', 0], [$link['link'], (int) $link['state']]);
        self::assertSame(0, $this->sync($settings)->productRows);

        $this->clover->edit($large, ['categories' => ['Shop']]);
        $this->sync($settings);
        self::assertSame([1, 'synced', 'left_out'], [
            (int) $this->product($large)['state'],
            $this->product($large)['link_state'],
            $this->product($ids[0] === $large ? $ids[1] : $ids[0])['link_state'],
        ]);
    }

    #[TestDox('If many items fall out without a change of the settings, the sync asks; the owner decides')]
    public function test_many_without_a_change(): void
    {
        $settings = ['import_categories' => ['mode' => 'only', 'names' => ['Shop']]] + self::PUBLISHED;
        $this->connectedAndSynced($settings);
        $singles = array_values(array_filter($this->clover->singles(), static fn (array $item): bool => \in_array(
            'Shop',
            array_column($item['categories']['elements'], 'name'),
            true,
        )));
        $moved = \array_slice($singles, 0, 14);

        foreach ($moved as $item) {
            $this->clover->edit($item['id'], ['categories' => ['Web shop']]);
        }

        $before = $this->shopRows();
        $linked = \count($this->live());
        $asked  = $this->sync($settings);
        self::assertSame(RunStatus::NeedsConfirmation, $asked->status);
        self::assertEquals(
            new Message(MessageCode::ManyLeftOut, ['left_out' => 14, 'linked' => $linked]),
            $asked->message,
        );
        self::assertSame($before, $this->shopRows());
        $run = $this->shop($settings)->dashboard()->read()->run;
        self::assertNotNull($run);
        self::assertSame(14, $run['gone']);
        self::assertEqualsCanonicalizing(array_column($moved, 'id'), array_column($run['vanished'], 'cloverId'));

        $kept = $this->shop($settings)->runner()->keepVanished($asked->id);
        self::assertSame([RunStatus::Done, 0], [$kept->status, $kept->deleted]);
        self::assertSame($before, $this->shopRows());
        self::assertSame(RunStatus::NeedsConfirmation, $this->sync($settings)->status);
        $done = $this->sync($settings, confirmDeletes: true);
        self::assertSame([RunStatus::Done, 14], [$done->status, $done->deleted]);

        // A change of the settings is the owner's own decision, however many items it leaves out.
        $settings['import_categories'] = ['mode' => 'only', 'names' => ['Web shop']];
        $done                          = $this->sync($settings);
        self::assertSame(RunStatus::Done, $done->status);
        self::assertEqualsCanonicalizing(array_column($moved, 'id'), $this->live());
    }

    #[TestDox('A change of the settings while a sync is interrupted counts as a change for the next one')]
    public function test_change_within_a_run(): void
    {
        $settings = ['import_categories' => ['mode' => 'except', 'names' => ['Shop']]];
        $this->connectedAndSynced();
        $all = \count($this->live());

        for ($slice = 0; $slice < 2; $slice++) {
            self::assertSame(RunStatus::Running, $this->sync(budget: new TimeBudget(0.0))->status);
        }

        self::assertSame(RunStatus::Done, $this->sync($settings)->status);
        self::assertCount($all, $this->live());
        self::assertSame(RunStatus::Done, $this->sync($settings)->status);
        self::assertLessThan($all - 13, \count($this->live()));
    }

    #[TestDox('Deleted and left-out items are counted and asked about separately')]
    public function test_both(): void
    {
        $settings = ['import_categories' => ['mode' => 'except', 'names' => ['Till']]];
        $this->connectedAndSynced($settings);
        $shelf = array_column($this->clover->shelf(), 'id');

        foreach (\array_slice($shelf, 0, 8) as $id) {
            $this->clover->remove($id);
        }

        foreach (\array_slice($shelf, 8, 8) as $id) {
            $this->clover->edit($id, ['categories' => ['Till']]);
        }

        $result = $this->sync($settings);
        self::assertSame([RunStatus::Done, 16], [$result->status, $result->deleted]);
        $gone = $this->texts("SELECT state FROM #__j2commerce_clover_mappings
            WHERE state IN ('deleted', 'left_out') ORDER BY state");
        self::assertSame(['deleted' => 8, 'left_out' => 8], array_count_values($gone));
    }

    #[TestDox('A look at a single item, as after a webhook event, follows the choice')]
    public function test_single_items(): void
    {
        $settings = ['import_categories' => ['mode' => 'except', 'names' => ['Till']]] + self::PUBLISHED;
        $this->connectedAndSynced($settings);
        $new = $this->clover->add(['name' => 'Lighter', 'price' => 200, 'categories' => ['Till']]);
        $this->refetch($new, $settings);
        self::assertSame(
            0,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [
                $new,
            ]),
        );
        self::assertSame(
            'Looked at again: “Lighter” is left out by the settings (its category “Till” is excepted)',
            $this->logOf($new)[0]['message'] ?? null,
        );

        $id = $this->itemBySku('APRON')['id'];
        $this->clover->edit($id, ['categories' => ['Till'], 'price' => 9900]);
        $this->refetch($id, $settings);
        $product = $this->product($id);
        self::assertSame([0, 'left_out'], [(int) $product['state'], $product['link_state']]);
        self::assertNotSame('99.00000', $product['price']);

        $this->clover->edit($id, ['categories' => ['Shop']]);
        $this->refetch($id, $settings);
        $product = $this->product($id);
        self::assertSame([1, 'synced', '99.00000'], [
            (int) $product['state'],
            $product['link_state'],
            $product['price'],
        ]);

        // One variant of several, then the others.
        foreach (['POSTER-S' => 1, 'POSTER-L' => 0] as $sku => $state) {
            $poster = $this->itemBySku($sku)['id'];
            $this->clover->edit($poster, ['categories' => ['Till']]);
            $this->refetch($poster, $settings);
            self::assertSame(['left_out', $state], [
                $this->product($poster)['link_state'],
                (int) $this->product($poster)['state'],
            ]);
        }

        self::assertSame(0, $this->sync($settings)->productRows);
    }

    #[TestDox('The counts of left-out products are not written, and those of hidden items are where they are imported')]
    public function test_counts(): void
    {
        $settings = ['import_hidden' => 'import', 'import_tags' => ['mode' => 'except', 'names' => ['Till']]];
        $hidden   = $this->itemBySku('CANDLE')['id'];
        $left     = $this->itemBySku('BAG')['id'];
        $this->clover->edit($hidden, ['hidden' => true]);
        $this->clover->setStock($hidden, 3);
        $this->clover->setStock($left, 3);
        $this->connectedAndSynced($settings);
        $this->clover->edit($left, ['tags' => ['Till']]);
        $this->sync($settings);

        foreach ([0, 5] as $count) {
            $this->clover->setStock($hidden, $count);
            $this->clover->setStock($left, 7);
            Moment::next($this->sql);
            $shop = $this->shop($settings);
            $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
            self::assertSame([$count, (int) ($count > 0), 3], [
                (int) $this->product($hidden)['quantity'],
                (int) $this->product($hidden)['availability'],
                (int) $this->product($left)['quantity'],
            ]);
        }
    }

    #[TestDox('Special items come published, unpublished or not at all; later changes of the rule publish nothing')]
    public function test_special_items(): void
    {
        $ids = [
            $this->clover->add(['name' => 'Hidden', 'price' => 500, 'hidden' => true]),
            $this->clover->add(['name' => 'Deposit', 'price' => 500, 'isRevenue' => false]),
            $this->clover->add(['name' => 'Gin', 'price' => 500, '__raw' => ['isAgeRestricted' => true]]),
        ];
        $rules = static fn (string $rule): array => [
            'import_hidden'         => $rule,
            'import_non_revenue'    => $rule,
            'import_age_restricted' => $rule,
        ] + self::PUBLISHED;
        $this->connectedAndSynced($rules('skip'));
        self::assertSame([], array_intersect($ids, $this->live()));
        $this->sync($rules('unpublished'));
        self::assertSame([[0, 'hidden'], [0, 'non_revenue'], [0, 'age_restricted']], $this->states($ids));
        self::assertSame(0, $this->sync(self::PUBLISHED)->productRows, 'The default.');

        self::assertSame(0, $this->preview($rules('import'))['counts']['updates']);
        self::assertSame(0, $this->sync($rules('import'))->productRows);
        self::assertSame([[0, ''], [0, ''], [0, '']], $this->states($ids));
        $new = $this->clover->add(['name' => 'Rum', 'price' => 500, 'hidden' => true]);
        $this->sync($rules('import'));
        self::assertSame([[1, '']], $this->states([$new]));

        self::assertSame(0, $this->sync($rules('unpublished'))->productRows, 'The owner decides about it now.');
        self::assertSame([[1, 'hidden']], $this->states([$new]));
        $this->sync($rules('skip'));
        self::assertSame([[0, 'hidden']], $this->states([$new]));
        $this->sync($rules('unpublished'));
        self::assertSame([[1, 'hidden']], $this->states([$new]));
    }

    #[TestDox('While Clover does not show the categories that decide, products stay and nothing is imported')]
    public function test_withheld(): void
    {
        $settings = ['import_categories' => ['mode' => 'except', 'names' => ['Mains']]] + self::PUBLISHED;
        $this->connectedAndSynced($settings);
        $before = $this->shopRows();
        $live   = \count($this->live());
        $new    = $this->clover->add(['name' => 'Novelty', 'price' => 100]);
        $this->clover->switches(['refused_expand' => ['categories']]);
        $result = $this->sync($settings);
        self::assertSame([0, \count($this->clover->items()), $before], [
            $result->deleted,
            $result->failed,
            $this->shopRows(),
        ]);
        self::assertSame(
            'Clover does not show the categories of items to this app, which decide whether it is imported',
            $this->logOf($new)[0]['message'] ?? null,
        );
        $this->clover->switches(['refused_expand' => []]);
        $this->sync($settings);
        self::assertCount($live + 1, $this->live());
    }

    #[TestDox('A conflict about the SKU of an item ends when the item is left out')]
    public function test_conflicts(): void
    {
        $this->connectedAndSynced();
        $id = $this->clover->add(['name' => 'Second apron', 'price' => 100, 'sku' => 'OWN', 'tags' => ['Till']]);
        $this->sql->execute("UPDATE #__j2commerce_variants SET sku = 'OWN' WHERE j2commerce_variant_id = ?", [
            $this->product($this->itemBySku('APRON')['id'])['variant_id'],
        ]);
        $this->shop()->links()->unlink($this->itemBySku('APRON')['id']);
        $this->clover->remove($this->itemBySku('APRON')['id']);
        self::assertSame(1, $this->sync()->conflicts);
        $this->sync(['import_tags' => ['mode' => 'except', 'names' => ['Till']]]);
        self::assertSame(0, $this->shop()->links()->counts()['conflicts']);
        self::assertSame([], array_intersect([$id], $this->live()));
    }

    /** @return list<string> Items with a product that is neither deleted nor left out */
    private function live(): array
    {
        return $this->texts(
            "SELECT clover_id FROM #__j2commerce_clover_mappings
            WHERE clover_type = 'item' AND product_id IS NOT NULL AND state NOT IN ('deleted', 'left_out')",
        );
    }

    /**
     * @param list<string> $ids
     *
     * @return list<array{int, string}> State of the article, and cautions
     */
    private function states(array $ids): array
    {
        return array_map(function (string $id): array {
            $row = $this->firstRow(
                'SELECT c.state, m.cautions FROM #__j2commerce_clover_mappings m
                JOIN #__content c ON c.id = m.article_id WHERE m.clover_id = ?',
                [$id],
            );

            return [(int) $row['state'], (string) $row['cautions']];
        }, $ids);
    }

    /** @param array<string, mixed> $settings */
    private function refetch(string $id, array $settings): void
    {
        Moment::next($this->sql);
        $shop = $this->shop($settings);
        $shop->inbox()->ask([$id]);
        $shop->inboxWorker()->drain(new TimeBudget(30.0), true);
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array{counts: array<string, int>, changes: array<string, array{action: string, fields: list<string>,
     *   title: string, problem: Message}>}
     */
    private function preview(array $settings): array
    {
        $changes = [];
        $counts  = $this
            ->shop($settings)
            ->preview()
            ->run(static function (array $change) use (&$changes): void {
                $changes[$change['clover_id']] = [
                    'action'  => $change['action'],
                    'fields'  => $change['fields'],
                    'title'   => $change['title'],
                    'problem' => $change['problem'] ?? Message::said(''),
                ];
            });

        return ['counts' => $counts, 'changes' => $changes];
    }
}
