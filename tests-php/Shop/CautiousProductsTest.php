<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Caution;
use CloverSync\Shop\Status\Attention;
use CloverSync\Shop\Status\LinkList;
use CloverSync\Shop\Support\SystemClock;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** Products that should not be sold on the web as they are. */
final class CautiousProductsTest extends SyncTestCase
{
    private const REQUIRED = ['elements' => [['id' => 'IG00000000099', 'name' => 'Milk', 'minRequired' => 1]]];

    /** @return iterable<string, array{array<string, mixed>, list<Caution>}> */
    public static function items(): iterable
    {
        yield 'a price of 0' => [['price' => 0], [Caution::ZeroPrice]];
        yield 'a price that is typed in' => [['price' => 0, 'priceType' => 'VARIABLE'], [Caution::OpenPrice]];
        yield 'a price per unit' => [['priceType' => 'PER_UNIT'], [Caution::UnitPrice]];
        yield 'a gift card' => [['isRevenue' => false], [Caution::NonRevenue]];
        yield 'for adults' => [['__raw' => ['isAgeRestricted' => true]], [Caution::AgeRestricted]];
        yield 'required modifiers' => [
            ['__raw' => ['modifierGroups' => self::REQUIRED]],
            [Caution::RequiredModifiers],
        ];
        yield 'modifiers that are not required' => [
            ['__raw' => ['modifierGroups' => ['elements' => [['id' => 'IG00000000099', 'minRequired' => 0]]]]],
            [],
        ];
        yield 'hidden' => [['hidden' => true], [Caution::Hidden]];
        yield 'several' => [
            ['price' => 0, 'isRevenue' => false, 'hidden' => true],
            [Caution::ZeroPrice, Caution::NonRevenue, Caution::Hidden],
        ];
        yield 'nothing odd' => [[], []];
    }

    /**
     * @param array<string, mixed> $fields
     * @param list<Caution>        $cautions
     */
    #[DataProvider('items')]
    public function test_an_odd_item_is_imported_unpublished_and_the_list_says_why(array $fields, array $cautions): void
    {
        $id = $this->clover->add($fields + ['name' => 'Odd', 'price' => 500, 'sku' => 'ODD']);
        $this->connectedAndSynced(['import_status' => 'published']);
        self::assertSame([$cautions, $cautions === [] ? 1 : 0], [
            $this->shop()->linkList()->one($id)?->cautions,
            (int) $this->product($id)['state'],
        ]);
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame(
            $cautions === [] ? 0 : 1,
            $this->shop()->linkList()->count(['state' => LinkList::CAUTIOUS, 'search' => $id]),
        );
    }

    public function test_a_member_s_oddness_is_the_group_s(): void
    {
        $this->clover->add([
            'name'    => 'Giant',
            'group'   => 'Poster',
            'options' => ['Size' => 'Giant'],
            'price'   => 100,
            '__raw'   => ['modifierGroups' => self::REQUIRED],
        ]);
        $this->connectedAndSynced(['import_status' => 'published']);
        [$row] = $this->shop()->linkList()->page(['search' => 'Poster'], 'title', false, 0, 1);
        self::assertSame([Caution::RequiredModifiers], $row->cautions);
    }

    public function test_a_webhook_or_a_later_sync_brings_and_takes_the_reason(): void
    {
        $id = $this->clover->add(['name' => 'Card', 'price' => 500]);
        $this->connectedAndSynced();
        $this->clover->edit($id, ['isRevenue' => false]);
        $this->shop()->refetch([$id], new \CloverSync\Shop\Support\TimeBudget());
        self::assertSame([Caution::NonRevenue], $this->shop()->linkList()->one($id)?->cautions);
        $this->clover->edit($id, ['isRevenue' => true]);
        $this->sync();
        self::assertSame([], $this->shop()->linkList()->one($id)?->cautions);
    }

    public function test_a_published_product_that_is_free_is_counted_until_it_has_a_price_or_is_unpublished(): void
    {
        $id = $this->clover->add(['name' => 'By weight', 'price' => 0, 'priceType' => 'VARIABLE']);
        $this->connectedAndSynced();
        self::assertSame([0, 0], [$this->free(), \count($this->shop()->dashboard()->read()->cautious)]);
        $article = (int) $this->product($id)['article_id'];
        $this->sql->execute('UPDATE #__content SET state = 1 WHERE id = ?', [$article]);
        [$product] = $this->shop()->dashboard()->read()->cautious;
        self::assertSame([1, 'By weight', true, [Caution::OpenPrice]], [
            $this->free(),
            $product->title,
            $product->isFree,
            $product->cautions,
        ]);

        $this->price($id, '4.50000');
        self::assertSame([0, []], [$this->free(), $this->shop()->dashboard()->read()->cautious]);
    }

    public function test_a_price_that_the_owner_sets_where_the_till_asks_for_one_stays(): void
    {
        $open = $this->clover->add(['name' => 'By weight', 'price' => 0, 'priceType' => 'VARIABLE']);
        $zero = $this->clover->add(['name' => 'Sample', 'price' => 0]);
        $this->connectedAndSynced();
        $this->price($open, '4.50000');
        $this->price($zero, '4.50000');
        $this->sync();
        self::assertSame(['4.50000', '0.00000'], [
            (string) $this->product($open)['price'],
            (string) $this->product($zero)['price'],
        ]);
        self::assertSame([], $this->shop()->linkList()->one($open)->differences ?? null);

        $this->clover->edit($open, ['price' => 700, 'priceType' => 'FIXED']);
        $this->sync();
        self::assertSame('7.00000', (string) $this->product($open)['price'], 'Clover has a price now.');
    }

    private function price(string $id, string $price): void
    {
        $this->sql->execute('UPDATE #__j2commerce_variants SET price = ? WHERE j2commerce_variant_id = ?', [
            $price,
            (int) $this->product($id)['variant_id'],
        ]);
    }

    private function free(): int
    {
        $shop = $this->shop();

        return Attention::of($this->sql, $shop->links(), $shop->state, new SystemClock())->free;
    }
}
