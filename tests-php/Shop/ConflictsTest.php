<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Links\AdoptProblem;
use CloverSync\Shop\Links\LinkState;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Services;
use CloverSync\Shop\Status\Attention;
use CloverSync\Shop\Status\ListedLink;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** The shop already has a product with the same SKU. */
final class ConflictsTest extends SyncTestCase
{
    public function test_a_product_the_shop_already_had_is_neither_overwritten_nor_doubled(): void
    {
        $own    = $this->ownProduct('Our apron', 'apron', '99.00000');
        $id     = $this->itemBySku('APRON')['id'];
        $before = $this->sql->fetchAll('SELECT * FROM #__j2commerce_variants');
        $result = $this->connectedAndSynced();

        self::assertSame(1, $result->conflicts);
        self::assertSame($before, $this->sql->fetchAll('SELECT * FROM #__j2commerce_variants WHERE product_id = ?', [
            $own['product'],
        ]));
        self::assertSame(
            ['conflict', null],
            array_values($this->firstRow(
                'SELECT state, product_id FROM #__j2commerce_clover_mappings
                WHERE clover_id = ?',
                [
                    $id,
                ],
            )),
        );
        self::assertSame(
            1,
            (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_variants WHERE sku = 'APRON'"),
        );

        $again = $this->sync();
        self::assertSame([1, 0], [$again->conflicts, $again->productRows]);
        self::assertCount(1, $this->logOf($id), 'It is said once.');
    }

    public function test_adopting_links_it_and_the_next_sync_brings_what_clover_owns_and_no_more(): void
    {
        $own = $this->ownProduct('Our apron', 'apron', '99.00000');
        $id  = $this->itemBySku('APRON')['id'];
        $this->connectedAndSynced();
        $conflicts = $this->shop()->conflicts();
        self::assertSame(
            [[
                'clover_id' => $id,
                'type'      => 'item',
                'name'      => 'Apron',
                'sku'       => 'apron',
                'relink'    => false,
                'products'  => [[
                    'product_id'    => $own['product'],
                    'article_id'    => $own['article'],
                    'title'         => 'Our apron',
                    'sku'           => 'apron',
                    'type'          => 'simple',
                    'state'         => 1,
                    'price'         => '99.00000',
                    'highest_price' => '99.00000',
                ]],
                'problem'   => null,
                'options'   => ['clover' => [], 'shop' => []],
                'pairs'     => [],
            ]],
            $conflicts->list(),
        );
        $conflicts->adopt($id);
        self::assertSame([], $conflicts->list());
        $result = $this->sync();

        $product = $this->product($id);
        self::assertSame([1, 0], [$result->updated, $result->conflicts]);
        self::assertSame([$own['product'], 'Our apron', '28.00000', 'APRON', 'synced', 1], [
            (int) $product['product_id'],
            $product['title'],
            $product['price'],
            $product['sku'],
            $product['link_state'],
            (int) $product['state'],
        ]);
        self::assertSame(0, $this->sync()->productRows);
    }

    /** @return iterable<string, array{\Closure(Services, string): mixed}> */
    public static function changes(): iterable
    {
        yield 'adopting one' => [static fn (Services $shop, string $id): mixed => $shop->conflicts()->adopt($id)];
        yield 'adopting all' => [static fn (Services $shop): array => $shop->conflicts()->adoptAll()];
        yield 'relinking all' => [static fn (Services $shop): array => $shop->conflicts()->relinkAllBySku()];
        yield 'unlinking' => [static fn (Services $shop, string $id): mixed => $shop->unlink($id)];
    }

    /** @param \Closure(Services, string): mixed $change */
    #[DataProvider('changes')]
    #[TestDox('While a sync runs, the owner cannot change links, and waits for its end for some seconds: $_dataName')]
    public function test_a_change_during_a_sync(\Closure $change): void
    {
        $this->ownProduct('Our apron', 'apron', '99.00000');
        $id = $this->itemBySku('APRON')['id'];
        $this->connectedAndSynced();
        $clock = new FakeClock(microtime(true));
        $sync  = new Lock($this->db->connect(), 'sync:sandbox', $clock, new ProcessIdentity('another node', 1, 1));
        self::assertTrue($sync->acquire());

        try {
            $change($this->shop(clock: $clock), $id);
            self::fail('A sync runs.');
        } catch (AlreadyRunningException) {
            self::assertSame(1, \count($this->shop()->conflicts()->list()));
        }

        $sync->release();
        $change($this->shop(clock: $clock), $id);
        self::assertTrue($sync->acquire(), 'It is free again.');
    }

    public function test_a_new_variant_whose_sku_another_product_has_waits_and_its_sisters_go_on(): void
    {
        $this->connectedAndSynced();
        $own = $this->ownProduct('Our giant poster', 'PO-GIANT', '5.00000');
        $id  = $this->clover->add([
            'name'     => 'Giant',
            'group'    => 'Poster',
            'options'  => ['Size' => 'Giant'],
            'price'    => 100,
            'sku'      => 'po-giant',
            'quantity' => 3,
        ]);
        $rows = $this->shopRows(['modified', 'modified_on']);

        $result = $this->sync();
        self::assertSame([0, 1, 0], [$result->updated, $result->failed, $result->productRows]);
        self::assertSame($rows, $this->shopRows(['modified', 'modified_on']));
        self::assertStringContainsString('Our giant poster', $this->logOf($id)[0]['message']);
        self::assertSame('error', $this->sql->fetchValue(
            'SELECT state FROM #__j2commerce_clover_mappings
            WHERE clover_id = ?',
            [
                $id,
            ],
        ));

        $this->sql->execute("UPDATE #__j2commerce_variants SET sku = 'OURS' WHERE product_id = ?", [$own['product']]);
        $result = $this->sync();
        self::assertSame([1, 0], [$result->updated, $result->failed]);
        self::assertSame('1.00000', $this->sql->fetchValue(
            'SELECT min_price FROM #__j2commerce_productprice_index i
                JOIN #__j2commerce_clover_mappings m ON m.product_id = i.product_id WHERE m.clover_id = ?',
            [$id],
        ));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_group_adopts_the_variable_product_whose_variants_have_its_skus(): void
    {
        $this->clover->setStock($this->itemBySku('TS-BL-M')['id'], 4);
        $this->connectedAndSynced();
        $ids     = array_map(fn (string $sku): string => $this->itemBySku($sku)['id'], ['TS-RE-S', 'TS-BL-L']);
        $product = (int) $this->product($ids[0])['product_id'];
        $rows    = $this->shopRows(['modified', 'modified_on']);
        $group   = (string) $this->sql->fetchValue(
            'SELECT parent_id FROM #__j2commerce_clover_mappings
            WHERE clover_id = ?',
            [
                $ids[0],
            ],
        );
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);

        self::assertSame(1, $this->sync()->conflicts);
        $this->shop()->conflicts()->adopt($group);
        $this->sync();
        self::assertSame([$product, $product], [
            (int) $this->product($ids[0])['product_id'],
            (int) $this->product($ids[1])['product_id'],
        ]);
        self::assertSame($rows, $this->shopRows(['modified', 'modified_on']));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_group_is_adopted_only_by_a_product_whose_variants_differ_by_the_same_options(): void
    {
        $this->connectedAndSynced();
        $item    = $this->itemBySku('TS-RE-S')['id'];
        $product = (int) $this->product($item)['product_id'];
        $group   = (string) $this->sql->fetchValue(
            'SELECT parent_id
               FROM #__j2commerce_clover_mappings WHERE clover_id = ?',
            [
                $item,
            ],
        );
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);
        $names = $this->sql->fetchColumn('SELECT o.option_name FROM #__j2commerce_options o
               JOIN #__j2commerce_product_options p ON p.option_id = o.j2commerce_option_id
              WHERE p.product_id = ? ORDER BY o.option_name', [$product]);
        $option = (int) $this->sql->fetchValue(
            'SELECT MAX(option_id)
               FROM #__j2commerce_product_options WHERE product_id = ?',
            [
                $product,
            ],
        );
        $name = (string) $this->sql->fetchValue(
            'SELECT option_name
               FROM #__j2commerce_options WHERE j2commerce_option_id = ?',
            [
                $option,
            ],
        );
        $this->sync();
        $rename = fn (string $to): int => $this->sql->execute(
            'UPDATE #__j2commerce_options
                SET option_name = ? WHERE j2commerce_option_id = ?',
            [
                $to,
                $option,
            ],
        );
        $rename('Fit');
        $rows     = $this->shopRows();
        $conflict = $this->shop()->conflicts()->list()[0];
        self::assertSame(AdoptProblem::Options, $conflict['problem']);
        self::assertEqualsCanonicalizing($names, $conflict['options']['clover']);
        self::assertContains('Fit', $conflict['options']['shop']);
        self::assertSame(0, $this->shop()->conflicts()->adoptAll()['adopted']);

        try {
            $this->shop()->conflicts()->adopt($group);
            self::fail('It was adopted.');
        } catch (ShopException $e) {
            self::assertStringContainsString('Fit', $e->getMessage());
        }

        $this->sync();
        self::assertSame($rows, $this->shopRows());
        $rename(mb_strtoupper($name));
        self::assertNull($this->shop()->conflicts()->list()[0]['problem'], 'The same name in other letters.');
        $this->shop()->conflicts()->adopt($group);
        $this->sync();
        self::assertSame($product, (int) $this->product($item)['product_id']);
    }

    public function test_the_owner_pairs_options_of_other_names_and_the_product_keeps_its_own(): void
    {
        $this->clover->setStock($this->itemBySku('TS-BL-M')['id'], 4);
        $this->connectedAndSynced();
        $items   = array_map(fn (string $sku): string => $this->itemBySku($sku)['id'], ['TS-RE-S', 'TS-BL-L']);
        $product = (int) $this->product($items[0])['product_id'];
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);
        $this->sql->execute("UPDATE #__j2commerce_options SET option_name = 'Fit' WHERE option_name = 'Size'");
        $this->sql->execute("UPDATE #__j2commerce_options SET option_name = 'Shade' WHERE option_name = 'Color'");
        $this->sync();
        [$conflict] = $this->shop()->conflicts()->list();
        self::assertSame(AdoptProblem::Options, $conflict['problem']);
        self::assertEqualsCanonicalizing(['Size', 'Color'], array_keys($conflict['pairs']));
        self::assertEqualsCanonicalizing(['Fit', 'Shade'], array_values($conflict['pairs']));
        self::assertEqualsCanonicalizing(['Size', 'Color'], $conflict['options']['clover']);
        self::assertEqualsCanonicalizing(['Fit', 'Shade'], $conflict['options']['shop']);

        foreach ([['Size' => 'Fit'], ['Size' => 'Fit', 'Color' => 'Fit']] as $pairs) {
            try {
                $this->shop()->conflicts()->adopt($conflict['clover_id'], $pairs);
                self::fail('It was adopted.');
            } catch (ShopException) {
            }
        }

        $rename = 'UPDATE #__j2commerce_options SET option_name = ? WHERE option_name = ?';

        foreach (['Color' => 'Fit', 'size' => 'size'] as $name => $size) {
            $this->sql->execute($rename, [$name, 'Shade']);
            $pairs = $this->shop()->conflicts()->list()[0]['pairs'];
            ksort($pairs);
            self::assertSame(
                ['Color' => $size === 'Fit' ? 'Color' : 'Fit', 'Size' => $size],
                $pairs,
                'Equal names first.',
            );
            $this->sql->execute($rename, ['Shade', $name]);
        }

        $rows = $this->shopRows(['modified', 'modified_on']);
        $this->shop()->conflicts()->adopt($conflict['clover_id'], ['Size' => 'Fit', 'Color' => 'Shade']);
        $this->sync();
        self::assertSame($rows, $this->shopRows(['modified', 'modified_on']));
        self::assertSame(
            [$product, $product],
            array_map(fn (string $id): int => (int) $this->product($id)['product_id'], $items),
        );

        $this->clover->add([
            'name'    => 'XXL',
            'group'   => 'T-Shirt',
            'options' => ['Size' => 'XXL', 'Color' => 'Red'],
            'price'   => 3100,
            'sku'     => 'TS-RE-XXL',
        ]);
        $this->sync();
        self::assertSame(
            ['Fit', 'Shade'],
            $this->texts('SELECT o.option_name FROM #__j2commerce_options o
               JOIN #__j2commerce_product_options p ON p.option_id = o.j2commerce_option_id
              WHERE p.product_id = ? ORDER BY o.option_name', [$product]),
            'A new variant gets the shop\'s options.',
        );
        self::assertContains('XXL', $this->texts(
            'SELECT x.optionvalue_name FROM #__j2commerce_optionvalues x
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = x.option_id WHERE o.option_name = ?',
            ['Fit'],
        ));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_group_whose_options_an_earlier_version_did_not_store_waits_for_a_sync(): void
    {
        $this->connectedAndSynced();
        $item    = $this->itemBySku('TS-RE-S')['id'];
        $product = (int) $this->product($item)['product_id'];
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);
        $this->sync();
        $this->sql->execute('UPDATE #__j2commerce_clover_mappings SET options = NULL');
        self::assertSame(AdoptProblem::Unknown, $this->shop()->conflicts()->list()[0]['problem']);
        $this->sync();
        self::assertNull($this->shop()->conflicts()->list()[0]['problem']);
    }

    public function test_a_variant_s_sku_is_no_match_for_a_single_item(): void
    {
        $this->ownProduct('Our aprons', 'APRON', '99.00000', master: false);
        $id = $this->itemBySku('APRON')['id'];
        $this->connectedAndSynced();
        $result = $this->shop()->conflicts()->adoptAll();
        self::assertSame(0, $result['adopted']);
        self::assertArrayHasKey($id, $result['failed']);
        $this->expectException(ShopException::class);
        $this->shop()->conflicts()->adopt($id);
    }

    public function test_a_variable_product_s_own_sku_is_no_match_for_a_single_item(): void
    {
        $own = $this->ownProduct('Our aprons', 'APRON', '99.00000');
        $this->sql->execute("UPDATE #__j2commerce_products SET product_type = 'variable'");
        $this->connectedAndSynced();
        [$conflict] = $this->shop()->conflicts()->list();
        self::assertSame([AdoptProblem::HasVariants, $own['product'], 'variable'], [
            $conflict['problem'],
            $conflict['products'][0]['product_id'],
            $conflict['products'][0]['type'],
        ]);
        self::assertSame(0, $this->shop()->conflicts()->adoptAll()['adopted']);
    }

    public function test_a_product_that_was_just_adopted_is_not_called_a_variant(): void
    {
        $this->ownProduct('Our mat', 'MAT', '1.00000');
        $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'sku' => 'MAT']);
        $this->clover->add(['name' => 'Drip Tray', 'price' => 300, 'sku' => 'mat']);
        $this->connectedAndSynced();
        $result = $this->shop()->conflicts()->adoptAll();
        self::assertSame(1, $result['adopted']);
        self::assertStringContainsString('was just linked', implode(' ', array_map(
            English::of(...),
            $result['failed'],
        )));
    }

    public function test_a_product_in_the_trash_is_neither_a_conflict_nor_offered(): void
    {
        $own = $this->ownProduct('Our apron', 'APRON', '99.00000');
        $id  = $this->itemBySku('APRON')['id'];
        $this->sql->execute('UPDATE #__content SET state = -2 WHERE id = ?', [$own['article']]);
        $this->ownProduct('Our mug', 'MUG-01', '1.00000');
        self::assertSame(1, $this->connectedAndSynced()->conflicts);
        self::assertNotSame($own['product'], (int) $this->product($id)['product_id']);

        $this->sql->execute("UPDATE #__content SET state = -2 WHERE title = 'Our mug'");
        self::assertSame([], $this->shop()->conflicts()->list()[0]['products']);
        self::assertSame(0, $this->sync()->conflicts);
        self::assertSame('synced', $this->product($this->itemBySku('MUG-01')['id'])['link_state']);
        self::assertSame([], $this->shop()->conflicts()->list());
    }

    public function test_the_number_of_conflicts_is_the_same_wherever_it_is_shown(): void
    {
        $this->connectedAndSynced();

        foreach (['TS-RE-S', 'APRON'] as $sku) {
            $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [
                (int) $this->product($this->itemBySku($sku)['id'])['product_id'],
            ]);
        }

        $run  = $this->sync();
        $shop = $this->shop();
        self::assertSame([2, 2, 2, 2, 2], [
            $run->conflicts,
            \count($shop->conflicts()->list()),
            $shop->dashboard()->read()->conflicts,
            Attention::of($this->sql, $shop->links(), $shop->state, new SystemClock())->conflicts,
            $shop->linkList()->count(['state' => LinkState::Conflict->value]),
        ]);
        self::assertSame(
            [],
            array_filter(
                $shop->linkList()->page([], 'title', false, 0, 500),
                static fn (ListedLink $row): bool => $row->state === LinkState::Conflict,
            ),
            'They are listed once.',
        );
    }

    public function test_prices_of_a_variable_product_are_its_lowest_and_its_highest(): void
    {
        $this->connectedAndSynced();
        $product = (int) $this->product($this->itemBySku('TS-RE-S')['id'])['product_id'];
        $this->sql->execute('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [$product]);
        $prices = ['9.50000', '110.00000', '10.00000'];

        foreach (['TS-RE-S', 'TS-RE-M', 'TS-RE-L'] as $i => $sku) {
            $this->sql->execute('UPDATE #__j2commerce_variants SET price = ? WHERE sku = ?', [$prices[$i], $sku]);
        }

        $this->sync();
        $shown = $this->shop()->conflicts()->list()[0]['products'][0];
        self::assertSame(['variable', '9.50000', '110.00000'], [
            $shown['type'],
            $shown['price'],
            $shown['highest_price'],
        ]);
    }

    public function test_two_products_with_the_sku_are_left_to_the_owner(): void
    {
        $this->ownProduct('One', 'APRON', '1.00000');
        $this->ownProduct('Two', 'APRON', '1.00000');
        $this->connectedAndSynced();
        $this->expectExceptionMessage('Several products');
        $this->shop()->conflicts()->adopt($this->itemBySku('APRON')['id']);
    }

    public function test_an_empty_sku_matches_nothing(): void
    {
        $this->ownProduct('Nameless', '', '1.00000');
        $this->clover->add(['name' => 'Drip Mat', 'price' => 300]);
        $this->clover->add(['name' => 'Drip Tray', 'price' => 300, 'sku' => '']);
        self::assertSame(0, $this->connectedAndSynced()->conflicts);
    }

    public function test_a_sku_repeated_inside_clover_is_no_conflict(): void
    {
        $this->clover->add(['name' => 'Drip Mat', 'price' => 300, 'sku' => 'TWICE']);
        $this->clover->add(['name' => 'Drip Tray', 'price' => 300, 'sku' => 'twice']);
        self::assertSame(0, $this->connectedAndSynced()->conflicts);
        $this->clover->add(['name' => 'Drip Cup', 'price' => 300, 'sku' => 'TWICE']);
        self::assertSame([0, 1], [
            $this->sync()->conflicts,
            (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__content WHERE title = 'Drip Cup'"),
        ]);
    }

    public function test_links_of_the_rehearsal_are_taken_over_by_sku(): void
    {
        $this->connectedAndSynced();
        // The sandbox's rows once the shop is connected to the real merchant.
        $this->sql->execute("UPDATE #__j2commerce_clover_mappings
                SET environment = 'eu', merchant_id = 'OTHER', clover_id = LOWER(clover_id),
                parent_id = LOWER(parent_id)");
        $withoutSku = \count(array_filter(
            $this->clover->items(),
            static fn (array $i): bool => ($i['sku'] ?? '') === '',
        ));
        $products = (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_products');
        $result   = $this->sync();
        self::assertGreaterThan(0, $result->conflicts);
        self::assertTrue($this->shop()->conflicts()->list()[0]['relink']);
        $relinked = $this->shop()->conflicts()->relinkAllBySku();
        self::assertGreaterThan(15, $relinked['adopted']);
        $this->sync();
        self::assertSame('Apron', $this->product($this->itemBySku('APRON')['id'])['title']);
        self::assertLessThanOrEqual(
            $products + $withoutSku,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_products'),
        );
        self::assertSame(
            ['F&C-‹L›'],
            $this->sql->fetchColumn("SELECT sku FROM #__j2commerce_variants WHERE sku LIKE 'F&C-%'"),
            'Kept in other letters, and found by them.',
        );

        // The title still follows Clover, because the owner never changed it.
        $this->clover->edit($this->itemBySku('APRON')['id'], ['name' => 'Apron 2']);
        $this->sync();
        self::assertSame('Apron 2', $this->product($this->itemBySku('APRON')['id'])['title']);
    }

    /** @return array{article: int, product: int} */
    private function ownProduct(string $title, string $sku, string $price, bool $master = true): array
    {
        $this->sql->execute("INSERT INTO #__content
                (title, alias, introtext, `fulltext`, state, catid, created, modified, images, urls,
                attribs, metadesc, metadata, language)
                VALUES (?, ?, '', '', 1, 2, '2024-01-01 00:00:00', '2024-01-01 00:00:00', '{}', '{}', '{}', '', '{}',
                '*')", [$title, bin2hex(random_bytes(4))]);
        $article = (int) $this->sql->fetchValue('SELECT MAX(id) FROM #__content');
        $this->sql->execute(
            "INSERT INTO #__j2commerce_products (visibility, product_source, product_source_id, product_type,
                addtocart_text, enabled, up_sells, cross_sells) VALUES (1, 'com_content', ?, ?, '', 1, '', '')",
            [$article, $master ? 'simple' : 'variable'],
        );
        $product = (int) $this->sql->fetchValue('SELECT MAX(j2commerce_product_id) FROM #__j2commerce_products');
        $this->sql->execute(
            "INSERT INTO #__j2commerce_variants (product_id, is_master, sku, price, pricing_calculator, shipping,
                quantity_restriction, allow_backorder, isdefault_variant) VALUES (?, ?, ?, ?, 'standard', 1, 0, 0, 1)",
            [$product, (int) $master, $sku, $price],
        );

        return ['article' => $article, 'product' => $product];
    }
}
