<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Shop\Catalog\SyncRunRow;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\TestDox;

/** Names of any kind, and rows that the database refuses: an error affects only its own item. */
final class NamesTest extends ResilienceTestCase
{
    /** @var list<string> */
    private array $files = [];

    protected function tearDown(): void
    {
        array_map(unlink(...), $this->files);
        parent::tearDown();
    }

    #[TestDox('A tag, category, group or attribute with a name longer than its column is cut, and nothing is refused')]
    public function test_long_names(): void
    {
        $long = str_repeat('精选高山云雾绿茶礼盒装', 10);
        $this->start([
            self::item('A1', [
                'name' => $long,
                'tags' => [
                    'elements' => [
                        ['id' => self::id('T1'), 'name' => $long],
                        ['id' => self::id('T2'), 'name' => str_repeat('✨', 120)],
                    ],
                ],
            ]),
            self::item('A2', [
                'name'       => 'Tea',
                'categories' => ['elements' => [['id' => self::id('C1'), 'name' => $long . '茶', 'sortOrder' => 1]]],
            ]),
            self::variant('A3', $long, ['S' => [$long, 'L' . $long]]),
            self::variant('A4', $long, ['S' => [$long, '小' . $long]]),
            self::item('A5'),
        ]);
        $this->assertSettled($this->sync(['mapping_mode' => 'category']), ['mapping_mode' => 'category']);
        self::assertSame(4, $this->rows('content', 'state = 1'));

        foreach (['content', 'tags', 'categories'] as $table) {
            self::assertSame(0, $this->rows($table, "alias = '' AND id > 1 AND title <> ''"), $table);
            self::assertLessThanOrEqual(
                190,
                (int) $this->sql->fetchValue("SELECT MAX(LENGTH(alias)) FROM #__$table"),
                $table,
            );
        }
    }

    #[TestDox(
        'Options that differ only in case, accents, width, signs or spaces are separate choices on both databases',
    )]
    public function test_options_of_the_same_name(): void
    {
        $values = [
            'Red',
            'red',
            'ＲＥＤ',
            "re\u{200b}d",
            'café',
            'cafe',
            "cafe\u{301}s",
            '<5',
            '‹5',
            "  blue\u{a0}",
            'Blue',
            "Blue\tUS",
        ];
        $this->start(array_map(static fn (int $i, string $value): array => self::variant("V$i", 'Rug', ['C' => [
            'Color',
            $value,
        ]]), array_keys($values), $values));
        $result = $this->sync();
        // The zero width space is invisible: that item has the options of another one, and the error names it.
        $this->assertSettled($result, [], 1);
        $errors = $this->logged('error');
        self::assertStringContainsString('It has the same options as item ' . self::id('V1'), $errors[0]);
        self::assertSame(
            [
                'blue',
                'Blue (2)',
                'Blue US',
                'cafe (2)',
                'café',
                'cafés',
                'Red',
                'red (2)',
                '‹5',
                '‹5 (2)',
                'ＲＥＤ (3)',
            ],
            self::sorted($this->sql->fetchColumn('SELECT optionvalue_name FROM #__j2commerce_optionvalues')),
        );
    }

    #[TestDox('Attributes with control characters, and attributes with the same name, become one option')]
    public function test_attributes(): void
    {
        $this->start([
            self::variant('H7', 'Hat', ['T1' => ["Size\tUS", '7']]),
            self::variant('H8', 'Hat', ['T1' => ["Size\tUS", '8']]),
            self::variant('S1', 'Sock', ['T2' => ['Size', 'S']]),
            self::variant('S2', 'Sock', ['T3' => ['SIZE', 'M']]),
        ]);
        $this->assertSettled($this->sync());
        self::assertSame(
            ['SIZE', 'Size US'],
            self::sorted($this->sql->fetchColumn('SELECT option_name FROM #__j2commerce_options')),
        );
    }

    #[TestDox('Invisible characters are removed from names, and an invisible name is refused with its reason')]
    public function test_invisible_names(): void
    {
        $this->start([
            self::item('A1', [
                'name' => "\u{202e}Sou\u{200b}p\r\n\u{feff}",
                'sku'  => "\u{a0}S-1\t",
                'code' => "\u{200b}",
            ]),
            self::item('A2', ['name' => "\x01\u{200b}\u{3164}\u{2060}"]),
            self::item('A3', [
                'name' => 'Bread',
                'tags' => ['elements' => [['id' => self::id('T1'), 'name' => "\u{200d}"]]],
            ]),
        ]);
        $this->assertSettled($this->sync(), [], 1);
        self::assertSame(['Soup', 'S-1'], [
            $this->product(self::id('A1'))['title'],
            $this->product(self::id('A1'))['sku'],
        ]);
        $errors = $this->texts("SELECT error FROM #__j2commerce_clover_mappings WHERE state = 'error'");
        self::assertSame(['It has no name'], array_map(English::column(...), $errors));
        self::assertStringContainsString('a tag without a name', implode("\n", $this->logged('success')));
    }

    #[TestDox(
        'Tags and categories beyond the hundred that an item contains are read from its own lists, and only then',
    )]
    public function test_full_lists(): void
    {
        $many = static fn (string $letter, int $count): array => ['elements' => array_map(
            static fn (int $i): array => ['id' => self::id("$letter$i"), 'name' => "$letter $i", 'sortOrder' => $i],
            range(1, $count),
        )];
        $this->start([
            self::item('A1', ['tags' => $many('T', 250), 'categories' => $many('C', 130)]),
            self::item('A2', ['tags' => $many('T', 99)]),
            self::item('A3', ['tags' => $many('T', 100)]),
            ...array_map(static fn (int $i): array => self::item("B$i"), range(1, 20)),
        ]);
        $mark = $this->clover->mark();
        $this->assertSettled($this->sync(['mapping_mode' => 'category']), ['mapping_mode' => 'category']);
        $tags = fn (string $id): int => (int) $this->sql->fetchValue(
            'SELECT COUNT(*) FROM #__contentitem_tag_map t
                JOIN #__j2commerce_clover_mappings m ON m.article_id = t.content_item_id WHERE m.clover_id = ?',
            [self::id($id)],
        );
        self::assertSame([250 + 129, 99, 100], [$tags('A1'), $tags('A2'), $tags('A3')]);
        $lists = array_filter(
            array_column($this->clover->requests($mark), 'path'),
            static fn (string $path): bool => preg_match('~/items/\w+/(tags|categories)~', $path) === 1,
        );
        self::assertCount(2 * 3, $lists, 'Two runs, each with two lists of one item and one of another.');
    }

    #[TestDox('Of several spellings in the shop, Clover\'s is preferred')]
    public function test_the_own_spelling_comes_first(): void
    {
        foreach (['Rose', 'Rosé', 'ROSE'] as $i => $title) {
            $this->sql->execute("INSERT INTO #__tags
                (parent_id, lft, rgt, level, path, title, alias, description, published, params,
                    metadesc, metadata, images, urls, metakey, created_time, modified_time, language)
                 VALUES (1, 0, 0, 1, ?, ?, ?, '', 1, '{}', '', '{}', '{}', '{}', '', '2026-01-01 00:00:00',
                 '2026-01-01 00:00:00', '*')", ["r$i", $title, "r$i"]);
        }

        $this->start([
            self::item('A1', ['tags' => ['elements' => [['id' => self::id('T1'), 'name' => 'Rosé']]]]),
            self::item('A2', ['tags' => ['elements' => [['id' => self::id('T2'), 'name' => 'ROSE']]]]),
            self::item('A3', ['tags' => ['elements' => [['id' => self::id('T3'), 'name' => 'rose']]]]),
            self::variant('V1', 'Wine', ['C' => ['Color', 'Rosé']]),
            self::variant('W1', 'Flower', ['D' => ['Color', 'Rose']]),
            self::variant('W2', 'Flower', ['D' => ['Color', 'Rosé']]),
        ]);
        $this->assertSettled($this->sync());
        $tag = fn (string $id): string => (string) $this->sql->fetchValue(
            'SELECT t.title FROM #__contentitem_tag_map x JOIN #__tags t ON t.id = x.tag_id
               JOIN #__j2commerce_clover_mappings m ON m.article_id = x.content_item_id WHERE m.clover_id = ?',
            [self::id($id)],
        );
        self::assertSame(['Rosé', 'ROSE', 'Rose'], [$tag('A1'), $tag('A2'), $tag('A3')]);
    }

    #[TestDox('A rename that changes only letter case is applied: title, SKU, option')]
    public function test_a_rename_by_case(): void
    {
        $this->start([
            self::item('A1', ['name' => 'mug', 'sku' => 'm-1']),
            self::variant('V1', 'Rug', ['C' => ['Color', 'red']]),
            self::variant('V2', 'Rug', ['C' => ['Color', 'blue']]),
        ]);
        $this->assertSettled($this->sync());
        $this->start([
            self::item('A1', ['name' => 'MUG', 'sku' => 'M-1']),
            self::variant('V1', 'Rug', ['C' => ['Color', 'RED']]),
            self::variant('V2', 'Rug', ['C' => ['Color', 'blue']]),
        ]);
        $this->assertSettled($this->sync());
        self::assertSame(['MUG', 'M-1'], [
            $this->product(self::id('A1'))['title'],
            $this->product(self::id('A1'))['sku'],
        ]);
        self::assertSame(
            ['blue', 'RED'],
            self::sorted($this->sql->fetchColumn('SELECT optionvalue_name FROM #__j2commerce_optionvalues')),
        );
    }

    #[TestDox('A product that the database refuses fails alone, and is written once the database accepts it')]
    public function test_a_refused_row(): void
    {
        $items = array_map(static fn (int $i): array => self::item("A$i", [
            'name' => ($i % 100) === 7 ? "Poison $i" : "Tea $i",
        ]), range(1, 250));
        $this->start([
            ...$items,
            self::variant('V1', 'Rug', ['C' => ['Color', 'red']]),
            self::variant('V2', 'Rug', ['C' => ['Color', 'blue']]),
            self::variant('W1', 'Poison Rug', ['D' => ['Color', 'red']]),
        ]);
        $this->poison('INSERT');
        $result = $this->sync();
        self::assertDone($result, 4);
        self::assertSame(250 - 3 + 1, $result->imported);
        self::assertSame(250 - 3 + 1, $this->rows('content', 'state = 1'));
        self::assertSame(
            self::sorted([self::id('A7'), self::id('A107'), self::id('A207'), self::group('Poison Rug')]),
            self::sorted($this->sql->fetchColumn(
                "SELECT clover_id FROM #__j2commerce_clover_mappings
                    WHERE state = 'error' AND product_id IS NULL AND error LIKE '%\"refused_product\"%'",
            )),
        );
        self::assertCount(4, array_filter($this->logged('error'), static fn (string $m): bool => str_contains(
            $m,
            'was not written. The database refused it.',
        )));
        $again = $this->sync();
        self::assertDone($again, 4);
        self::assertSame(0, $again->productRows);

        $this->sql->execute('DROP TRIGGER poison');
        $repaired = $this->sync();
        self::assertDone($repaired);
        self::assertSame(4, $repaired->imported);
        $this->assertSettled($repaired);
    }

    #[TestDox('A change and a deletion that the database refuses leave the product unchanged, and the run continues')]
    public function test_a_refused_update(): void
    {
        $this->start([
            self::item('A1', ['name' => 'Poison']),
            self::item('A2', ['name' => 'Tea']),
            self::item('A3', ['name' => 'Poison too']),
        ]);
        $this->assertSettled($this->sync());
        $this->poison('UPDATE');
        $this->start([self::item('A1', ['name' => 'Poison ivy']), self::item('A2', ['name' => 'Green tea'])]);
        self::assertDone($this->sync(), 2);
        self::assertSame(
            ['Poison', 'Green tea', 'Poison too'],
            array_map(
                fn (string $id): string => (string) $this->product(self::id($id))['title'],
                [
                    'A1',
                    'A2',
                    'A3',
                ],
            ),
        );
        self::assertSame(['error', 1], [
            $this->product(self::id('A3'))['link'],
            (int) $this->product(self::id('A3'))['state'],
        ]);

        $this->sql->execute('DROP TRIGGER poison');
        self::assertDone($this->sync());
        self::assertSame(['Poison ivy', 0], [
            $this->product(self::id('A1'))['title'],
            (int) $this->product(self::id('A3'))['state'],
        ]);
    }

    #[TestDox('A deleted variant that the database refuses to withdraw fails alone; other groups continue')]
    public function test_a_refused_detachment(): void
    {
        $rug = [
            self::variant('V1', 'Rug', ['C' => ['Color', 'red']]),
            self::variant('V2', 'Rug', ['C' => ['Color', 'blue']]),
        ];
        $mat = [
            self::variant('W1', 'Mat', ['D' => ['Size', 'small']]),
            self::variant('W2', 'Mat', ['D' => ['Size', 'large']]),
        ];
        $this->start([...$rug, ...$mat]);
        $this->assertSettled($this->sync());
        $this->start([$rug[0], $mat[0]]);
        // As an earlier version left them: deleted, and still available.
        $this->sql->execute("UPDATE #__j2commerce_clover_mappings SET state = 'deleted' WHERE clover_id IN (?, ?)", [
            self::id('V2'),
            self::id('W2'),
        ]);
        $stuck = (int) $this->sql->fetchValue('SELECT variant_id FROM #__j2commerce_clover_mappings
                WHERE clover_id = ?', [self::id('V2')]);
        $this->sql->execute(
            $this->db->dialect === Dialect::Sqlite
                ? "CREATE TRIGGER poison BEFORE DELETE ON #__j2commerce_product_variant_optionvalues
                    WHEN OLD.variant_id = $stuck BEGIN SELECT RAISE(ABORT, 'poison'); END"
                : "CREATE TRIGGER poison BEFORE DELETE ON #__j2commerce_product_variant_optionvalues FOR EACH ROW
                    IF OLD.variant_id = $stuck THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poison'; END IF",
        );
        self::assertDone($this->sync(), 1);
        self::assertSame([1, 'error'], [
            $this->rows('j2commerce_product_variant_optionvalues', "variant_id = $stuck"),
            $this->product(self::id('V2'))['link'],
        ]);
        self::assertSame(3, $this->rows('j2commerce_product_variant_optionvalues'), 'The other group was not cleaned.');

        $this->sql->execute('DROP TRIGGER poison');
        $this->assertSettled($this->sync());
        self::assertSame(2, $this->rows('j2commerce_product_variant_optionvalues'));
    }

    #[TestDox('The product of an empty group that the database refuses to unpublish fails alone')]
    public function test_a_refused_end_of_a_group(): void
    {
        $this->start([
            self::variant('V1', 'Poison', ['C' => ['Color', 'red']]),
            self::variant('W1', 'Mat', ['D' => ['Size', 'small']]),
        ]);
        $this->assertSettled($this->sync());
        $this->start([self::item('V1', ['name' => 'Red rug']), self::item('W1', ['name' => 'Small mat'])]);
        $this->poison('UPDATE');
        self::assertDone($this->sync(), 1);
        $states = fn (): array => $this->sql->fetchAll("SELECT m.name, m.state AS link, c.state
            FROM #__j2commerce_clover_mappings m JOIN #__content c ON c.id = m.article_id
              WHERE m.clover_type = 'group' ORDER BY m.name");
        self::assertEquals(
            [
                ['name' => 'Mat', 'link' => 'deleted', 'state' => 0],
                ['name' => 'Poison', 'link' => 'error', 'state' => 1],
            ],
            $states(),
        );

        $this->sql->execute('DROP TRIGGER poison');
        self::assertDone($this->sync());
        self::assertEquals(['name' => 'Poison', 'link' => 'deleted', 'state' => 0], $states()[1]);
    }

    /** Makes the database refuse articles whose old or new title starts with Poison. */
    private function poison(string $event): void
    {
        $row = $event === 'INSERT' ? 'NEW' : 'OLD';
        $this->sql->execute(
            $this->db->dialect === Dialect::Sqlite
                ? "CREATE TRIGGER poison BEFORE $event ON #__content WHEN $row.title LIKE 'Poison%' BEGIN
                    SELECT RAISE(ABORT, 'poison'); END"
                : "CREATE TRIGGER poison BEFORE $event ON #__content FOR EACH ROW IF $row.title LIKE 'Poison%'
                    THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'poison'; END IF",
        );
    }

    /** @param list<array<string, mixed>> $items */
    private function start(array $items): void
    {
        $this->files[] = $file = sys_get_temp_dir() . '/cloversync-names-' . bin2hex(random_bytes(8)) . '.json';
        file_put_contents($file, json_encode($items, JSON_THROW_ON_ERROR));

        if (isset($this->clover)) {
            $this->clover->reset($file);
        } else {
            $this->clover = Simulator::start($file);
        }

        $this->connect($this->shop());
    }

    /**
     * The run has ended, all combinations are unique, all titles are visible, and another run writes nothing.
     *
     * @param array<string, mixed> $settings
     */
    private function assertSettled(SyncRunRow $result, array $settings = [], int $failed = 0): void
    {
        self::assertDone($result, $failed);
        self::assertSame(
            [],
            $this->sql->fetchAll('SELECT v.product_id, x.product_optionvalue_ids, COUNT(*) AS n
                    FROM #__j2commerce_product_variant_optionvalues x
               JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = x.variant_id
               GROUP BY v.product_id, x.product_optionvalue_ids HAVING COUNT(*) > 1'),
        );
        $again = $this->sync($settings);
        self::assertDone($again, $failed);
        self::assertSame(0, $again->productRows);
    }

    /**
     * @param list<mixed> $texts
     *
     * @return list<string>
     */
    private static function sorted(array $texts): array
    {
        $texts = array_map(strval(...), $texts);
        usort($texts, static fn (string $a, string $b): int => [mb_strtolower($a), $a] <=> [mb_strtolower($b), $b]);

        return $texts;
    }

    /**
     * @param array<string, mixed> $more
     *
     * @return array<string, mixed>
     */
    private static function item(string $id, array $more = []): array
    {
        return $more
        + ['id' => self::id($id), 'name' => "Item $id", 'price' => 500, 'itemStock' => ['quantity' => 3.0]];
    }

    /**
     * @param array<string, array{string, string}> $options Attribute id => its name and the value
     *
     * @return array<string, mixed>
     */
    private static function variant(string $id, string $group, array $options): array
    {
        $elements = [];

        foreach ($options as $attribute => [$name, $value]) {
            $elements[] = [
                'id'        => self::id('P' . substr($id, 1) . \count($elements)),
                'name'      => $value,
                'attribute' => ['id' => self::id("T$attribute"), 'name' => $name],
            ];
        }

        return self::item($id, [
            'itemGroup' => ['id' => self::group($group), 'name' => $group],
            'options'   => ['elements' => $elements],
        ]);
    }

    private static function group(string $name): string
    {
        return 'G' . strtoupper(substr(md5($name), 0, 12));
    }

    /** Ids in Clover have 13 digits and letters. */
    private static function id(string $short): string
    {
        return $short[0] . str_pad(substr($short, 1), 12, '0', STR_PAD_LEFT);
    }
}
