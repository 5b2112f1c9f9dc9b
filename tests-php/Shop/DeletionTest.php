<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Products whose item was deleted in Clover, and products that come back. */
final class DeletionTest extends SyncTestCase
{
    private const TIMES = ['modified', 'modified_on', 'modified_by', 'core_modified_time'];

    /** @return iterable<string, array{string, int}> */
    public static function actions(): iterable
    {
        yield 'unpublish' => ['unpublish', 0];
        yield 'trash' => ['trash', -2];
        yield 'ignore' => ['ignore', 1];
    }

    #[DataProvider('actions')]
    public function test_the_delete_action_is_done_and_undone(string $action, int $state): void
    {
        $settings = ['delete_action' => $action, 'import_status' => 'published'];
        $this->connectedAndSynced($settings);
        $id     = $this->itemBySku('APRON')['id'];
        $before = $this->shopRows(self::TIMES);
        $this->clover->remove($id);
        $result = $this->sync($settings);

        self::assertSame([RunStatus::Done, 1], [$result->status, $result->deleted]);
        $product = $this->product($id);
        self::assertSame([$state, 1, 'deleted'], [
            (int) $product['state'],
            (int) $product['enabled'],
            $product['link_state'],
        ]);
        self::assertSame(
            ['delete', $action === 'ignore' ? 'skipped' : 'success'],
            array_slice(array_values($this->logOf($id)[1]), 0, 2),
        );
        self::assertSame(0, $this->sync($settings)->productRows);

        // Joomla's article list removes it when it hides an article.
        $this->sql->execute('UPDATE #__j2commerce_products SET enabled = ? WHERE j2commerce_product_id = ?', [
            $action === 'ignore' ? 1 : 0,
            $product['product_id'],
        ]);
        $this->clover->restore($id);
        $this->sync($settings);
        self::assertSame($before, $this->shopRows(self::TIMES));
        self::assertSame('synced', $this->product($id)['link_state']);
        self::assertSame(0, $this->sync($settings)->productRows);
    }

    public function test_a_product_that_was_hidden_before_its_deletion_stays_hidden_when_it_is_back(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('APRON')['id'];
        $this->clover->remove($id);
        $this->sync();
        $this->clover->restore($id);
        $this->sync();
        self::assertSame(0, (int) $this->product($id)['state']);
    }

    public function test_a_deleted_item_of_a_group_leaves_the_storefront_and_comes_back_as_the_same_variant(): void
    {
        $this->connectedAndSynced();
        // The product's default variant, and the only one with its size and color.
        $id = $this->clover->add([
            'name'     => 'T-Shirt Green XXL',
            'price'    => 3900,
            'sku'      => 'TS-GR',
            'quantity' => 2,
            'group'    => 'T-Shirt',
            'options'  => ['Color' => 'Green', 'Size' => 'XXL'],
        ]);
        $this->sync();
        $before = $this->product($id);
        $rows   = $this->shopRows(self::TIMES);
        $this->sql->execute(
            'UPDATE #__j2commerce_variants SET isdefault_variant = CASE WHEN j2commerce_variant_id = ? THEN 1 ELSE 0 END
                WHERE product_id = ? AND is_master = 0',
            [$before['variant_id'], $before['product_id']],
        );
        $this->clover->remove($id);
        $this->sync();
        $gone = $this->product($id);

        self::assertSame([null, 0, 'deleted', 0], [
            $gone['csv'],
            (int) $gone['availability'],
            $gone['link_state'],
            (int) $gone['isdefault_variant'],
        ]);
        self::assertSame(
            1,
            (int) $this->sql->fetchValue(
                'SELECT SUM(isdefault_variant) FROM #__j2commerce_variants
                WHERE product_id = ? AND is_master = 0',
                [
                    $gone['product_id'],
                ],
            ),
        );
        self::assertSame('27.00000', $this->sql->fetchValue(
            'SELECT max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?',
            [
                $gone['product_id'],
            ],
        ));
        self::assertSame(
            0,
            (int) $this->sql->fetchValue("SELECT COUNT(*) FROM #__j2commerce_product_optionvalues c
                    JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = c.optionvalue_id
                    WHERE v.optionvalue_name IN ('Green', 'XXL')"),
            'A choice that no variant has is offered no more.',
        );
        self::assertSame(0, $this->sync()->productRows);

        $this->clover->restore($id);
        $this->sync();
        $back = $this->product($id);
        self::assertSame([(int) $before['variant_id'], 1, 'synced'], [
            (int) $back['variant_id'],
            (int) $back['availability'],
            $back['link_state'],
        ]);
        self::assertNotNull($back['csv']);
        self::assertSame(
            \count($rows['j2commerce_product_optionvalues']),
            \count($this->shopRows()['j2commerce_product_optionvalues']),
        );
        self::assertSame('39.00000', $this->sql->fetchValue(
            'SELECT max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?',
            [
                $gone['product_id'],
            ],
        ));
        self::assertSame(0, $this->sync()->productRows);
    }

    public function test_a_group_whose_items_are_all_gone_is_treated_as_a_deleted_product_and_comes_back_whole(): void
    {
        $settings = ['import_status' => 'published'];
        // A variant that is sold out would come back as unavailable, which the import leaves to the count.
        $this->clover->setStock($this->itemBySku('TS-BL-M')['id'], 4);
        $this->connectedAndSynced($settings);
        $ids = array_map(fn (string $sku): string => $this->itemBySku($sku)['id'], [
            'TS-RE-S',
            'TS-RE-M',
            'TS-RE-L',
            'TS-BL-S',
            'TS-BL-M',
            'TS-BL-L',
        ]);
        // Choices are deleted with the variants, and come back with other ids.
        $without = [
            ...self::TIMES,
            'j2commerce_productoption_id',
            'productoption_id',
            'j2commerce_product_optionvalue_id',
            'product_optionvalue_ids',
        ];
        $before = $this->shopRows($without);
        array_map($this->clover->remove(...), $ids);
        $result = $this->sync($settings);

        self::assertSame(1, $result->deleted);
        self::assertSame([0, null, 0], [
            (int) $this->product($ids[0])['state'],
            $this->product($ids[0])['csv'],
            (int) $this->product($ids[0])['availability'],
        ]);
        self::assertSame(0, $this->sync($settings)->productRows);
        array_map($this->clover->restore(...), $ids);
        $this->sync($settings);
        self::assertEqualsCanonicalizing($before, $this->shopRows($without));
        self::assertSame(0, $this->sync($settings)->productRows);
    }

    public function test_nothing_is_deleted_when_clover_still_has_the_item(): void
    {
        $this->connectedAndSynced();
        $id = $this->itemBySku('APRON')['id'];
        // As if the page had left it out.
        $this->sql->execute(
            "INSERT INTO #__j2commerce_clover_runs (environment, merchant_id, status, phase, currency, started,
                heartbeat)
            SELECT environment, merchant_id, 'running', 'deletes', 'USD', ended, ended FROM #__j2commerce_clover_runs",
        );
        $run = (int) $this->sql->fetchValue('SELECT MAX(id) FROM #__j2commerce_clover_runs');
        $this->sql->execute(
            'UPDATE #__j2commerce_clover_mappings SET seen_run = CASE
            WHEN clover_id = ? THEN 0 ELSE ? END',
            [
                $id,
                $run,
            ],
        );
        $this->clover->edit($id, ['price' => 4321]);
        $result = $this->sync();

        self::assertSame([$run, RunStatus::Done, 0, 1], [
            $result->id,
            $result->status,
            $result->deleted,
            $result->updated,
        ]);
        self::assertSame('43.21000', $this->product($id)['price']);
    }

    public function test_many_deletions_at_once_wait_for_the_owner_s_word(): void
    {
        $this->connectedAndSynced();
        $ids = array_column($this->clover->items(), 'id');

        foreach (array_slice($ids, 0, 20) as $id) {
            $this->clover->remove($id);
        }

        $before = $this->shopRows();
        $result = $this->sync();
        self::assertSame(RunStatus::NeedsConfirmation, $result->status);
        self::assertEquals(new Message(MessageCode::ManyGone, ['gone' => 20, 'linked' => 64]), $result->message);
        self::assertSame($before, $this->shopRows());

        // Another run without confirmation asks again; with it, the waiting run continues.
        $again = $this->sync();
        self::assertSame(RunStatus::NeedsConfirmation, $again->status);
        $this->shop()->runner()->requireQuestion($again->id);
        self::assertRefused(fn () => $this->shop()->runner()->requireQuestion($result->id), 'Another run asks.');
        $result = $this->sync(confirmDeletes: true);
        self::assertSame(RunStatus::Done, $result->status);
        self::assertSame(
            20,
            (int) $this->sql->fetchValue(
                "SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'deleted' AND clover_type = 'item'",
            ),
        );
    }

    #[TestDox('The question lists what it is about, by name and with its number, and No leaves it as it is')]
    public function test_many_deletions_that_the_owner_leaves(): void
    {
        $this->connectedAndSynced();
        $live = $this->clover->items();
        $gone = array_slice($live, 0, 30);

        foreach ($gone as $item) {
            $this->clover->remove($item['id']);
        }

        $before = $this->shopRows();
        $asked  = $this->sync();
        $run    = $this->shop()->dashboard()->read()->run;
        self::assertNotNull($run);
        $names = array_column($gone, 'name');
        self::assertSame([30, 25], [$run['gone'], \count($run['vanished'])]);

        foreach ($run['vanished'] as $item) {
            self::assertContains($item->name, $names);
            self::assertSame(
                1,
                (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__content WHERE id = ?', [
                    (int) $item->articleId,
                ]),
            );
        }

        $calls = $this->clover->mark();
        self::assertRefused(
            fn () => $this
                ->shop()
                ->runner()
                ->keepVanished($asked->id - 1),
            'That run does not ask.',
        );
        $kept = $this->shop()->runner()->keepVanished($asked->id);
        self::assertSame([RunStatus::Done, $asked->id, 0, []], [
            $kept->status,
            $kept->id,
            $kept->deleted,
            $this->clover->calls($calls),
        ]);
        self::assertSame($before, $this->shopRows());
        self::assertNull($this->shop()->dashboard()->read()->run);
        self::assertSame([], $this->shop()->log->ofRun($kept->id, 'error', 10));
        self::assertRefused(fn () => $this->shop()->runner()->keepVanished($asked->id), 'It has its answer.');
        self::assertSame(RunStatus::NeedsConfirmation, $this->sync()->status, 'They are still missing.');

        foreach ($gone as $item) {
            $this->clover->restore($item['id']);
        }

        self::assertSame([RunStatus::Done, 0], [($last = $this->sync())->status, $last->productRows]);
    }

    /** @param \Closure(): mixed $answer */
    private static function assertRefused(\Closure $answer, string $why): void
    {
        try {
            $answer();
        } catch (ShopException $e) {
            self::assertSame(MessageCode::GoneAnswered, $e->description()->code, $why);

            return;
        }

        self::fail($why);
    }
}
