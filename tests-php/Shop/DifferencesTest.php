<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Status\Difference;
use CloverSync\Shop\Status\LinkList;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\SalesTestCase;

/** What the shop has in place of Clover's last known values. */
final class DifferencesTest extends SalesTestCase
{
    public function test_after_a_sync_nothing_differs(): void
    {
        self::assertSame([], $this->shop()->differences()->products());
        self::assertSame([], $this->differing());
    }

    public function test_what_the_owner_typed_differs_until_clover_s_values_are_written_again(): void
    {
        $price = (string) $this->product($this->mug)['price'];
        $stock = $this->inShop($this->mug);
        $this->type($this->mug, ['price' => '9.99000', 'sku' => 'OURS'], 999);

        self::assertSame(
            ['price null 9.99000 ' . $price, "stock null 999 $stock", 'sku null OURS MUG-01'],
            $this->of($this->mug),
        );
        self::assertSame([$this->mug], $this->differing());

        $this->shop()->refetch([$this->mug], new TimeBudget());
        self::assertSame([], $this->of($this->mug));
        self::assertSame([$price, $stock], [(string) $this->product($this->mug)['price'], $this->inShop($this->mug)]);
        self::assertSame([], $this->differing());
    }

    public function test_a_variant_that_differs_is_named(): void
    {
        $shirt = $this->itemBySku('TS-RE-S')['id'];
        $price = (string) $this->product($shirt)['price'];
        $this->type($shirt, ['price' => '1.00000']);
        $found = $this->shop()->differences()->of([(int) $this->product($shirt)['product_id']]);
        [$difference] = array_merge([], ...$found);
        self::assertStringContainsString('Red', (string) $difference->variant);
        self::assertSame(['1.00000', $price], [$difference->shop, $difference->clover]);
    }

    public function test_units_sold_on_the_web_are_no_difference_before_and_after_they_are_sent_and_synced(): void
    {
        $this->clover->setStock($this->mug, 20);
        $this->sync();
        $this->order(1, [[$this->mug, 3]]);
        self::assertSame(17, $this->inShop($this->mug));
        self::assertSame([], $this->of($this->mug), 'Sold');
        $this->work();
        self::assertEquals(17, $this->inClover($this->mug));
        self::assertSame([], $this->of($this->mug), 'Sent');
        self::assertSame([], $this->differing());
        $this->sync();
        self::assertSame([], $this->of($this->mug), 'Synced');

        $this->type($this->mug, [], 18);
        self::assertSame(['stock null 18 17'], $this->of($this->mug));
        self::assertSame([$this->mug], $this->differing());
    }

    public function test_a_count_that_only_the_stock_sync_has_seen_is_clover_s_last_known_one(): void
    {
        $this->clover->setStock($this->mug, 21);
        $this->shop()->stockOnlySync()->run(new TimeBudget(), $this->shop()->syncLock());
        $this->type($this->mug, [], 999);
        self::assertSame(['stock null 999 21'], $this->of($this->mug));
    }

    public function test_the_same_value_typed_in_the_shop_and_in_clover_is_no_difference(): void
    {
        $this->type($this->mug, ['price' => '9.99000'], 31);
        $this->clover->edit($this->mug, ['price' => 999]);
        $this->clover->setStock($this->mug, 31);
        self::assertNotSame([], $this->of($this->mug));
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame([], $this->of($this->mug));
    }

    public function test_a_price_with_the_markup_of_the_settings_is_clover_s(): void
    {
        $this->sync(['pricing_mode' => 'markup', 'markup_type' => 'percentage', 'markup_value' => '10']);
        self::assertSame([], $this->of($this->mug));
    }

    public function test_a_title_of_the_owner_is_no_difference(): void
    {
        $this->sql->execute('UPDATE #__content SET title = ? WHERE id = ?', [
            'Our mug',
            (int) $this->product($this->mug)['article_id'],
        ]);
        self::assertSame([], $this->of($this->mug));
        self::assertSame([], $this->differing());
    }

    public function test_a_title_that_waits_for_the_editor_to_be_closed_differs(): void
    {
        $article = (int) $this->product($this->mug)['article_id'];
        $title   = (string) $this->product($this->mug)['title'];
        $this->sql->execute('UPDATE #__content SET checked_out = 42 WHERE id = ?', [$article]);
        $this->clover->edit($this->mug, ['name' => 'Beaker']);
        $this->sync();
        self::assertSame(["title null $title Beaker"], $this->of($this->mug));
        self::assertSame([$this->mug], $this->differing());
    }

    public function test_an_item_that_an_earlier_version_synced_is_compared_after_the_next_sync(): void
    {
        $this->sql->execute(
            'UPDATE #__j2commerce_clover_mappings SET clover_price = NULL, clover_count = NULL, clover_asked = NULL',
        );
        $this->type($this->mug, ['price' => '9.99000']);
        self::assertSame([], $this->of($this->mug));
        $this->clover->edit($this->mug, ['price' => 999]);
        self::assertSame(0, $this->sync()->productRows);
        $this->type($this->mug, ['price' => '8.00000']);
        self::assertSame(['price null 8.00000 9.99000'], $this->of($this->mug));
    }

    public function test_the_list_shows_the_values_of_a_product_that_differs(): void
    {
        $this->type($this->mug, [], 999);
        $row = $this->shop()->linkList()->one($this->mug);
        self::assertSame(['999'], array_column($row->differences ?? [], 'shop'));
        self::assertSame(1, $this->shop()->linkList()->count(['state' => LinkList::DIFFERS, 'search' => 'mug']));
        self::assertSame(0, $this->shop()->linkList()->count(['state' => 'synced', 'search' => $this->mug]));
    }

    /** @param array<string, scalar> $values Columns of the variant, as the product form saves them */
    private function type(string $item, array $values, ?int $quantity = null): void
    {
        $variant = (int) $this->product($item)['variant_id'];

        foreach ($values as $column => $value) {
            $this->sql->execute(
                "UPDATE #__j2commerce_variants SET $column = ? WHERE j2commerce_variant_id = ?",
                [
                    $value,
                    $variant,
                ],
            );
        }

        if ($quantity !== null) {
            $this->sql->execute('UPDATE #__j2commerce_productquantities SET quantity = ? WHERE variant_id = ?', [
                $quantity,
                $variant,
            ]);
        }
    }

    /** @return list<string> */
    private function of(string $item): array
    {
        $product = (int) $this->product($item)['product_id'];

        return array_map(
            static fn (Difference $d): string => implode(' ', array_map(
                static fn (?string $text): string => $text ?? 'null',
                [$d->field->value, $d->variant, $d->shop, $d->clover],
            )),
            $this->shop()->differences()->of([$product])[$product] ?? [],
        );
    }

    /** @return list<string> Products that the list's filter finds */
    private function differing(): array
    {
        return array_column(
            $this->shop()->linkList()->page(['state' => LinkList::DIFFERS], 'title', false, 0, 500),
            'cloverId',
        );
    }
}
