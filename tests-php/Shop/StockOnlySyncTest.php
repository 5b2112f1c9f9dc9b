<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Exception\AlreadyRunningException;
use CloverSync\Shop\Exception\LockLostException;
use CloverSync\Shop\Locking\Lock;
use CloverSync\Shop\Locking\ProcessIdentity;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\HeardSql;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\PrecededSql;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** The sync of counts only. */
final class StockOnlySyncTest extends SalesTestCase
{
    #[TestDox('One request updates every count, also of variants, and nothing else')]
    public function test_counts(): void
    {
        $variant = $this->clover->itemBySku('TS-RE-S')['id'];
        $this->clover->setStock($this->mug, 7);
        $this->clover->setStock($this->candle, 0);
        $this->clover->setStock($variant, 41);
        $this->clover->edit($this->mug, ['name' => 'Another name', 'price' => 1]);
        $before = $this->shopRows(['quantity', 'availability', 'modified_on', 'modified_by']);
        $mark   = $this->clover->mark();
        $found  = $this->pass();
        self::assertSame([3, true], [$found['updated'], $found['done']]);
        self::assertCount(1, $this->clover->calls($mark));
        self::assertSame([7, 0, 41], [
            $this->inShop($this->mug),
            $this->inShop($this->candle),
            $this->inShop($variant),
        ]);
        self::assertSame(0, (int) $this->product($this->candle)['availability']);
        self::assertSame($before, $this->shopRows(['quantity', 'availability', 'modified_on', 'modified_by']));
        self::assertSame([0, 0], [($again = $this->pass())['updated'], $again['product_rows']]);
    }

    #[TestDox('Units that were sold on the web and not taken out of Clover stay sold')]
    public function test_unsent_units(): void
    {
        $this->order(4, [[$this->mug, 3]]);
        $this->clover->setStock($this->mug, 30);
        $this->pass();
        self::assertSame(27, $this->inShop($this->mug));
        $this->order(1, [[$this->mug, 3]]);
        $this->work();
        self::assertSame([27, 0], [$this->inShop($this->mug), $this->pass()['updated']]);
    }

    #[TestDox('An item that Clover stops tracking is untracked in the shop, until Clover tracks it again')]
    public function test_untracked(): void
    {
        $this->clover->setStock($this->candle, 0);
        $this->pass();
        $this->clover->setStock($this->candle, null);
        $this->pass();
        self::assertSame([0, 1], [
            (int) $this->product($this->candle)['manage_stock'],
            (int) $this->product($this->candle)['availability'],
        ]);
        $this->clover->setStock($this->candle, 5);
        $this->pass();
        self::assertSame([1, 5], [(int) $this->product($this->candle)['manage_stock'], $this->inShop($this->candle)]);
    }

    #[TestDox('A product disabled by the owner stays disabled, and so does an item that Clover does not offer')]
    public function test_closed(): void
    {
        $this->sql->execute('UPDATE #__j2commerce_variants SET availability = 0 WHERE j2commerce_variant_id = ?', [
            $this->product($this->mug)['variant_id'],
        ]);
        $this->clover->setStock($this->mug, 15);
        $this->clover->setStock($this->candle, 0);
        $this->clover->edit($this->candle, ['available' => false]);
        $this->sync();
        $this->clover->setStock($this->candle, 9);
        $this->pass();
        self::assertSame([15, 0], [$this->inShop($this->mug), (int) $this->product($this->mug)['availability']]);
        self::assertSame([9, 0], [$this->inShop($this->candle), (int) $this->product($this->candle)['availability']]);
    }

    #[TestDox('A single item that is hidden at the till is on sale again with its units, a hidden variant is not')]
    public function test_hidden(): void
    {
        $variant = $this->clover->itemBySku('TS-RE-S')['id'];

        foreach ([$this->candle, $variant] as $item) {
            $this->clover->setStock($item, 0);
            $this->clover->edit($item, ['hidden' => true]);
        }

        $this->sync();
        self::assertSame(0, (int) $this->product($this->candle)['availability']);
        $this->clover->setStock($this->candle, 9);
        $this->clover->setStock($variant, 9);
        $this->pass();
        $shown = fn (): array => [
            $this->inShop($this->candle),
            (int) $this->product($this->candle)['availability'],
            $this->inShop($variant),
            (int) $this->product($variant)['availability'],
        ];
        self::assertSame([9, 1, 9, 0], $shown());
        $this->sync();
        self::assertSame([9, 1, 9, 0], $shown());
    }

    #[TestDox('While a sync runs, no counts are read in parallel')]
    public function test_beside_a_sync(): void
    {
        self::assertTrue(
            (new Lock(
                $this->db->connect(),
                'sync:sandbox',
                $this->clock,
                new ProcessIdentity('another node', 1, 1),
            ))->acquire(),
        );
        $this->expectException(AlreadyRunningException::class);
        $this->pass();
    }

    #[TestDox('Refunded orders hold no units, and one query reads the events of all of them')]
    public function test_refunded_orders(): void
    {
        foreach (['A1', 'A2', 'A3', 'A4'] as $i => $id) {
            $this->order(
                1,
                [[$this->mug, 1 + $i]],
                ['order_id' => $id, 'number' => 600 + $i],
                settings: [
                    'sync_sale' => false,
                ],
            );
        }

        foreach (['A1', 'A2', 'A3'] as $id) {
            $this->shop()->orderEvents()->refunded($id, true);
        }

        $read = 0;
        $shop = $this->shop(sql: new HeardSql($this->sql, static function (string $query) use (&$read): void {
            $read += (int) str_contains($query, 'clover_outbox');
        }));
        $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
        self::assertSame([16, 1], [$this->inShop($this->mug), $read]);
    }

    #[TestDox('A process whose place another one has taken writes no counts')]
    public function test_a_lost_lock(): void
    {
        $this->clover->setStock($this->mug, 7);
        $shop = $this->shop(
            sql: new PrecededSql(
                $this->sql,
                static fn (): bool => true,
                fn () => $this->sql->execute(
                    "UPDATE #__j2commerce_clover_locks SET holder = 'x', node = 'y' WHERE name = 'sync:sandbox'",
                ),
            ),
        );

        try {
            $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
            self::fail('It was taken over.');
        } catch (LockLostException) {
            self::assertSame(20, $this->inShop($this->mug));
        }
    }

    /** @return array{items: int, updated: int, unchanged: int, product_rows: int, done: bool} */
    private function pass(): array
    {
        $shop = $this->shop();
        Moment::next($this->sql);

        return $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
    }
}
