<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\J2Commerce\ShopConfig;
use CloverSync\Shop\Catalog\Joomla\Categories;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Shop\Support\Text;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\SyncTestCase;

/** What a sync writes, and what it leaves unchanged. */
final class ImportTest extends SyncTestCase
{
    private const TIMES = ['modified', 'modified_on', 'core_modified_time'];

    public function test_a_first_sync_imports_every_item_with_all_the_rows_a_product_needs(): void
    {
        $result = $this->connectedAndSynced();
        $items  = $this->clover->items();

        self::assertSame(0, $result->failed);
        self::assertSame(\count($items), $result->itemsRead);
        self::assertSame(
            $result->imported,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_products'),
        );
        self::assertSame(
            $result->imported,
            (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__content c
                JOIN #__workflow_associations w ON w.item_id = c.id AND w.stage_id = 1
                AND w.extension = 'com_content.article'
               JOIN #__j2commerce_products p ON p.product_source_id = c.id AND p.product_source = 'com_content'
               AND p.enabled = 1 AND p.visibility = 1
               JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id AND v.is_master = 1
               JOIN #__j2commerce_productquantities q ON q.variant_id = v.j2commerce_variant_id
              WHERE c.state = 0 AND c.language = '*' AND c.created_by = 42"),
        );

        foreach ($items as $item) {
            $product = $this->product($item['id']);
            self::assertSame('synced', $product['link_state']);
            self::assertSame(Text::shown($item['sku'] ?? ''), $product['sku']);
            self::assertSame($item['code'] ?? '', $product['upc']);
            self::assertSame(\sprintf('%.5F', $item['price'] / 100), $product['price']);
            $count = $item['itemStock']['quantity'] ?? null;
            self::assertSame($count === null ? 0 : 1, (int) $product['manage_stock'], $item['name']);
            self::assertSame(
                $count === null ? 0 : max(0, (int) floor($count)),
                (int) $product['quantity'],
                $item['name'],
            );
        }
    }

    public function test_an_item_group_becomes_a_variable_product_with_one_combination_a_variant(): void
    {
        $this->connectedAndSynced();
        $product  = (int) $this->product($this->itemBySku('TS-RE-S')['id'])['product_id'];
        $children = $this->sql->fetchAll('SELECT
                v.j2commerce_variant_id, v.isdefault_variant, x.product_optionvalue_ids AS csv
                FROM #__j2commerce_variants v
               JOIN #__j2commerce_product_variant_optionvalues x ON x.variant_id = v.j2commerce_variant_id
               WHERE v.product_id = ? AND v.is_master = 0', [$product]);

        self::assertCount(6, $children);
        self::assertCount(6, array_unique(array_column($children, 'csv')));
        self::assertSame(1, array_sum(array_map(intval(...), array_column($children, 'isdefault_variant'))));

        foreach ($children as $child) {
            $ids    = array_map(intval(...), explode(',', Row::string($child, 'csv')));
            $sorted = $ids;
            sort($sorted);
            self::assertSame($sorted, $ids);
            self::assertSame(
                2,
                (int) $this->sql->fetchValue(
                    'SELECT COUNT(DISTINCT o.option_id) FROM #__j2commerce_product_optionvalues c
                        JOIN #__j2commerce_product_options o ON o.j2commerce_productoption_id = c.productoption_id
                  WHERE o.product_id = ? AND c.j2commerce_product_optionvalue_id IN (?, ?)',
                    [$product, ...$ids],
                ),
            );
        }

        self::assertSame(
            ['min_price' => '25.00000', 'max_price' => '27.00000'],
            $this->sql->fetchOne(
                'SELECT min_price, max_price FROM #__j2commerce_productprice_index
                WHERE product_id = ?',
                [
                    $product,
                ],
            ),
        );
        self::assertSame('25.00000', $this->sql->fetchValue(
            'SELECT price FROM #__j2commerce_variants
            WHERE product_id = ? AND is_master = 1',
            [
                $product,
            ],
        ));
    }

    public function test_an_unchanged_run_writes_no_row_of_the_shop(): void
    {
        foreach (['tag', 'category'] as $mode) {
            $this->connectedAndSynced(['mapping_mode' => $mode]);
            $before = $this->shopRows();
            $result = $this->sync(['mapping_mode' => $mode]);

            self::assertSame(0, $result->productRows, $mode);
            self::assertSame(0, $result->updated + $result->imported + $result->deleted, $mode);
            self::assertSame($before, $this->shopRows(), $mode);
        }
    }

    public function test_the_rows_written_are_counted_as_they_are(): void
    {
        $count  = fn (): int => array_sum(array_map(\count(...), $this->shopRows()));
        $before = $count();
        $result = $this->connectedAndSynced(['mapping_mode' => 'category']);
        // Each node added to a tree also shifts the nodes to its right and above it.
        $moved = $result->productRows - ($count() - $before);

        self::assertGreaterThan(0, $moved);
        self::assertLessThan(
            (12 * (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__categories'))
            + (3 * (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__tags')),
            $moved,
        );
    }

    public function test_tag_mode_turns_group_names_and_clover_tags_into_tags_and_makes_no_category(): void
    {
        $this->connect();
        $this->clover->add([
            'name'       => 'Drip Mat',
            'price'      => 300,
            'sku'        => 'MAT',
            'categories' => ['Mains'],
            'tags'       => ['Local'],
        ]);
        $categories = $this->sql->fetchAll('SELECT * FROM #__categories');
        $this->sync();

        self::assertSame($categories, $this->sql->fetchAll('SELECT * FROM #__categories'));
        self::assertSame(['Local'], $this->tagsOf((int) $this->product($this->itemBySku('MAT')['id'])['article_id']));
        self::assertContains(
            'T-Shirt',
            $this->tagsOf((int) $this->product($this->itemBySku('TS-RE-S')['id'])['article_id']),
        );
    }

    public function test_groups_that_come_together_get_a_tag_each_also_where_their_names_make_one_alias(): void
    {
        $names = ['Late Poster', 'Late Poster!', 'LATE POSTER', '???', '!!!'];

        foreach ($names as $i => $name) {
            $this->clover->add([
                'name'     => "Late $i L",
                'price'    => 100,
                'quantity' => 1,
                'group'    => $name,
                'options'  => ['Size' => 'L'],
            ]);
        }

        $this->connectedAndSynced();
        $tags = $this->sql->fetchAll(
            "SELECT title, alias FROM #__tags WHERE title LIKE 'Late Poster%' OR title IN ('???', '!!!') ORDER BY id",
        );

        // Letter case does not make another tag, and the third group has the first one's.
        self::assertEqualsCanonicalizing(
            ['???', '!!!'],
            array_values(array_intersect(array_column($tags, 'title'), ['???', '!!!'])),
        );
        self::assertCount(4, $tags);
        self::assertCount(4, array_unique(array_column($tags, 'alias')));
        self::assertCount(2, array_filter($tags, static fn (array $tag): bool => str_starts_with(
            Row::string($tag, 'alias'),
            'late-poster',
        )));
        $this->assertSoundTree('tags');
    }

    public function test_tag_mode_puts_an_article_into_an_existing_category_of_the_first_clover_category_s_name(): void
    {
        $this->sql->execute("INSERT INTO #__categories
                (parent_id, lft, rgt, level, path, extension, title, alias, published,
                created_time, modified_time)
                VALUES (1, 5, 6, 1, 'mains', 'com_content', ' MAINS ', 'mains', 1, '2024-01-01 00:00:00',
                '2024-01-01 00:00:00')");
        $id = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'categories' => ['Mains']]);
        $this->connectedAndSynced();

        self::assertSame('mains', $this->sql->fetchValue('SELECT path FROM #__categories WHERE id = ?', [
            $this->product($id)['catid'],
        ]));
    }

    public function test_category_mode_makes_the_first_category_below_the_default_one_and_tags_of_the_others(): void
    {
        $id = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'categories' => ['Mains', 'Starters']]);
        $this->connectedAndSynced(['mapping_mode' => 'category']);
        $category = $this->firstRow('SELECT title, path, level, parent_id, published, lft, rgt FROM #__categories
            WHERE id = ?', [
            $this->product($id)['catid'],
        ]);

        $title = Row::string($category, 'title');
        self::assertContains($title, ['Mains', 'Starters']);
        self::assertSame(2, (int) $category['parent_id']);
        self::assertSame(2, (int) $category['level']);
        self::assertSame('uncategorised/' . strtolower($title), $category['path']);
        self::assertSame(
            [$title === 'Mains' ? 'Starters' : 'Mains'],
            $this->tagsOf((int) $this->product($id)['article_id']),
        );
        $this->assertSoundTree('categories');
        $this->assertSoundTree('tags');
    }

    public function test_a_category_that_the_sync_made_follows_clover_s_until_the_owner_changes_it(): void
    {
        $mode  = ['mapping_mode' => 'category'];
        $id    = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'categories' => ['Barware']]);
        $other = $this->clover->add(['name' => 'Jigger', 'price' => 900, 'categories' => ['Barware']]);
        $this->connectedAndSynced($mode);
        $made   = (int) $this->product($id)['catid'];
        $clover = $this->clover->item($id)['categories']['elements'][0]['id'];
        $rename = function (string $name, string ...$items) use ($clover): void {
            foreach ($items as $item) {
                $this->clover->edit($item, [
                    '__raw' => ['categories' => ['elements' => [['id' => $clover, 'name' => $name]]]],
                ]);
            }
        };
        $category = fn (): array => $this->firstRow(
            'SELECT title, alias, path, parent_id, published FROM #__categories
                WHERE id = ?',
            [
                $made,
            ],
        );
        $before = $category();
        $count  = $this->sql->fetchValue('SELECT COUNT(*) FROM #__categories');
        $rename('Bar & Glass', $id, $other);
        self::assertSame(1, $this->sync($mode)->productRows);
        self::assertSame(['title' => 'Bar & Glass'] + $before, $category());
        self::assertSame([$made, $made], [(int) $this->product($id)['catid'], (int) $this->product($other)['catid']]);
        self::assertSame($count, $this->sql->fetchValue('SELECT COUNT(*) FROM #__categories'));
        self::assertSame(0, $this->sync($mode)->productRows);
        self::assertStringContainsString('Bar & Glass', $this->logOf($clover)[0]['message']);

        // The category that the owner has changed is the owner's, and new products are still assigned to it.
        $this->sql->execute("UPDATE #__categories SET title = 'My bar' WHERE id = ?", [$made]);
        $new = $this->clover->add(['name' => 'Shaker', 'price' => 1900]);
        $rename('Cocktails', $id, $other, $new);
        $this->sync($mode);
        self::assertSame('My bar', $category()['title']);
        self::assertSame([$made, $made], [(int) $this->product($id)['catid'], (int) $this->product($new)['catid']]);
        self::assertSame(0, $this->sync($mode)->productRows);
        $this->assertSoundTree('categories');
    }

    public function test_an_owner_s_own_category_of_the_same_name_is_never_renamed(): void
    {
        $mode = ['mapping_mode' => 'category'];
        $this->sql->execute("INSERT INTO #__categories
                (parent_id, lft, rgt, level, path, extension, title, alias, published,
                created_time, modified_time)
                VALUES (1, 5, 6, 1, 'barware', 'com_content', 'Barware', 'barware', 1, '2024-01-01 00:00:00',
                '2024-01-01 00:00:00')");
        $own = (int) $this->sql->fetchValue("SELECT id FROM #__categories WHERE title = 'Barware'");
        $id  = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'categories' => ['Barware']]);
        $this->connectedAndSynced($mode);
        self::assertSame($own, (int) $this->product($id)['catid']);
        $clover = $this->clover->item($id)['categories']['elements'][0]['id'];
        $this->clover->edit($id, ['__raw' => ['categories' => ['elements' => [['id' => $clover, 'name' => 'Glass']]]]]);
        $this->sync($mode);
        self::assertSame('Barware', $this->sql->fetchValue('SELECT title FROM #__categories WHERE id = ?', [$own]));
        self::assertSame('Glass', $this->sql->fetchValue('SELECT title FROM #__categories WHERE id = ?', [
            $this->product($id)['catid'],
        ]));
    }

    public function test_a_category_that_several_processes_want_at_once_is_made_once(): void
    {
        $codes = $this->inProcesses(8, static function (Sql $sql): int {
            $categories = new Categories(
                $sql,
                ShopConfig::read($sql),
                new Links($sql, 'sandbox', 'M'),
                2,
                new SystemClock(),
            );
            $sql->transaction(static function () use ($categories): void {
                $categories->forget();
                $categories->resolve(['Garden'], true);
                usleep(20_000);
            });

            return 0;
        });

        self::assertSame(0, array_sum($codes));
        self::assertSame(1, (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__categories WHERE title = 'Garden'"));
        $this->assertSoundTree('categories');
    }

    public function test_import_status_decides_whether_products_are_shown_unless_the_till_prices_them(): void
    {
        $this->connectedAndSynced(['import_status' => 'published']);

        foreach ($this->clover->items() as $item) {
            if (isset($item['itemGroup']) || \in_array('TS-RE-S', [$item['sku'] ?? ''], true)) {
                continue;
            }

            $shown = (int) $this->product($item['id'])['state'];

            if ($item['priceType'] !== 'FIXED' || $item['price'] === 0 || $item['hidden']) {
                self::assertSame(0, $shown, $item['name']);
            } else {
                self::assertSame(1, $shown, $item['name']);
            }
        }
    }

    public function test_the_default_tax_profile_is_written_at_import_only(): void
    {
        $this->connectedAndSynced(['default_tax_profile' => 3]);
        $id = $this->itemBySku('APRON')['id'];
        self::assertSame(3, (int) $this->product($id)['taxprofile_id']);
        $this->sql->execute('UPDATE #__j2commerce_products SET taxprofile_id = 1');
        $this->clover->edit($id, ['price' => 999]);
        $this->sync(['default_tax_profile' => 3]);
        self::assertSame(1, (int) $this->product($id)['taxprofile_id']);
    }

    public function test_a_new_price_in_clover_changes_one_row(): void
    {
        $this->connectedAndSynced();
        $id     = $this->itemBySku('APRON')['id'];
        $before = $this->shopRows(self::TIMES);
        $this->clover->edit($id, ['price' => 1234]);
        $result = $this->sync();

        self::assertSame('12.34000', $this->product($id)['price']);
        self::assertSame([1, 1], [$result->updated, $result->productRows]);
        $after = $this->shopRows(self::TIMES);
        unset($before['j2commerce_variants'], $after['j2commerce_variants']);
        self::assertSame($before, $after);
        self::assertSame('update', $this->logOf($id)[1]['action']);
    }

    public function test_a_new_price_of_a_variant_moves_the_price_range_of_its_product(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('TS-RE-L')['id'];
        $this->clover->edit($id, ['price' => 3100]);
        $this->sync();

        self::assertSame('31.00000', $this->sql->fetchValue('SELECT max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?', [
            $this->product($id)['product_id'],
        ]));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_new_count_in_clover_is_pulled_and_logged_as_such(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('TS-RE-S')['id'];
        $this->clover->setStock($id, 41);
        $result = $this->sync();

        self::assertSame(41, (int) $this->product($id)['quantity']);
        self::assertSame(1, $result->productRows);
        $group =
            (string) $this->sql->fetchValue('SELECT parent_id FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [
                $id,
            ]);
        self::assertSame(['inventory_pull', 'success'], array_slice(array_values($this->logOf($group)[1]), 0, 2));
    }

    public function test_an_item_that_is_no_longer_counted_is_untracked_and_not_sold_out(): void
    {
        $id = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'quantity' => 4]);
        $this->connectedAndSynced();
        self::assertSame([1, 4, 1], [
            (int) $this->product($id)['manage_stock'],
            (int) $this->product($id)['quantity'],
            (int) $this->product($id)['availability'],
        ]);
        $this->clover->setStock($id, null);
        $this->sync();
        self::assertSame([0, 1], [
            (int) $this->product($id)['manage_stock'],
            (int) $this->product($id)['availability'],
        ]);
    }

    public function test_a_merchant_who_keeps_no_counts_gets_no_counts_at_all(): void
    {
        $this->connect();
        $this->clover->merchant([
            'trackStock'  => false,
            'permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R'],
        ]);
        $this->sync();

        self::assertSame(0, (int) $this->sql->fetchValue('SELECT SUM(manage_stock) FROM #__j2commerce_variants'));
    }

    public function test_selling_out_and_coming_back_turn_availability_and_the_owner_s_own_stop_stays(): void
    {
        $id = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'quantity' => 4]);
        $this->connectedAndSynced();
        $this->clover->setStock($id, 0);
        $this->sync();
        self::assertSame(0, (int) $this->product($id)['availability']);
        $this->clover->setStock($id, 3);
        $this->sync();
        self::assertSame(1, (int) $this->product($id)['availability']);
        $this->sql->execute('UPDATE #__j2commerce_variants SET availability = 0 WHERE j2commerce_variant_id = ?', [
            $this->product($id)['variant_id'],
        ]);
        $this->clover->setStock($id, 2);
        $this->sync();
        self::assertSame([0, 2], [(int) $this->product($id)['availability'], (int) $this->product($id)['quantity']]);
    }

    public function test_a_new_name_in_clover_reaches_the_article_until_the_owner_has_retitled_it(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('APRON')['id'];
        $this->clover->edit($id, ['name' => 'Apron, blue']);
        $this->sync();
        self::assertSame('Apron, blue', $this->product($id)['title']);
        self::assertSame('apron', $this->product($id)['alias']);

        $this->sql->execute('UPDATE #__content SET title = ? WHERE id = ?', [
            'Our apron',
            $this->product($id)['article_id'],
        ]);
        $this->clover->edit($id, ['name' => 'Apron, green']);
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame('Our apron', $this->product($id)['title']);
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_what_a_browser_would_take_for_a_tag_comes_into_no_column_that_the_shop_shows(): void
    {
        $script = '</script><SCRIPT>alert(1)</SCRIPT>';
        $more   = ['price' => 300, 'categories' => ["Cat $script"], 'tags' => ["Tag $script"]];
        $mode   = ['mapping_mode' => 'category'];
        $id     = $this->clover->add([
            'name' => "5 < 6 -> 7 $script <unclosed",
            'sku'  => "SKU $script",
            'code' => "C$script",
        ] + $more);
        $member = $this->clover->add([
            'name'    => 'G',
            'sku'     => "R$script",
            'group'   => "Group $script",
            'options' => ["Option $script" => "Value $script"],
        ] + $more);
        $this->connectedAndSynced($mode);

        self::assertSame('5 ‹ 6 -› 7 ‹/script›‹SCRIPT›alert(1)‹/SCRIPT› ‹unclosed', $this->product($id)['title']);
        self::assertSame('SKU ‹/script›‹SCRIPT›alert(1)‹/SCRIPT›', $this->product($id)['sku']);
        self::assertSame('R‹/script›‹SCRIPT›alert(1)‹/SCRIPT›', $this->product($member)['sku']);
        // Our tables store Clover's text; our pages escape it. The text of an article is HTML.
        $rows  = $this->shopRows(['introtext']);
        $shown = array_diff_key(
            $rows,
            array_flip(array_filter(array_keys($rows), static fn (string $table): bool => str_contains(
                $table,
                'clover',
            ))),
        );
        self::assertStringNotContainsString('<', json_encode($shown, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));

        $again = $this->sync($mode);
        self::assertSame([0, 0, 0], [$again->productRows, $again->updated, $again->imported]);
        $this->clover->edit($id, ['name' => 'Plain', 'sku' => 'PLAIN']);
        $this->sync($mode);
        self::assertSame(['Plain', 'PLAIN'], [$this->product($id)['title'], $this->product($id)['sku']]);
    }

    public function test_an_article_that_the_owner_moved_stays_where_it_is(): void
    {
        $mode = ['mapping_mode' => 'category'];
        $id   = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'categories' => ['Mains']]);
        $this->connectedAndSynced($mode);
        $this->clover->edit($id, ['categories' => ['Starters']]);
        $this->sync($mode);
        self::assertSame('Starters', $this->sql->fetchValue('SELECT title FROM #__categories WHERE id = ?', [
            $this->product($id)['catid'],
        ]));
        $this->sql->execute('UPDATE #__content SET catid = 2 WHERE id = ?', [$this->product($id)['article_id']]);
        $this->clover->edit($id, ['categories' => ['Mains']]);
        $this->sync($mode);
        self::assertSame(2, (int) $this->product($id)['catid']);
    }

    public function test_tags_follow_clover_and_the_owner_s_own_tags_stay(): void
    {
        $id = $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'tags' => ['Local']]);
        $this->connectedAndSynced();
        $article = (int) $this->product($id)['article_id'];
        $this->sql->execute("INSERT INTO #__contentitem_tag_map
                (type_alias, core_content_id, content_item_id, tag_id, tag_date,
                type_id) SELECT 'com_content.article', core_content_id, content_item_id,
             (SELECT id FROM #__tags WHERE title = 'Bestseller'), tag_date, type_id FROM #__contentitem_tag_map
             WHERE content_item_id = ?", [$article]);
        $this->clover->edit($id, ['tags' => []]);
        $this->sync();
        self::assertSame(['Bestseller'], $this->tagsOf($article));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_whether_a_product_is_shown_is_the_owner_s_after_the_import(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('APRON')['id'];
        $this->sql->execute('UPDATE #__content SET state = 1, introtext = ? WHERE id = ?', [
            'By hand',
            $this->product($id)['article_id'],
        ]);
        $this->clover->edit($id, ['price' => 1234, 'name' => 'Apron 2']);
        $this->sync();
        self::assertSame([1, 'By hand', '12.34000'], [
            (int) $this->product($id)['state'],
            $this->product($id)['introtext'],
            $this->product($id)['price'],
        ]);
    }

    public function test_what_an_open_product_form_brings_back_when_it_is_saved_is_mended(): void
    {
        $this->connectedAndSynced();
        $id    = $this->itemBySku('APRON')['id'];
        $child = $this->itemBySku('TS-RE-S')['id'];
        $rows  = $this->shopRows(self::TIMES);

        foreach ([$id, $child] as $one) {
            $this->sql->execute("UPDATE #__j2commerce_variants SET price = '1.00000', sku = 'OLD', upc = 'OLD'
                WHERE j2commerce_variant_id = ?", [
                $this->product($one)['variant_id'],
            ]);
            $this->sql->execute('UPDATE #__j2commerce_productquantities SET quantity = 999 WHERE variant_id = ?', [
                $this->product($one)['variant_id'],
            ]);
        }

        $this->sync();
        $apron = $this->product($id);
        self::assertSame(['APRON', '28.00000'], [$apron['sku'], $apron['price']]);
        self::assertSame(['TS-RE-S', '25.00000', 3], [
            $this->product($child)['sku'],
            $this->product($child)['price'],
            (int) $this->product($child)['quantity'],
        ]);

        // Saving a variable product also clears these. Without the first, a shopper could leave the choice out; the
        // storefront works without the others, so they stay unchanged.
        $this->sql->execute('UPDATE #__j2commerce_product_options SET required = 0, is_variant = 0');
        $this->sql->execute("UPDATE #__j2commerce_variants SET price = '0.00000'
            WHERE is_master = 1 AND product_id = ?", [
            $this->product($child)['product_id'],
        ]);
        self::assertSame(
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_product_options'),
            $this->sync()->productRows,
        );
        self::assertSame(
            [1],
            array_unique(array_map(
                intval(...),
                $this->sql->fetchColumn('SELECT required FROM #__j2commerce_product_options'),
            )),
        );
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame(\count($rows['content']), \count($this->shopRows()['content']));
    }

    public function test_the_text_of_an_article_open_in_the_editor_waits_while_price_and_count_do_not(): void
    {
        $this->connectedAndSynced();
        $id      = $this->itemBySku('APRON')['id'];
        $article = $this->product($id)['article_id'];
        $this->sql->execute(
            "UPDATE #__content SET checked_out = 42, checked_out_time = '2024-01-01 00:00:00'
            WHERE id = ?",
            [
                $article,
            ],
        );
        $this->clover->edit($id, ['price' => 1234, 'name' => 'Apron 2']);
        $result = $this->sync();

        self::assertSame(['Apron', '12.34000'], [$this->product($id)['title'], $this->product($id)['price']]);
        self::assertSame(1, $result->skipped);
        self::assertSame('skipped', $this->logOf($id)[1]['status']);
        $this->sql->execute('UPDATE #__content SET checked_out = NULL WHERE id = ?', [$article]);
        $this->sync();
        self::assertSame('Apron 2', $this->product($id)['title']);
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_new_item_of_a_group_becomes_a_new_variant_of_its_product(): void
    {
        $this->connectedAndSynced();
        $product = $this->product($this->itemBySku('TS-RE-S')['id']);
        $id      = $this->clover->add([
            'name'     => 'T-Shirt Green M',
            'price'    => 2900,
            'sku'      => 'TS-GR-M',
            'quantity' => 2,
            'group'    => 'T-Shirt',
            'options'  => ['Color' => 'Green', 'Size' => 'M'],
        ]);
        $result = $this->sync();

        self::assertSame(
            [1, 0],
            [$result->updated, $result->failed],
            json_encode($this->logOf($id), JSON_THROW_ON_ERROR),
        );
        $new = $this->product($id);
        self::assertSame([(int) $product['product_id'], 0, 0, '29.00000'], [
            (int) $new['product_id'],
            (int) $new['is_master'],
            (int) $new['isdefault_variant'],
            $new['price'],
        ]);
        self::assertNotNull($new['csv']);
        self::assertSame('29.00000', $this->sql->fetchValue(
            'SELECT max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?',
            [
                $new['product_id'],
            ],
        ));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_two_products_of_one_name_in_one_category_get_different_aliases(): void
    {
        $first  = $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $second = $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $this->connectedAndSynced();
        $third = $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $this->sync();
        $aliases = array_map(fn (string $id): string => Row::string(
            $this->product($id),
            'alias',
        ), [$first, $second, $third]);

        self::assertCount(3, array_unique($aliases));
        self::assertContains('drip-mat', $aliases);
        self::assertSame('drip-mat-' . strtolower($third), $aliases[2]);
    }

    public function test_one_bad_item_is_that_item_s_error_and_the_run_goes_on(): void
    {
        $this->connect();
        $this->clover->add([
            'name'    => 'T-Shirt Red S again',
            'price'   => 100,
            'group'   => 'T-Shirt',
            'options' => ['Color' => 'Red', 'Size' => 'S'],
        ]);
        $result = $this->sync();

        self::assertSame([RunStatus::Done, 1], [$result->status, $result->failed]);
        $link = $this->firstRow(
            "SELECT clover_id, error, product_id FROM #__j2commerce_clover_mappings WHERE state = 'error'",
        );
        $id = Row::string($link, 'clover_id');
        self::assertNull($link['product_id']);
        self::assertStringContainsString('same options', English::column($link['error']));
        self::assertSame('error', $this->logOf($id)[0]['status']);
        self::assertStringContainsString(
            '1 failed',
            English::column($this->sql->fetchValue(
                "SELECT message FROM #__j2commerce_clover_log WHERE action = 'sync' ORDER BY id DESC LIMIT 1",
            )),
        );

        $this->clover->edit($id, ['options' => ['Color' => 'Red', 'Size' => 'XXL']]);
        self::assertSame(0, $this->sync()->failed);
        self::assertSame('synced', $this->product($id)['link_state']);
    }

    public function test_a_product_erased_from_the_shop_comes_back_as_a_new_one(): void
    {
        $this->connectedAndSynced();
        $id  = $this->itemBySku('APRON')['id'];
        $old = $this->product($id);
        $this->sql->execute('DELETE FROM #__content WHERE id = ?', [$old['article_id']]);
        $result = $this->sync();

        self::assertSame([1, 0], [$result->imported, $result->conflicts]);
        self::assertNotSame((int) $old['product_id'], (int) $this->product($id)['product_id']);
        self::assertSame(0, $this->sync()->productRows);
    }

    private function assertSoundTree(string $table): void
    {
        $bounds = [];

        foreach ($this->sql->fetchAll("SELECT id, parent_id, lft, rgt FROM #__$table ORDER BY lft") as $row) {
            [$left, $right] = [Row::int($row, 'lft'), Row::int($row, 'rgt')];
            self::assertLessThan($right, $left);
            array_push($bounds, $left, $right);

            if (Row::int($row, 'parent_id') > 0) {
                $parent = $this->firstRow("SELECT lft, rgt FROM #__$table WHERE id = ?", [$row['parent_id']]);
                self::assertTrue(Row::int($parent, 'lft') < $left && $right < Row::int($parent, 'rgt'));
            }
        }

        sort($bounds);
        self::assertSame(range(0, \count($bounds) - 1), $bounds);
    }
}
