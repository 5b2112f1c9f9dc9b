<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\AppSchema;
use CloverSync\Shop\Exception\ShopException;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Moment;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Units that are kept for the till. */
final class ReserveTest extends SalesTestCase
{
    private const TWO = ['stock_reserve' => 2];

    #[TestDox('A sync offers so many units fewer, of new products too, and not fewer than none')]
    public function test_a_sync(): void
    {
        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];
        $this->clover->setStock($shirt, 1);
        $new = $this->clover->add(['name' => 'Tea Towel', 'price' => 900, 'quantity' => 5]);
        $this->sync(self::TWO);
        self::assertSame([18, 8, 0, 3], [
            $this->inShop($this->mug),
            $this->inShop($this->candle),
            $this->inShop($shirt),
            $this->inShop($new),
        ]);
        self::assertSame(0, (int) $this->product($shirt)['availability']);
        self::assertSame(0, $this->sync(self::TWO)->productRows);
        $this->clover->setStock($shirt, 3);
        $this->sync(self::TWO);
        self::assertSame([1, 1], [$this->inShop($shirt), (int) $this->product($shirt)['availability']]);
    }

    #[TestDox('The stock pass and a webhook offer as many as a sync, so that nothing is left to write')]
    public function test_every_way(): void
    {
        $this->sync(self::TWO);
        $this->clover->setStock($this->mug, 9);
        self::assertSame([1, 7], [$this->pass(self::TWO)['updated'], $this->inShop($this->mug)]);
        $this->clover->setStock($this->mug, 30);
        $this->shop(self::TWO)->refetch([$this->mug], new TimeBudget());
        self::assertSame(28, $this->inShop($this->mug));
        self::assertSame([0, 0], [$this->pass(self::TWO)['product_rows'], $this->sync(self::TWO)->productRows]);
    }

    #[TestDox('A change of the setting takes effect without a change in Clover, by a sync or a stock pass')]
    public function test_a_change_of_the_setting(): void
    {
        $this->sync(self::TWO);
        self::assertSame([18, 8], [$this->inShop($this->mug), $this->inShop($this->candle)]);
        self::assertGreaterThan(0, $this->pass(['stock_reserve' => 12])['product_rows']);
        self::assertSame([8, 0], [$this->inShop($this->mug), $this->inShop($this->candle)]);
        self::assertGreaterThan(0, $this->pass()['product_rows']);
        self::assertSame([20, 10], [$this->inShop($this->mug), $this->inShop($this->candle)]);
        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('An item that Clover does not count is not counted in the shop')]
    public function test_untracked(): void
    {
        $this->clover->setStock($this->candle, null);
        $this->sync(self::TWO);
        self::assertSame([0, 1], [
            (int) $this->product($this->candle)['manage_stock'],
            (int) $this->product($this->candle)['availability'],
        ]);
        self::assertSame(0, $this->pass(self::TWO)['product_rows']);
    }

    #[TestDox('A web sale takes its units off once, before and after Clover has them, and a return gives them back')]
    public function test_a_sale(): void
    {
        $this->sync(self::TWO);
        $this->order(1, [[$this->mug, 3]]);
        self::assertSame(15, $this->inShop($this->mug));
        self::assertSame([0, 15], [$this->sync(self::TWO)->productRows, $this->inShop($this->mug)]);
        $this->work(self::TWO);
        self::assertSame([17.0, 0, 15], [
            (float) $this->inClover($this->mug),
            $this->sync(self::TWO)->productRows,
            $this->inShop($this->mug),
        ]);
        self::assertSame([], $this->drift(self::TWO));
        self::assertSame([], $this->shop(self::TWO)->differences()->products());
        $this->order(6, [[$this->mug, 3]]);
        $this->work(self::TWO);
        self::assertSame([20.0, 0, 18], [
            (float) $this->inClover($this->mug),
            $this->sync(self::TWO)->productRows,
            $this->inShop($this->mug),
        ]);
    }

    #[TestDox('With Push Stock off the shop follows Clover, without the units kept for the till')]
    public function test_push_off(): void
    {
        $off = self::TWO + ['push_stock' => false];
        $this->order(1, [[$this->mug, 3]], settings: $off);
        $this->work($off);
        $this->sync($off);
        self::assertSame([20.0, 18], [(float) $this->inClover($this->mug), $this->inShop($this->mug)]);
        self::assertSame(0, $this->pass($off)['product_rows']);
    }

    #[TestDox('A product\'s own number counts in place of the setting, for each of its variants; 0 keeps none')]
    public function test_an_own_number(): void
    {
        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];
        $group = $this->link('parent_id', $shirt);
        $this->clover->setStock($shirt, 7);
        $this->shop()->reserve($this->mug, 5);
        $this->shop()->reserve($this->candle, 0);
        $this->shop()->reserve($group, 4);
        self::assertSame(5, $this->shop()->linkList()->one($this->mug)?->reserve);
        $this->sync(self::TWO);
        self::assertSame([15, 10, 3], [
            $this->inShop($this->mug),
            $this->inShop($this->candle),
            $this->inShop($shirt),
        ]);
        self::assertSame(0, $this->pass(self::TWO)['product_rows']);
        self::assertSame([], $this->shop(self::TWO)->differences()->products());
        self::assertSame([], $this->drift(self::TWO));
        // A sync writes the link again, and keeps the number.
        $this->clover->edit($this->mug, ['name' => 'Beaker', 'price' => 100]);
        $this->clover->edit($shirt, ['price' => 100]);
        $this->sync(self::TWO);
        self::assertSame([15, 3], [$this->inShop($this->mug), $this->inShop($shirt)]);
        $this->shop()->reserve($this->mug, null);
        $this->pass(self::TWO);
        self::assertSame([18, null], [
            $this->inShop($this->mug),
            $this->shop()->linkList()->one($this->mug)?->reserve,
        ]);
        self::assertSame(
            [
                'success “Enamel Mug” keeps 5 units for the till',
                'success “Beaker” keeps as many units for the till as the settings say',
            ],
            array_values(array_filter(
                array_map(
                    static fn (array $entry): string => "{$entry['status']} {$entry['message']}",
                    $this->logOf($this->mug),
                ),
                static fn (string $entry): bool => str_contains($entry, 'for the till'),
            )),
        );
    }

    #[TestDox('A number out of range, a variant and an unknown product are refused')]
    public function test_refusals(): void
    {
        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];

        foreach ([[$this->mug, -1], [$this->mug, 1_000_001], [$shirt, 1], ['NOTHING', 1]] as [$id, $units]) {
            try {
                $this->shop()->reserve($id, $units);
                self::fail("$units of $id were kept.");
            } catch (ShopException $e) {
                self::assertStringContainsString(
                    $id === $this->mug ? 'must be a whole number from 0 to 1,000,000' : "no link to $id",
                    English::of($e->description()),
                );
            }
        }

        self::assertSame(0, $this->sync()->productRows);
    }

    #[TestDox('An item that leaves its group, and a product made anew, start without a number of their own')]
    public function test_another_product(): void
    {
        $this->shop()->reserve($this->mug, 5);
        $this->sync();
        $this->sql->execute('DELETE FROM #__content WHERE id = ?', [$this->product($this->mug)['article_id']]);
        self::assertSame(1, $this->sync(self::TWO)->imported);
        self::assertSame([18, 0], [$this->inShop($this->mug), $this->sync(self::TWO)->productRows]);

        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];
        $group = $this->link('parent_id', $shirt);
        $this->clover->setStock($shirt, 9);
        $this->shop()->reserve($group, 4);
        $this->sync(self::TWO);
        self::assertSame(5, $this->inShop($shirt));
        $this->clover->edit($shirt, ['__raw' => ['itemGroup' => null]]);
        $this->sync(self::TWO);
        self::assertSame([7, 0], [$this->inShop($shirt), $this->sync(self::TWO)->productRows]);
    }

    #[TestDox('A product that is linked again, from the sandbox to production, keeps its own number')]
    public function test_linked_again(): void
    {
        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];
        $group = $this->link('parent_id', $shirt);
        $this->shop()->reserve($this->mug, 5);
        $this->shop()->reserve($group, 4);
        $production = ['environment' => 'na'] + self::TWO;
        $this->connect($this->shop($production));
        $this->sync($production);
        $this->shop($production)->conflicts()->relinkAllBySku();
        $kept = fn (string $id): ?int => $this->shop($production)->linkList()->one($id)?->reserve;
        self::assertSame([5, 4, null], [$kept($this->mug), $kept($group), $kept($this->candle)]);
        $this->sync($production);
        self::assertSame([15, 8], [$this->inShop($this->mug), $this->inShop($this->candle)]);
        self::assertSame(0, $this->sync($production)->productRows);
    }

    #[TestDox('A product that takes the place of another one starts without a number of its own')]
    public function test_adopted(): void
    {
        $this->shop()->reserve($this->mug, 5);
        $mug = (int) $this->product($this->mug)['product_id'];
        $this->sql->execute("UPDATE #__j2commerce_clover_mappings SET state = 'conflict', product_id = NULL,
                variant_id = NULL, article_id = NULL WHERE clover_id = ?", [$this->mug]);
        $this->shop()->conflicts()->adopt($this->mug);
        self::assertSame([$mug, null], [
            (int) $this->product($this->mug)['product_id'],
            $this->shop()->linkList()->one($this->mug)?->reserve,
        ]);
    }

    #[TestDox('Drift and differences compare with the reserve; drift names it where something else differs')]
    public function test_reports(): void
    {
        $this->sync(self::TWO);
        self::assertSame([], $this->drift(self::TWO));
        self::assertSame([], $this->shop(self::TWO)->differences()->products());
        $three = ['stock_reserve' => 3];
        self::assertSame(
            '3 units are kept for the till.; The shop has 18 and should have 17; the next sync corrects it.',
            $this->drift($three)[$this->mug],
        );
        $mug = (int) $this->product($this->mug)['product_id'];
        self::assertContains($mug, $this->shop($three)->differences()->products());
        self::assertContains($mug, $this->shop()->differences()->products());
        self::assertSame('17', $this->shop($three)->differences()->of([$mug])[$mug][0]->clover ?? null);
        $this->order(4, [[$this->mug, 2]]);
        self::assertStringStartsWith(
            '2 units are kept for the till.; 2 units sold on the web',
            $this->drift(self::TWO)[$this->mug],
        );
        self::assertStringStartsWith('2 units sold on the web', $this->drift([])[$this->mug]);
    }

    #[TestDox('The preview shows the counts that a changed setting will write, and writes none')]
    public function test_preview(): void
    {
        $before = $this->shopRows();
        $fields = [];
        $this
            ->shop(self::TWO)
            ->preview()
            ->run(static function (array $change) use (&$fields): void {
                $fields[$change['clover_id']] = $change['fields'];
            });
        self::assertSame(['count'], $fields[$this->mug] ?? []);
        self::assertSame($before, $this->shopRows());
    }

    #[TestDox('Clover\'s last known count is stored with the units that are kept')]
    public function test_the_last_known_count(): void
    {
        $this->sync(self::TWO);
        $this->order(1, [[$this->mug, 3]]);
        $this->work(self::TWO);
        $this->sync(self::TWO);
        self::assertSame(17, (int) $this->link('clover_count', $this->mug));
    }

    #[TestDox('After an update from tables without the column, a sync with the default settings writes nothing')]
    public function test_update(): void
    {
        $this->order(4, [[$this->mug, 2]]);
        $this->sql->execute('ALTER TABLE #__j2commerce_clover_mappings DROP COLUMN stock_reserve');
        $this->sql->execute("UPDATE #__j2commerce_clover_state SET value = '2 before' WHERE name = 'schema'");
        $rows = $this->shopRows();
        (new AppSchema($this->sql))->ensure();
        self::assertSame([0, 0], [$this->sync()->productRows, $this->pass()['product_rows']]);
        self::assertSame($rows, $this->shopRows());
    }

    private function link(string $column, string $item): string
    {
        $query = "SELECT $column FROM #__j2commerce_clover_mappings WHERE clover_id = ?";

        return (string) $this->sql->fetchValue($query, [$item]);
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array{items: int, updated: int, unchanged: int, product_rows: int, done: bool}
     */
    private function pass(array $settings = []): array
    {
        $shop = $this->shop($settings);
        Moment::next($this->sql);

        return $shop->stockOnlySync()->run(new TimeBudget(), $shop->syncLock());
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return array<string, string> Reasons by Clover id, without items of fractional and negative counts
     */
    private function drift(array $settings): array
    {
        $found = [];
        $this
            ->sales($settings)
            ->drift()
            ->run(static function (array $item) use (&$found): void {
                $found[$item['clover_id']] = English::of($item['reason']);
            });

        return array_filter(
            $found,
            static fn (string $reason): bool => (
                !str_contains($reason, 'whole units only') && !str_contains($reason, 'more than it had')
            ),
        );
    }
}
