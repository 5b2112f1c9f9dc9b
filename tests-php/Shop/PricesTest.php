<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Prices by the settings: markups by category, and endings. */
final class PricesTest extends SyncTestCase
{
    private const MARKUPS = ['category_markups' => ['KITCHENWARE ' => ['type' => 'percentage', 'value' => '10']]];

    /** Two single items, one of them in the category. */
    private string $mat;

    private string $peg;

    /** Priced at the till, in the category. */
    private string $tip;

    /** Variants of one group, the first of them in the category. */
    private string $large;

    private string $small;

    protected function setUp(): void
    {
        parent::setUp();
        $kitchen     = ['categories' => ['Kitchenware']];
        $cap         = ['price' => 500, 'group' => 'Cap'];
        $this->mat   = $this->clover->add(['name' => 'Drip Mat', 'price' => 300] + $kitchen);
        $this->peg   = $this->clover->add(['name' => 'Peg', 'price' => 310]);
        $this->tip   = $this->clover->add(['name' => 'Tip', 'price' => 0, 'priceType' => 'VARIABLE'] + $kitchen);
        $this->large = $this->clover->add(['name' => 'Cap L', 'options' => ['Size' => 'L']] + $cap + $kitchen);
        $this->small = $this->clover->add(['name' => 'Cap S', 'options' => ['Size' => 'S']] + $cap);
        $this->connectedAndSynced();
    }

    #[TestDox('With the default settings, no row is written')]
    public function test_defaults(): void
    {
        $before = $this->shopRows();
        self::assertSame(0, $this->sync(['category_markups' => [], 'price_ending' => 'none'])->productRows);
        self::assertSame($before, $this->shopRows());
    }

    #[TestDox('A markup for a category changes its products at the next sync, and no other product')]
    public function test_category(): void
    {
        $others = $this->others();
        $result = $this->sync(self::MARKUPS);
        self::assertSame([RunStatus::Done, 2], [$result->status, $result->updated]);
        self::assertSame(['3.30000', '3.10000', '0.00000', '5.50000', '5.00000'], $this->prices());
        self::assertSame(['5.00000', '5.50000'], $this->range());
        self::assertSame($others, $this->others());

        self::assertSame(0, $this->sync(self::MARKUPS)->productRows, 'The second time.');
        self::assertSame([], $this->shop(self::MARKUPS)->differences()->products());
        $this->shop(self::MARKUPS)->refetch([$this->mat, $this->large], new TimeBudget());
        self::assertSame(['3.30000', '3.10000', '0.00000', '5.50000', '5.00000'], $this->prices(), 'One by one.');

        self::assertSame(2, $this->sync()->updated, 'Without the setting.');
        self::assertSame(['3.00000', '3.10000', '0.00000', '5.00000', '5.00000'], $this->prices());
        self::assertSame(['5.00000', '5.00000'], $this->range());
    }

    #[TestDox('A markup for a category replaces the general one')]
    public function test_in_place_of_the_general_markup(): void
    {
        $this->sync(self::MARKUPS + ['pricing_mode' => 'markup', 'markup_type' => 'fixed', 'markup_value' => '1']);
        self::assertSame(['3.30000', '4.10000', '0.00000', '5.50000', '6.00000'], $this->prices());
    }

    #[TestDox('Every price ends as the owner wants, but not one of 0')]
    public function test_ending(): void
    {
        $zero   = 'SELECT COUNT(*) FROM #__j2commerce_variants WHERE price + 0 = 0';
        $before = (int) $this->sql->fetchValue($zero);
        self::assertGreaterThan(0, $before);
        $ending = ['price_ending' => '0.99'];
        $this->sync(self::MARKUPS + $ending);
        self::assertSame(['3.99000', '3.99000', '0.00000', '5.99000', '5.99000'], $this->prices());
        self::assertSame($before, (int) $this->sql->fetchValue($zero));

        foreach ($this->texts('SELECT price FROM #__j2commerce_variants WHERE price + 0 > 0') as $price) {
            self::assertStringEndsWith('.99000', $price);
        }

        self::assertSame(0, $this->sync(self::MARKUPS + $ending)->productRows);
        self::assertSame(
            [],
            $this
                ->shop(self::MARKUPS + $ending)
                ->differences()
                ->products(),
        );
    }

    #[TestDox('The preview has the old and the new price of each variant that changes, and writes nothing')]
    public function test_preview(): void
    {
        $this->clover->edit($this->peg, ['name' => 'Peg 2']);
        $new    = $this->clover->add(['name' => 'Bowl', 'price' => 705, 'categories' => ['Kitchenware']]);
        $before = $this->shopRows();
        $found  = [];
        $this
            ->shop(self::MARKUPS)
            ->preview()
            ->run(static function (array $change) use (&$found): void {
                $found[$change['title']] = $change['prices'];
            });
        self::assertSame($before, $this->shopRows());
        ksort($found);
        self::assertSame(
            [
                'Bowl'     => [['variant' => null, 'old' => null, 'new' => '7.76']],
                'Cap'      => [['variant' => 'Cap L', 'old' => '5.00', 'new' => '5.50']],
                'Drip Mat' => [['variant' => null, 'old' => '3.00', 'new' => '3.30']],
                'Peg 2'    => [],
            ],
            $found,
        );
        $this->sync(self::MARKUPS);
        self::assertSame('7.76000', $this->product($new)['price']);
    }

    #[TestDox('Prices by category stay while Clover does not show the categories')]
    public function test_withheld_categories(): void
    {
        $this->sync(self::MARKUPS);
        $this->clover->switches(['refused_expand' => ['categories']]);
        $this->clover->edit($this->mat, ['name' => 'Drip Mat 2']);
        $this->clover->edit($this->large, ['sku' => 'CAP-L']);
        $this->sync(self::MARKUPS);
        self::assertSame('Drip Mat 2', $this->product($this->mat)['title']);
        self::assertSame('CAP-L', $this->product($this->large)['sku']);
        self::assertSame(['3.30000', '3.10000', '0.00000', '5.50000', '5.00000'], $this->prices());
        self::assertSame(['5.00000', '5.50000'], $this->range());
        self::assertSame([], $this->shop(self::MARKUPS)->differences()->products());

        $this->clover->switches(['refused_expand' => []]);
        $this->clover->edit($this->mat, ['price' => 400]);
        $this->sync(self::MARKUPS);
        self::assertSame('4.40000', $this->product($this->mat)['price']);
    }

    /** @return list<string> */
    private function prices(): array
    {
        return array_map(fn (string $item): string => (string) $this->product($item)['price'], [
            $this->mat,
            $this->peg,
            $this->tip,
            $this->large,
            $this->small,
        ]);
    }

    /** @return list<string> The lowest and the highest price of the group */
    private function range(): array
    {
        $row = $this->firstRow('SELECT min_price, max_price FROM #__j2commerce_productprice_index
            WHERE product_id = ?', [$this->product($this->large)['product_id']]);

        return array_map(strval(...), array_values($row));
    }

    /** @return list<array<string, int|float|string|null>> Variants outside the category */
    private function others(): array
    {
        return $this->sql->fetchAll('SELECT * FROM #__j2commerce_variants
            WHERE product_id NOT IN (?, ?) ORDER BY j2commerce_variant_id', [
            (int) $this->product($this->mat)['product_id'],
            (int) $this->product($this->large)['product_id'],
        ]);
    }
}
