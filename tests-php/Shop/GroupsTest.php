<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\Tests\Support\WrappedSql;
use CloverSync\WebhookEvent;
use CloverSync\WebhookObject;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Items that join, leave and change their group, and groups whose items are deleted, one by one or all together. */
final class GroupsTest extends SalesTestCase
{
    /** @var array<string, mixed> */
    protected array $settings = [
        'default_category' => 2,
        'pace_share'       => self::UNPACED,
        'import_status'    => 'published',
    ];

    /** @return iterable<string, array{string, string}> */
    public static function ways(): iterable
    {
        foreach (['unpublish', 'trash'] as $action) {
            yield "$action, by a sync" => [$action, 'sync'];
            yield "$action, by webhooks" => [$action, 'webhook'];
        }
    }

    #[TestDox('All variants of a group are deleted and a new one is added: only that one is available')]
    #[DataProvider('ways')]
    public function test_all_deleted_and_a_new_one(string $action, string $way): void
    {
        $caps                            = $this->caps(['S' => 1, 'M' => 2]);
        $this->settings['delete_action'] = $action;
        $this->bring($caps, $way);
        array_map($this->clover->remove(...), $caps);
        $this->bring($caps, $way);
        self::assertSame([], $this->onSale());

        $xl = $this->cap('XL', 9);
        $this->bring([$xl], $way);
        self::assertSame(['Cap: C-XL × 9'], $this->onSale());
        $this->pass();
        self::assertSame(['Cap: C-XL × 9'], $this->onSale());
        $this->assertSound();
    }

    #[TestDox('Variants deleted in one order and restored in another return one by one')]
    #[DataProvider('ways')]
    public function test_back_in_another_order(string $action, string $way): void
    {
        ['S' => $s, 'M' => $m, 'L' => $l] = $caps = $this->caps(['S' => 1, 'M' => 2, 'L' => 3]);
        $this->settings['delete_action'] = $action;
        $this->bring($caps, $way);
        $variant = $this->product($m)['variant_id'];

        foreach ([$s, $l, $m] as $gone) {
            $this->clover->remove($gone);
            $this->bring([$gone], $way);
        }

        self::assertSame([], $this->onSale());
        $this->clover->restore($m);
        $this->clover->setStock($m, 7);
        $this->pass();
        self::assertSame([], $this->onSale(), 'Counts alone bring nothing back.');
        $this->bring([$m], $way);
        self::assertSame(['Cap: C-M × 7'], $this->onSale());
        self::assertSame($variant, $this->product($m)['variant_id']);
        $this->clover->restore($l);
        $this->bring([$l], $way);
        self::assertSame(['Cap: C-L × 3', 'Cap: C-M × 7'], $this->onSale());
        $this->assertSound();
    }

    #[TestDox(
        'After an editor\'s save the shopper must choose a variant again, and the owner\'s own option stays optional',
    )]
    #[DataProvider('waysToBring')]
    public function test_options_that_a_save_made_optional(string $way): void
    {
        ['S' => $s] = $caps = $this->caps(['S' => 1, 'M' => 2]);
        $this->bring($caps, $way);
        $this->sync();
        $product = (int) $this->product($s)['product_id'];
        $this->sql->execute('INSERT INTO #__j2commerce_product_options
                (option_id, parent_id, product_id, ordering, required, is_variant)
             VALUES (9999, 0, ?, 9, 0, 0)', [$product]);
        // What J2Commerce writes when a variable product is saved in the administrator.
        $this->sql->execute('UPDATE #__j2commerce_product_options SET required = 0, is_variant = 0');
        $this->bring([$s], $way);
        self::assertSame([1, 0], $this->requiredOptions($product));
        $this->sync();
        self::assertSame(
            [],
            $this->sql->fetchColumn(
                'SELECT product_id FROM #__j2commerce_product_options WHERE required = 0 AND option_id <> 9999',
            ),
        );
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('A product whose options had become optional counts as updated once, and the log says why')]
    public function test_the_count_of_repaired_options(): void
    {
        $this->caps(['S' => 1, 'M' => 2]);
        $this->sync();
        $groups = (int) $this->sql->fetchValue('SELECT COUNT(DISTINCT product_id) FROM #__j2commerce_product_options');
        $before = $this->sync();
        $this->sql->execute('UPDATE #__j2commerce_product_options SET required = 0, is_variant = 0');
        $result = $this->sync();
        self::assertSame([$groups, $before->unchanged - $groups, 0], [
            $result->updated,
            $result->unchanged,
            $result->failed,
        ]);
        self::assertCount($groups, array_filter(
            $this->logged('update'),
            static fn (string $entry): bool => str_contains($entry, 'chosen again'),
        ));
    }

    /** @return iterable<string, array{string}> */
    public static function waysToBring(): iterable
    {
        return ['by a sync' => ['sync'], 'by webhooks' => ['webhook']];
    }

    /** @return list<int> */
    private function requiredOptions(int $product): array
    {
        return array_map(intval(...), $this->sql->fetchColumn(
            'SELECT required FROM #__j2commerce_product_options
                  WHERE product_id = ? ORDER BY j2commerce_productoption_id',
            [
                $product,
            ],
        ));
    }

    #[TestDox('With the Delete Action Ignore nothing is withdrawn, and all combinations are unique')]
    public function test_ignored_deletions(): void
    {
        $caps                            = $this->caps(['S' => 1, 'M' => 2]);
        $this->settings['delete_action'] = 'ignore';
        $this->sync();
        array_map($this->clover->remove(...), $caps);
        $this->sync();
        self::assertSame(['Cap: C-M × 2', 'Cap: C-S × 1'], $this->onSale());
        $this->cap('XL', 9);
        $this->clover->add([
            'name'     => 'Cap M',
            'price'    => 500,
            'sku'      => 'C-M2',
            'quantity' => 4,
            'group'    => 'Cap',
            'options'  => ['Size' => 'M'],
        ]);
        $this->sync();
        self::assertSame(['Cap: C-M2 × 4', 'Cap: C-S × 1', 'Cap: C-XL × 9'], $this->onSale());
        $this->assertSound();
    }

    #[TestDox('When a group is deleted its items become products of their own, and deleting one leaves the other')]
    #[DataProvider('ways')]
    public function test_a_deleted_group(string $action, string $way): void
    {
        ['S' => $s, 'M' => $m] = $caps = $this->caps(['S' => 1, 'M' => 2]);
        $this->settings['delete_action'] = $action;
        $this->bring($caps, $way);
        $old = $this->product($s);
        $this->move($s, null);
        $this->move($m, null);
        $this->bring($caps, $way);
        self::assertSame(['Cap M: C-M × 2', 'Cap S: C-S × 1'], $this->onSale());
        self::assertSame(
            $action === 'trash' ? -2 : 0,
            (int) $this->sql->fetchValue('SELECT state FROM #__content WHERE id = ?', [$old['article_id']]),
        );
        self::assertSame($old['variant_id'], $this->product($s)['variant_id'], 'Orders go on naming it.');

        $this->clover->edit($s, ['price' => 9900]);
        $this->bring([$s], $way);
        self::assertSame(['99.00000', '5.00000'], [$this->product($s)['price'], $this->product($m)['price']]);
        $this->clover->remove($s);
        $this->bring([$s], $way);
        self::assertSame(['Cap M: C-M × 2'], $this->onSale());
        $this->assertSound();

        // And back to a group with the same id.
        $this->move($m, 'Cap');
        $this->bring([$m], $way);
        self::assertSame(['Cap: C-M × 2'], $this->onSale());
        $this->assertSound();
    }

    #[TestDox('An item that leaves, joins or changes its group moves its variant, and both price ranges are right')]
    #[DataProvider('ways')]
    public function test_items_move(string $action, string $way): void
    {
        ['S' => $s, 'M' => $m, 'L' => $l] = $caps = $this->caps(['S' => 1, 'M' => 2, 'L' => 3]);
        $hat = $this->clover->add([
            'name'     => 'Hat Red',
            'price'    => 2000,
            'sku'      => 'H-R',
            'quantity' => 5,
            'group'    => 'Hat',
            'options'  => ['Color' => 'Red'],
        ]);
        $sock = $this->clover->add(['name' => 'Sock', 'price' => 300, 'sku' => 'SOCK', 'quantity' => 6]);
        $this->clover->edit($l, ['price' => 900]);
        $this->settings['delete_action'] = $action;
        $this->bring([...$caps, $hat, $sock], $way);
        $before = array_column(array_map($this->product(...), [$l, $sock]), 'variant_id');
        self::assertSame(['5.00000', '9.00000'], $this->range($s));

        $this->move($l, 'Hat', ['Color' => 'Blue']);
        $this->move($m, null);
        $this->move($sock, 'Cap', ['Size' => 'One']);
        $this->bring([$l, $m, $sock], $way);
        self::assertSame(
            ['Cap M: C-M × 2', 'Cap: C-S × 1', 'Cap: SOCK × 6', 'Hat: C-L × 3', 'Hat: H-R × 5'],
            $this->onSale(),
        );
        self::assertSame([
            ['3.00000', '5.00000'],
            ['9.00000', '20.00000'],
        ], [$this->range($s), $this->range($hat)]);
        self::assertSame($before, array_column(array_map($this->product(...), [$l, $sock]), 'variant_id'));
        self::assertSame(
            $action === 'trash' ? -2 : 0,
            (int) $this->sql->fetchValue("SELECT state FROM #__content WHERE title = 'Sock'"),
        );
        $this->assertSound();

        // Two groups become one.
        $this->move($s, 'Hat', ['Color' => 'Green']);
        $this->move($sock, 'Hat', ['Color' => 'White']);
        $this->bring([$s, $sock], $way);
        self::assertSame(
            ['Cap M: C-M × 2', 'Hat: C-L × 3', 'Hat: C-S × 1', 'Hat: H-R × 5', 'Hat: SOCK × 6'],
            $this->onSale(),
        );
        $this->assertSound();
    }

    #[TestDox('Units held for customers stay held when an item moves, and leave Clover once they are paid')]
    public function test_held_units_of_a_moved_item(): void
    {
        ['S' => $s, 'M' => $m] = $this->caps(['S' => 10, 'M' => 10]);
        $this->sync();
        $this->order(4, [[$s, 3], [$m, 1]]);
        self::assertSame(7, $this->inShop($s));
        $this->move($s, null);
        $this->sync();
        self::assertSame([7, 9], [$this->inShop($s), $this->inShop($m)]);
        $this->order(1, [[$s, 3], [$m, 1]]);
        self::assertWork($this->work(['sync_sale' => false]), 2);
        self::assertEquals([7, 9], [$this->inClover($s), $this->inClover($m)]);
        $this->move($s, 'Cap');
        $this->sync();
        self::assertSame(7, $this->inShop($s));
        $this->order(6, [[$s, 3], [$m, 1]]);
        self::assertWork($this->work(['sync_sale' => false]), 2);
        self::assertEquals([10, 10], [$this->inClover($s), $this->inClover($m)]);
        $this->sync();
        $this->assertSound();
    }

    #[TestDox('A product that the owner has hidden stays hidden when its items become products of their own')]
    public function test_hidden_products_stay_hidden(): void
    {
        ['S' => $s] = $this->caps(['S' => 1, 'M' => 2]);
        $this->sync();
        $this->sql->execute('UPDATE #__content SET state = 0 WHERE id = ?', [$this->product($s)['article_id']]);
        $this->move($s, null);
        $this->sync();
        self::assertSame([0, 'Cap S'], [(int) $this->product($s)['state'], $this->product($s)['title']]);
    }

    #[TestDox('Options are added, renamed and removed, and an item that loses its options is reported')]
    public function test_options_change(): void
    {
        ['S' => $s, 'M' => $m] = $this->caps(['S' => 1, 'M' => 2]);
        $this->sync();
        $this->move($s, 'Cap', ['Size' => 'S', 'Color' => 'Red']);
        $this->move($m, 'Cap', ['Size' => 'M', 'Color' => 'Blue']);
        $this->sync();
        self::assertSame(['Color', 'Size'], $this->optionsOf($s));
        $this->assertSound();
        $this->move($s, 'Cap', ['Color' => 'Red']);
        $this->move($m, 'Cap', ['Color' => 'Blue']);
        $this->sync();
        self::assertSame(['Color'], $this->optionsOf($s));
        $this->assertSound();
        $this->move($m, 'Cap', []);
        self::assertSame(1, $this->sync()->failed);
        self::assertSame('It has no value for the option “Color”', English::column($this->product($m)['error']));
        $this->move($s, 'Cap', ['Size' => 'S']);
        self::assertSame(1, $this->sync()->failed);
        self::assertSame(['Cap: C-S × 1'], $this->onSale(), 'It has no choice among the options that there are.');
        $this->assertSound();
    }

    #[TestDox('A group of 230 items shrinks to one, grows again and is split in two')]
    public function test_large_groups(): void
    {
        $ids = [];

        for ($i = 0; $i < 230; $i++) {
            $ids[] = $this->cap(\sprintf('N%03d', $i), $i + 1);
        }

        $this->sync();
        self::assertCount(230, $this->onSale());
        array_map($this->clover->remove(...), \array_slice($ids, 1));
        self::assertSame(RunStatus::Done, $this->sync(confirmDeletes: true)->status);
        self::assertSame(['Cap: C-N000 × 1'], $this->onSale());
        array_map($this->clover->restore(...), \array_slice($ids, 1));
        $hat = $this->clover->add([
            'name'     => 'Hat Red',
            'price'    => 2000,
            'sku'      => 'H-R',
            'quantity' => 5,
            'group'    => 'Hat',
            'options'  => ['Size' => 'Red'],
        ]);

        foreach (\array_slice($ids, 100) as $i => $id) {
            $this->move($id, 'Hat', ['Size' => "H$i"]);
        }

        $this->sync();
        self::assertSame([100, 131], [$this->variantsOf($ids[0]), $this->variantsOf($hat)]);
        $this->assertSound();
    }

    #[TestDox('Counts are locked before anything else is read in a transaction that writes them')]
    public function test_counts_are_locked_first(): void
    {
        $caps = $this->caps(['S' => 1, 'M' => 2]);
        $mine = new class($this->sql) extends WrappedSql {
            /** @var list<list<string>> Reads of each transaction */
            public array $reads = [];

            public function fetchAll(string $query, array $values = []): array
            {
                $this->note($query);

                return parent::fetchAll($query, $values);
            }

            public function fetchOne(string $query, array $values = []): ?array
            {
                $this->note($query);

                return parent::fetchOne($query, $values);
            }

            public function fetchValue(string $query, array $values = []): int|float|string|null
            {
                $this->note($query);

                return parent::fetchValue($query, $values);
            }

            public function fetchColumn(string $query, array $values = []): array
            {
                $this->note($query);

                return parent::fetchColumn($query, $values);
            }

            public function transaction(callable $work): mixed
            {
                $this->reads[] = [];

                return parent::transaction($work);
            }

            private function note(string $query): void
            {
                // The server's time is not read from a table, and a locking read of another one sees its last commit:
                // neither fixes what the rest of the transaction sees.
                if (
                    $this->inTransaction()
                    && str_contains($query, ' FROM ')
                    && !str_contains($query, 'j2commerce_clover_locks WHERE name = ? FOR UPDATE')
                ) {
                    $this->reads[(int) array_key_last($this->reads)][] = $query;
                }
            }
        };
        $this->shop(sql: $mine)->runner()->run(new TimeBudget());
        $this->clover->remove($caps['S']);
        $this->shop(sql: $mine)->runner()->run(new TimeBudget());
        $this->clover->edit($caps['M'], ['price' => 77]);
        $this->shop()->inbox()->ask([$caps['M']]);
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = 0');
        $this->shop(sql: $mine)->inboxWorker()->drain(new TimeBudget());
        $locks = static fn (string $query): bool => (
            str_contains($query, 'SELECT q.variant_id') && str_ends_with($query, 'FOR UPDATE')
        );
        $writing = array_filter($mine->reads, static fn (array $reads): bool => array_filter($reads, $locks) !== []);
        self::assertSame($this->db->dialect === Dialect::MySql, \count($writing) > 3);
        self::assertSame(
            [],
            array_values(array_filter(
                array_map(static fn (array $reads): string => $reads[0], $writing),
                static fn (string $first): bool => !$locks($first),
            )),
        );
    }

    #[TestDox('The next full sync repairs what an earlier version left behind')]
    public function test_old_faults_heal(): void
    {
        ['S' => $s, 'M' => $m] = $this->caps(['S' => 1, 'M' => 2]);
        $this->cap('L', 3);
        $this->sync();
        $before = $this->shopRows();
        $this->clover->remove($s);
        $this->sync();

        // It was left available.
        foreach ([
            'j2commerce_product_variant_optionvalues' => 'variant_id',
            'j2commerce_product_optionvalues'         => 'j2commerce_product_optionvalue_id',
        ] as $table => $key) {
            $this->sql->execute("DELETE FROM #__$table");

            foreach ($before[$table] as $row) {
                $this->sql->execute(
                    "INSERT INTO #__$table (`"
                    . implode('`, `', array_keys($row))
                    . '`) VALUES ('
                    . implode(', ', array_fill(0, \count($row), '?'))
                    . ')',
                    array_values($row),
                );
            }
        }

        $this->sql->execute('UPDATE #__j2commerce_variants SET availability = 1 WHERE j2commerce_variant_id = ?', [
            $this->product($s)['variant_id'],
        ]);
        self::assertContains('Cap: C-S × 1', $this->onSale());
        $this->sync();
        self::assertSame(['Cap: C-L × 3', 'Cap: C-M × 2'], $this->onSale());
        $this->assertSound();

        // An item without group that was linked to the product of its old group.
        $this->move($m, null);
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET parent_id = NULL WHERE clover_id = ?', [$m]);
        $this->sync();
        self::assertSame(['Cap M: C-M × 2', 'Cap: C-L × 3'], $this->onSale());
        $this->assertSound();

        // An item of a group that was linked to the variant of its old product.
        $this->move($m, 'Cap', ['Size' => 'M']);
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET parent_id = (SELECT x.clover_id FROM (SELECT *
                FROM #__j2commerce_clover_mappings) x WHERE x.clover_type = ? AND x.name = ?),
                product_id = (SELECT y.product_id FROM (SELECT * FROM #__j2commerce_clover_mappings) y
                WHERE y.clover_type = ? AND y.name = ?) WHERE clover_id = ?', [
            'group',
            'Cap',
            'group',
            'Cap',
            $m,
        ]);
        $this->sync();
        self::assertSame(['Cap: C-L × 3', 'Cap: C-M × 2'], $this->onSale());
        $this->assertSound();
    }

    #[TestDox('The preview shows the changes of items that change their group')]
    public function test_preview(): void
    {
        ['S' => $s, 'M' => $m] = $this->caps(['S' => 1, 'M' => 2]);
        $this->sync();
        $before = $this->shopRows();
        $this->move($s, null);
        $this->move($m, null);
        $changes = [];
        $counts  = $this
            ->shop()
            ->preview()
            ->run(static function (array $change) use (&$changes): void {
                $changes[] = "{$change['action']} {$change['type']} {$change['title']}";
            });
        sort($changes);
        self::assertSame(['create item Cap M', 'create item Cap S', 'delete group Cap'], $changes);
        self::assertSame([2, 1], [$counts['creates'], $counts['deletes']]);
        self::assertSame($before, $this->shopRows());
    }

    /**
     * @param array<string, int> $counts By size
     *
     * @return array<string, string> Clover ids by size
     */
    private function caps(array $counts): array
    {
        $ids = array_combine(array_keys($counts), array_map($this->cap(...), array_keys($counts), $counts));
        $this->groupId('Cap');

        return $ids;
    }

    private function cap(string $size, int $count): string
    {
        return $this->clover->add([
            'name'     => "Cap $size",
            'price'    => 500,
            'sku'      => "C-$size",
            'quantity' => $count,
            'group'    => 'Cap',
            'options'  => ['Size' => $size],
        ]);
    }

    /**
     * Puts an item into another group, with options if given, or into none.
     *
     * @param array<string, string> $options
     */
    private function move(string $item, ?string $group, ?array $options = null): void
    {
        $raw      = ['itemGroup' => $group === null ? null : ['id' => $this->groupId($group)]];
        $elements = [];

        foreach ($options ?? [] as $attribute => $value) {
            $elements[] = [
                'id'        => strtoupper(substr(md5("$attribute $value"), 0, 13)),
                'name'      => $value,
                'attribute' => ['id' => $this->attributeId($attribute)],
            ];
        }

        if ($options !== null) {
            $raw['options'] = ['elements' => $elements];
        }

        $this->clover->edit($item, ['__raw' => $raw]);
    }

    /** @var array<string, string> */
    private array $made = [];

    private function groupId(string $name): string
    {
        return $this->made["group $name"] ??= $this->findGroup($name);
    }

    private function findGroup(string $name): string
    {
        foreach ($this->clover->state()['items'] as $item) {
            if (isset($item['itemGroup']) && str_starts_with($item['name'], "$name ")) {
                return $item['itemGroup']['id'];
            }
        }

        self::fail("Clover has no group $name.");
    }

    private function attributeId(string $name): string
    {
        // An item of a group of its own, so that the attribute exists.
        return $this->made["attribute $name"] ??= $this->makeAttribute($name);
    }

    private function makeAttribute(string $name): string
    {
        $id = $this->clover->add([
            'name'    => "Maker of $name",
            'price'   => 1,
            'group'   => "Maker of $name",
            'options' => [$name => 'One'],
        ]);
        $item = $this->clover->item($id);
        $this->clover->remove($id);

        return $item['options']['elements'][0]['attribute']['id'];
    }

    /**
     * @param array<string> $items
     */
    private function bring(array $items, string $way): void
    {
        if ($way === 'sync') {
            self::assertSame(RunStatus::Done, $this->sync()->status);

            return;
        }

        $this
            ->shop()
            ->inbox()
            ->take(array_map(static fn (string $id): array => [
                'object_type' => WebhookObject::Item,
                'object_id'   => $id,
                'type'        => WebhookEvent::Update,
                'ts'          => null,
            ], array_values($items)));
        $this->sql->execute('UPDATE #__j2commerce_clover_inbox SET next_try = 0');
        $this->shop()->inboxWorker()->drain(new TimeBudget());
        self::assertSame(0, $this->shop()->inbox()->count());
    }

    private function pass(): void
    {
        $this->shop()->stockOnlySync()->run(
            new TimeBudget(),
            new \CloverSync\Shop\Locking\Lock($this->sql, 'sync:sandbox', $this->clock),
        );
    }

    /** @return list<string> What a visitor can buy of these products: title, SKU and count */
    private function onSale(): array
    {
        $found = $this->texts(
            $this->text('c.title', "': '", 'v.sku', "' × '", 'q.quantity')
                . " AS t FROM #__content c
               JOIN #__j2commerce_products p ON p.product_source_id = c.id AND p.enabled = 1
               JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id AND v.is_master = CASE
               WHEN p.product_type = 'simple' THEN 1 ELSE 0 END
               JOIN #__j2commerce_productquantities q ON q.variant_id = v.j2commerce_variant_id
               LEFT JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
              WHERE c.state = 1 AND v.availability = 1 AND (p.product_type = 'simple' OR x.variant_id IS NOT NULL)
                AND (c.title LIKE 'Cap%' OR c.title LIKE 'Hat%' OR c.title LIKE 'Sock%')",
        );
        sort($found);

        return $found;
    }

    private function text(string ...$parts): string
    {
        return (
            'SELECT '
            . (
                $this->db->dialect === \CloverSync\Shop\Database\Dialect::MySql
                    ? 'CONCAT(' . implode(', ', $parts) . ')'
                    : implode(' || ', $parts)
            )
        );
    }

    /** @return array{string, string} The price range of the product that contains the item */
    private function range(string $item): array
    {
        return $this->rangeOf(Row::int($this->product($item), 'product_id'));
    }

    /** @return array{string, string} */
    private function rangeOf(int $product): array
    {
        $row = $this->firstRow('SELECT min_price, max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?', [$product]);

        return [Row::string($row, 'min_price'), Row::string($row, 'max_price')];
    }

    /** @return list<string> */
    private function optionsOf(string $item): array
    {
        return $this->texts('SELECT o.option_name FROM #__j2commerce_product_options x
                JOIN #__j2commerce_options o ON o.j2commerce_option_id = x.option_id WHERE x.product_id = ?
                ORDER BY o.option_name', [$this->product($item)['product_id']]);
    }

    private function variantsOf(string $item): int
    {
        return (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_variants v
                JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
                WHERE v.product_id = ?', [
            $this->product($item)['product_id'],
        ]);
    }

    /** What must hold in each shop after any events; a second sync then writes nothing and no count drifts. */
    private function assertSound(): void
    {
        $masters = $this->sql->fetchColumn('SELECT COUNT(v.j2commerce_variant_id) FROM #__j2commerce_products p
            LEFT JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id AND v.is_master = 1
            GROUP BY p.j2commerce_product_id');
        self::assertSame(
            [1],
            array_values(array_unique(array_map(intval(...), $masters))),
            'A product has one master variant.',
        );
        self::assertSame(
            [],
            $this->sql->fetchAll("SELECT m.clover_id FROM #__j2commerce_clover_mappings m
                    LEFT JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
            WHERE m.clover_type = 'item' AND m.product_id IS NOT NULL
            AND (v.product_id IS NULL OR v.product_id <> m.product_id)"),
            'A link names a variant of its product.',
        );
        $byProduct = [];

        foreach ($this->sql->fetchAll(
            'SELECT v.product_id, v.price, v.isdefault_variant, x.product_optionvalue_ids AS csv
                FROM #__j2commerce_variants v
            JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id',
        ) as $row) {
            $byProduct[(int) $row['product_id']][] = $row;
        }

        foreach ($byProduct as $product => $variants) {
            $combinations = array_map(static fn (array $row): string => Row::string($row, 'csv'), $variants);
            self::assertSame(
                $combinations,
                array_values(array_unique($combinations)),
                'No two variants share a combination.',
            );
            self::assertSame(
                1,
                array_sum(array_map(static fn (array $row): int => Row::int($row, 'isdefault_variant'), $variants)),
                'One variant is the default.',
            );
            $options = array_map(intval(...), $this->sql->fetchColumn(
                'SELECT j2commerce_productoption_id FROM #__j2commerce_product_options
                    WHERE product_id = ? ORDER BY 1',
                [
                    $product,
                ],
            ));

            foreach ($combinations as $csv) {
                $of = array_map(
                    fn (string $choice): int => (int) $this->sql->fetchValue(
                        'SELECT productoption_id
                        FROM #__j2commerce_product_optionvalues WHERE j2commerce_product_optionvalue_id = ?',
                        [
                            $choice,
                        ],
                    ),
                    explode(',', $csv),
                );
                sort($of);
                self::assertSame($options, $of, 'A variant has one value for each option of its product.');
            }

            $prices = array_column($variants, 'price');
            sort($prices, SORT_NUMERIC);
            self::assertSame(
                [$prices[0], end($prices)],
                $this->rangeOf($product),
                'The price range is that of what is offered.',
            );
        }

        $this->sync();
        self::assertSame(0, $this->sync()->productRows);
        $this
            ->sales()
            ->drift()
            ->run(static function (array $item): void {
                self::assertContains(
                    $item['reason']->code,
                    [MessageCode::DriftFraction, MessageCode::DriftBelowZero],
                    $item['clover_id'],
                );
            });
    }
}
