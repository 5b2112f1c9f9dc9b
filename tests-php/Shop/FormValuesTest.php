<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Status\FormValues;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** The values that a product's form compares with those of its opening. */
final class FormValuesTest extends SyncTestCase
{
    #[TestDox('Title, state, and SKU, code, price and count of each variant, which a sync changes')]
    public function test_values(): void
    {
        $this->connectedAndSynced();
        $mug     = $this->itemWithSku('MUG-01');
        $product = $this->product($mug['id']);
        $id      = (string) $product['variant_id'];
        $before  = $this->values((int) $product['product_id']);
        self::assertSame(
            ['title', 'state', "$id.sku", "$id.upc", "$id.price", "$id.manage_stock", "$id.quantity"],
            array_keys($before),
        );
        self::assertSame(['Enamel Mug', '0', 'MUG-01', '1'], [
            $before['title'],
            $before['state'],
            $before["$id.sku"],
            $before["$id.manage_stock"],
        ]);

        $this->clover->edit($mug['id'], ['price' => 1_234]);
        $this->clover->setStock($mug['id'], 3);
        $this->sync();
        self::assertSame(
            ["$id.price" => '12.34', "$id.quantity" => '3'],
            array_diff_assoc($this->values((int) $product['product_id']), $before),
        );
    }

    #[TestDox('A price has two decimals, or as many as it needs')]
    public function test_prices(): void
    {
        $this->connectedAndSynced();
        $product = $this->product($this->itemWithSku('MUG-01')['id']);

        foreach ([
            '16.00000' => '16.00',
            '16.50000' => '16.50',
            '0.12345'  => '0.12345',
            '7.12300'  => '7.123',
        ] as $is => $shown) {
            $this->sql->execute('UPDATE #__j2commerce_variants SET price = ? WHERE j2commerce_variant_id = ?', [
                $is,
                (int) $product['variant_id'],
            ]);
            self::assertSame(
                $shown,
                $this->values((int) $product['product_id'])[(int) $product['variant_id'] . '.price'],
            );
        }
    }

    #[TestDox('Each variant of a variable product has its own values; no product has none')]
    public function test_variants(): void
    {
        $this->connectedAndSynced();
        $product = $this->product($this->itemWithSku('TS-RE-L')['id']);
        $values  = $this->values((int) $product['product_id']);
        self::assertSame('TS-RE-L', $values[(int) $product['variant_id'] . '.sku']);
        self::assertGreaterThan(3, \count(preg_grep('/\.sku$/', array_keys($values)) ?: []));
        self::assertSame([], $this->values(999_999));
    }

    /** @return array<string, string> */
    private function values(int $product): array
    {
        return (new FormValues($this->sql))->of($product);
    }

    /** @return array{id: string, ...} */
    private function itemWithSku(string $sku): array
    {
        foreach ($this->clover->items() as $item) {
            if (($item['sku'] ?? '') === $sku) {
                return $item;
            }
        }

        self::fail($sku);
    }
}
