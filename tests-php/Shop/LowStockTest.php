<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\SalesTestCase;
use CloverSync\Tests\Support\StoredTokens;
use PHPUnit\Framework\Attributes\TestDox;

/** The count at which Clover warns of low stock. */
final class LowStockTest extends SalesTestCase
{
    private const COMMON = [null, 1];

    #[TestDox('Clover\'s threshold is the quantity at which J2Commerce warns, of products and variants, old and new')]
    public function test_thresholds(): void
    {
        $shirt = (string) $this->itemBySku('TS-RE-S')['id'];
        $new   = $this->clover->add(['name' => 'Tea Towel', 'price' => 900, 'quantity' => 5]);
        self::assertSame([self::COMMON, self::COMMON], [$this->warning($this->mug), $this->warning($shirt)]);

        foreach ([[$this->mug, 5], [$shirt, 2.5], [$new, 1]] as [$item, $threshold]) {
            $this->setThreshold($item, $threshold);
        }

        self::assertSame(0, $this->sync()->failed);
        self::assertSame([['5.00000', 0], ['2.50000', 0], ['1.00000', 0], self::COMMON], [
            $this->warning($this->mug),
            $this->warning($shirt),
            $this->warning($new),
            $this->warning($this->candle),
        ]);
        self::assertStringContainsString('low-stock warning', implode(' ', array_column(
            $this->logOf($this->mug),
            'message',
        )));
        self::assertSame(0, $this->sync()->productRows);
        $this->setThreshold($this->mug, 7);
        $this->shop()->refetch([$this->mug], new TimeBudget());
        self::assertSame(['7.00000', 0], $this->warning($this->mug));
    }

    #[TestDox('Without a threshold in Clover, or with 0, the shop\'s number is the owner\'s')]
    public function test_none(): void
    {
        $this->setThreshold($this->candle, 0);
        $this->sync();
        self::assertSame(self::COMMON, $this->warning($this->candle));
        $this->type($this->candle, '4');
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame(['4', 0], $this->warning($this->candle, 0));
    }

    #[TestDox('A web sale leaves the threshold in Clover as it is, though a write that does not name it would end it')]
    public function test_our_writes(): void
    {
        $this->clover->switches(['stock_post_keeps_threshold' => false]);
        $this->setThreshold($this->mug, 5);
        $this->setThreshold($this->candle, 3);
        $this->order(1, [[$this->mug, 2], [$this->candle, 1]]);
        $this->work();
        self::assertSame([18.0, 9.0], [(float) $this->inClover($this->mug), (float) $this->inClover($this->candle)]);
        $this->sync();
        self::assertSame([['5.00000', 0], ['3.00000', 0]], [
            $this->warning($this->mug),
            $this->warning($this->candle),
        ]);
    }

    private function setThreshold(string $item, int|float $threshold): void
    {
        $this->clover->ask(StoredTokens::access($this->sql, self::SECRET), 'POST', "item_stocks/$item", [
            'quantity'            => $this->inClover($item),
            'stockAlertThreshold' => $threshold,
        ]);
    }

    private function type(string $item, string $quantity): void
    {
        $this->sql->execute('UPDATE #__j2commerce_variants SET notify_qty = ?, use_store_config_notify_qty = 0
              WHERE j2commerce_variant_id = ?', [
            $quantity,
            $this->product($item)['variant_id'],
        ]);
    }

    /**
     * @param int $places Decimal places that are shown
     *
     * @return array{?string, int} Quantity, and whether the store's counts
     */
    private function warning(string $item, int $places = 5): array
    {
        $query =
            'SELECT v.notify_qty, v.use_store_config_notify_qty FROM #__j2commerce_variants v '
            . 'WHERE v.j2commerce_variant_id = ?';
        $row = $this->firstRow($query, [$this->product($item)['variant_id']]);

        return [
            $row['notify_qty'] === null ? null : number_format((float) $row['notify_qty'], $places, '.', ''),
            (int) $row['use_store_config_notify_qty'],
        ];
    }
}
