<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Dev\ShopCurrency;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\UnavailableException;
use CloverSync\ProblemCode;
use CloverSync\Shop\Catalog\RunStatus;
use CloverSync\Shop\Exception\CurrencyException;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\ShopDump;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** What works with the manual's four permissions, and currencies. */
final class PermissionsTest extends ResilienceTestCase
{
    #[TestDox('With the manual\'s four permissions everything is imported, and no refused request costs a refresh')]
    public function test_four_permissions_are_enough(): void
    {
        $this->connectTo();
        $shop   = $this->shop();
        $result = $shop->runner()->run(new TimeBudget());
        self::assertDone($result);
        self::assertSame(\count($this->clover->items()), $result->itemsRead);
        $merchant = $shop->merchant->remembered();
        self::assertSame(['USD', 'order'], [$merchant?->currency, $merchant?->currencySource]);
        self::assertSame([0, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);
        $calls = array_count_values($this->clover->calls());
        ksort($calls);
        self::assertSame(
            [
                'GET /oauth/v2/authorize 302' => 1,
                'GET /v3/- 401'               => 1,
                'GET /v3/-/item_groups 200'   => 1,
                'GET /v3/-/items 200'         => 2,
                'GET /v3/-/orders 200'        => 1,
                'GET /v3/-/properties 401'    => 1,
                'POST /oauth/v2/token 200'    => 1,
            ],
            $calls,
            'An unexpected request.',
        );
    }

    #[TestDox('When no order shows the currency, nothing is written until the owner has confirmed it once')]
    public function test_an_unknown_currency_is_confirmed_once(): void
    {
        $this->connectTo();
        $this->clover->switches(['order_history' => false]);
        $before = $this->shopRows();

        for ($i = 0; $i < 2; $i++) {
            $refused = self::thrown(CurrencyException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
            self::assertStringContainsString('confirm it once', $refused->getMessage());
            self::assertSame([], ShopDump::differences($before, $this->shopRows()));
            self::assertSame(0, $this->rows('j2commerce_clover_mappings'));
        }

        $this->shop()->merchant->confirmCurrency('USD');
        self::assertDone($this->sync());
        self::assertDone($this->sync());
        self::assertSame(0, $this->clover->refreshes());
    }

    #[TestDox('A missing Inventory Read is named, costs at most one refresh, and further attempts cost none')]
    public function test_a_missing_permission_is_named(): void
    {
        $this->connectTo();
        $this->clover->merchant(['permissions' => ['INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        $before = $this->shopRows();
        $first  = $this->attemptWithoutPermission();
        self::assertLessThanOrEqual(1, $this->clover->refreshes());
        $spent = $this->clover->refreshes();

        for ($i = 0; $i < 3; $i++) {
            $next = $this->attemptWithoutPermission();
            self::assertLessThanOrEqual($first, $next, 'Attempts become dearer.');
        }

        self::assertSame([$spent, 0], [$this->clover->refreshes(), $this->clover->recoveries()]);
        self::assertSame([], ShopDump::differences($before, $this->shopRows()));
        self::assertTrue($this->shop()->connection->status()->connected);

        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W']]);
        self::assertDone($this->sync());
        self::assertSame($spent, $this->clover->refreshes());
    }

    /** @return iterable<string, array{list<string>, list<string>}> */
    public static function refusedFields(): iterable
    {
        yield 'tags' => [['tags'], ['tags']];
        yield 'categories' => [['categories'], ['categories']];
        yield 'both' => [
            ['categories', 'tags'],
            ['categories', 'tags'],
        ];
        yield 'attributes of groups, which have a list of their own' => [['attributes'], []];
        yield 'counts' => [['itemStock'], ['itemStock']];
        yield 'all but the options' => [
            ['categories', 'tags',      'itemStock'],
            ['categories', 'itemStock', 'tags'],
        ];
        yield 'what is not asked for' => [['taxRates'], []];
    }

    /**
     * @param list<string> $refused
     * @param list<string> $reported
     */
    #[DataProvider('refusedFields')]
    #[TestDox(
        'A field that Clover refuses to expand is kept as the shop has it, and the sync continues and reports it',
    )]
    public function test_a_field_that_is_not_expanded(array $refused, array $reported): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $before = $this->shopRows();
        $this->clover->switches(['refused_expand' => $refused]);
        $item = $this->clover->singles()[0]['id'];
        $this->clover->edit($item, ['price' => 77_777]);
        $this->clover->setStock($item, 41);
        $mark   = $this->clover->mark();
        $result = $this->sync();
        self::assertDone($result);
        self::assertSame([1, 0], [$result->updated, $this->clover->refreshes()]);
        self::assertEquals(['777.77000', 41], [$this->product($item)['price'], $this->product($item)['quantity']]);
        self::assertSame(
            $reported === [] ? 0 : 1,
            \count(preg_grep('/does not show/', $this->logged('skipped')) ?: []),
        );
        self::assertSame(
            $reported,
            array_values(array_filter($reported, fn (string $field): bool => str_contains(
                implode($this->logged('skipped')),
                $field,
            ))),
        );
        self::assertEqualsCanonicalizing(
            $reported,
            $this->shop()->dashboard()->read()->withheld,
            'What the dashboard shows.',
        );
        // Found out once a run: the refused call of each list, one without the field on trial, and one a field, and
        // never again on later pages.
        self::assertLessThanOrEqual(3 + \count($refused), \count($this->clover->calls($mark, '#/items 403#')));

        $this->clover->switches(['refused_expand' => []]);
        $this->clover->edit($item, ['price' => $this->clover->singles()[0]['price']]);
        self::assertDone($this->sync());
        self::assertSame([], $this->shop()->dashboard()->read()->withheld);
        $changed = array_keys(ShopDump::differences($before, $this->shopRows()));
        self::assertSame(
            [],
            array_intersect($changed, ['contentitem_tag_map', 'tags', 'categories']),
            'Tags or categories were lost.',
        );
    }

    #[TestDox(
        'A run of many slices logs once what Clover does not show, and the dashboard shows it from the first slice',
    )]
    public function test_withheld_fields_are_logged_once_a_run(): void
    {
        $this->connectTo();
        $this->clover->switches(['refused_expand' => ['tags']]);
        $slices = 0;

        do {
            $result = $this->shop()->runner()->run(new TimeBudget(0.0));
            $slices++;
        } while ($result->status === RunStatus::Running);

        self::assertGreaterThan(2, $slices);
        self::assertCount(1, preg_grep('/does not show/', $this->logged('skipped')) ?: []);
        self::assertSame(['tags'], $this->shop()->dashboard()->read()->withheld);
        $this->sync();
        self::assertCount(2, preg_grep('/does not show/', $this->logged('skipped')) ?: [], 'Once for each run.');
    }

    #[TestDox('Without the options, products with variants stay unchanged and single items are synced')]
    public function test_options_that_are_not_expanded(): void
    {
        $this->connectTo();
        self::assertDone($this->sync());
        $variants = $this->rows('j2commerce_variants');
        $options  = $this->rows('j2commerce_product_optionvalues');
        $this->clover->switches(['refused_expand' => ['options']]);
        $item = $this->clover->singles()[0]['id'];
        $this->clover->edit($item, ['price' => 77_777]);
        $result = $this->sync();
        self::assertSame(RunStatus::Done, $result->status);
        self::assertGreaterThan(0, $result->failed);
        self::assertEquals('777.77000', $this->product($item)['price']);
        self::assertSame([$variants, $options], [
            $this->rows('j2commerce_variants'),
            $this->rows('j2commerce_product_optionvalues'),
        ]);
        $this->clover->switches(['refused_expand' => []]);
        self::assertDone($this->sync());
    }

    #[TestDox('A firewall\'s page in place of the items is reported as such, and the next sync works')]
    public function test_a_firewall_is_not_a_missing_permission(): void
    {
        $this->connectTo();

        $page = '<!doctype html><title>Access denied</title>';
        $this->clover->fault('GET /v3/merchants/*/items', 'status', 99, with: ['code' => 403, 'body' => $page]);
        $error = self::thrown(UnavailableException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
        self::assertSame(ProblemCode::Intercepted, $error->getProblem()?->code);
        self::assertStringContainsString('status 403', $error->getMessage());
        self::assertDoesNotMatchRegularExpression(
            '/permission|token|Access denied/i',
            $error->getMessage() . implode($this->logged('error')),
        );
        self::assertSame(0, $this->clover->refreshes());
        self::assertTrue($this->shop()->connection->status()->connected);
        $this->clover->clearFaults();
        self::assertDone($this->sync());
    }

    #[TestDox('Without Orders Read the currency is confirmed by the owner and everything else works')]
    public function test_without_orders_read(): void
    {
        $this->connectTo();
        $this->clover->merchant(['permissions' => ['INVENTORY_R', 'INVENTORY_W']]);
        $this->shop()->merchant->confirmCurrency('USD');
        self::assertDone($this->sync());
        self::assertLessThanOrEqual(1, $this->clover->refreshes());
    }

    /** @return array<string, array{string, list<string>}> */
    public static function currencies(): array
    {
        return [
            'no decimals'    => ['JPY', ['123456.00000', '1.00000', '999.00000']],
            'two decimals'   => ['USD', ['1234.56000', '0.01000', '9.99000']],
            'three decimals' => ['KWD', ['123.45600', '0.00100', '0.99900']],
        ];
    }

    /** @param list<string> $prices */
    #[DataProvider('currencies')]
    #[TestDox('Prices in $currency are imported to the last decimal')]
    public function test_currencies(string $currency, array $prices): void
    {
        $this->clover = Simulator::start();
        $this->clover->merchant(['currency' => $currency]);
        ShopCurrency::write($this->sql, $currency);
        $this->connect($this->shop());
        $ids = array_map(fn (int $minor): string => $this->clover->add([
            'name'  => "Item at $minor",
            'price' => $minor,
            'sku'   => "AT-$minor",
        ]), [123_456, 1, 999]);
        self::assertDone($this->sync());
        self::assertSame($prices, array_map(fn (string $id): mixed => $this->product($id)['price'], $ids));
        self::assertSame($currency, $this->sql->fetchValue('SELECT currency FROM #__j2commerce_clover_runs'));

        $again = $this->sync();
        self::assertDone($again);
        self::assertSame(0, $again->productRows);
    }

    #[TestDox(
        'A merchant whose currency differs from the shop\'s is refused before a row is written, also after a change',
    )]
    public function test_another_currency_is_refused(): void
    {
        $this->clover = Simulator::start();
        $this->clover->merchant(['currency' => 'EUR']);
        $this->connect($this->shop());
        $before  = $this->shopRows();
        $refused = self::thrown(CurrencyException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
        self::assertStringContainsString('EUR', $refused->getMessage());
        self::assertStringContainsString('USD', $refused->getMessage());
        self::assertSame([], ShopDump::differences($before, $this->shopRows()));

        $this->clover->merchant(['currency' => 'USD']);
        self::assertDone($this->sync());
        $before = $this->shopRows();
        $this->clover->merchant(['currency' => 'CAD']);
        $this->clover->edit($this->clover->singles()[0]['id'], ['price' => 77_777]);
        $mark = $this->clover->mark();
        self::thrown(CurrencyException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
        self::assertSame([], $this->clover->calls($mark, '#/items#'));
        self::assertSame([], ShopDump::differences($before, $this->shopRows()));
    }

    /** @return int Requests that were sent */
    private function attemptWithoutPermission(): int
    {
        $mark  = $this->clover->mark();
        $error = self::thrown(PermissionException::class, fn () => $this->shop()->runner()->run(new TimeBudget()));
        \assert($error instanceof PermissionException);
        self::assertSame('Inventory Read', $error->getPermission());
        self::assertStringContainsString('Inventory Read', $error->getMessage());

        return \count($this->clover->calls($mark));
    }

    /** @return array<string, list<string>> The shop's own rows */
    private function shopRows(): array
    {
        return array_filter(
            ShopDump::of($this->sql),
            static fn (string $table): bool => !str_starts_with($table, 'j2commerce_clover_'),
            ARRAY_FILTER_USE_KEY,
        );
    }
}
