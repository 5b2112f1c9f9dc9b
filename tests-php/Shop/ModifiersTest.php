<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Catalog;
use CloverSync\Caution;
use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\LaterClock;
use CloverSync\Tests\Support\StoredTokens;
use CloverSync\Tests\Support\SyncTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/** Clover's modifier groups as options of products, and what is chosen of them in Clover's orders. */
final class ModifiersTest extends SyncTestCase
{
    private const ON    = ['modifiers' => 'options', 'import_status' => 'published'];
    private const ORDER = '179540797501';

    public function test_the_default_offers_none_and_asks_for_none(): void
    {
        $this->connectedAndSynced();
        self::assertSame([], $this->options($this->named('House Burger')));
        self::assertSame(0, $this->sync()->productRows);
        self::assertSame([], $this->clover->calls(0, '/modifier_groups/'));
    }

    public function test_groups_become_options_with_prices_and_an_unchanged_sync_writes_nothing(): void
    {
        $this->connectedAndSynced(self::ON);
        $burger = $this->named('House Burger');
        self::assertSame(
            [
                'Doneness select 0' => ['Rare' => '0', 'Medium' => '0', 'Well Done' => '0'],
                'Extras checkbox 0' => ['Extra Cheese' => '1.5', 'Avocado' => '2', 'Fried Egg' => '1.75'],
            ],
            $this->options($burger),
        );
        self::assertSame([1, 1], [
            (int) $this->product($burger)['has_options'],
            (int) $this->product($burger)['state'],
        ]);
        // A group without modifiers makes no option.
        self::assertSame([], $this->options($this->named('Espresso')));
        // Products share an option.
        self::assertSame(1, $this->number("SELECT COUNT(*) FROM #__j2commerce_options WHERE option_name = 'Extras'"));
        $mark = $this->clover->mark();
        $rows = $this->shopRows();
        self::assertSame(0, $this->sync(self::ON)->productRows);
        self::assertSame($rows, $this->shopRows());
        self::assertCount(1, $this->clover->calls($mark, '/modifier_groups/'));
    }

    public function test_a_required_choice_is_required_in_the_shop_and_without_options_keeps_the_product_back(): void
    {
        $this->connect();
        $side = $this->group(['name' => 'Side', 'minRequired' => 1, 'maxAllowed' => 1], [
            'Fries' => 0,
            'Salad' => 150,
        ]);
        $two   = $this->group(['name' => 'Dips', 'minRequired' => 2], ['Mayo' => 0, 'Salsa' => 50]);
        $plate = $this->item('Plate', [$side]);
        $bowl  = $this->item('Bowl', [$two]);
        $this->sync(self::ON);
        self::assertSame([['Side radio 1' => ['Fries' => '0', 'Salad' => '1.5']], [], 1], [
            $this->options($plate),
            $this->cautions($plate),
            (int) $this->product($plate)['state'],
        ]);
        self::assertSame([['Dips checkbox 1' => ['Mayo' => '0', 'Salsa' => '0.5']], [Caution::RequiredModifiers], 0], [
            $this->options($bowl),
            $this->cautions($bowl),
            (int) $this->product($bowl)['state'],
        ]);
        $this->sync(['modifiers' => 'off'] + self::ON);
        self::assertSame([[], [Caution::RequiredModifiers], 1], [
            $this->options($plate),
            $this->cautions($plate),
            // Later the owner decides.
            (int) $this->product($plate)['state'],
        ]);
        $later = $this->item('Later', [$side]);
        $this->sync(['modifiers' => 'off'] + self::ON);
        self::assertSame([[], [Caution::RequiredModifiers], 0, 0], [
            $this->options($later),
            $this->cautions($later),
            (int) $this->product($later)['state'],
            (int) $this->product($later)['has_options'],
        ]);
    }

    public function test_a_variant_has_none_and_comes_unpublished_where_one_is_required(): void
    {
        $this->connect();
        $side = $this->group(['name' => 'Side', 'minRequired' => 1, 'maxAllowed' => 1], ['Fries' => 0]);
        $item = $this->clover->add([
            'name'    => 'Big',
            'price'   => 900,
            'group'   => 'Menu',
            'options' => ['Size' => 'Big'],
        ]);
        $this->link($item, $side);
        $this->sync(self::ON);
        self::assertSame(['Size select 1' => ['Big' => '0']], $this->options($item));
        self::assertSame(0, (int) $this->product($item)['state']);
    }

    public function test_changes_in_clover_reach_the_product_and_what_the_owner_added_stays(): void
    {
        $this->connect();
        $extras = $this->group(['name' => 'Extras', 'maxAllowed' => 5], [
            'Cheese' => 150,
            'Bacon'  => 200,
            'Egg'    => 100,
        ]);
        $sauce  = $this->group(['name' => 'Sauce', 'maxAllowed' => 1], ['Mild' => 0, 'Hot' => 0]);
        $burger = $this->item('Burger', [$extras, $sauce]);
        $this->sync(self::ON);
        $product = (int) $this->product($burger)['product_id'];
        $rows    = $this->choiceRows($product);
        $this->owners($product, 'Gift wrap', 'checkbox', 'Paper');
        $this->ownChoice($product, 'Extras', 'Truffle');

        $modifiers = array_column(self::list($this->ask('GET', "modifier_groups/$extras/modifiers")), 'id', 'name');
        $this->ask('POST', "modifier_groups/$extras/modifiers/{$modifiers['Cheese']}", [
            'name'  => 'Cheddar',
            'price' => 175,
        ]);
        $this->ask('DELETE', "modifier_groups/$extras/modifiers/{$modifiers['Egg']}");
        $this->ask('POST', "modifier_groups/$extras/modifiers", ['name' => 'Onions', 'price' => 25]);
        $this->ask('DELETE', "modifier_groups/$sauce");
        $this->sync(self::ON);
        self::assertSame(
            [
                'Extras checkbox 0'    => ['Cheddar' => '1.75', 'Bacon' => '2', 'Truffle' => '9', 'Onions' => '0.25'],
                'Gift wrap checkbox 0' => ['Paper' => '9'],
            ],
            $this->options($burger),
        );
        // A renamed modifier keeps its row: baskets hold its key.
        self::assertSame($rows['Cheese'], $this->choiceRows($product)['Cheddar']);
        self::assertSame(0, $this->sync(self::ON)->productRows);

        $this->ask('POST', "modifier_groups/$extras", ['name' => 'Toppings', 'minRequired' => 1, 'maxAllowed' => 1]);
        $this->sync(self::ON);
        self::assertSame(['Gift wrap checkbox 0', 'Toppings radio 1'], array_keys($this->options($burger)));
        self::assertSame(0, $this->sync(self::ON)->productRows);

        $this->sync(['modifiers' => 'off'] + self::ON);
        self::assertSame(
            ['Gift wrap checkbox 0' => ['Paper' => '9'], 'Toppings radio 1' => ['Truffle' => '9']],
            $this->options($burger),
        );
        self::assertSame(1, (int) $this->product($burger)['has_options']);
    }

    public function test_a_group_that_takes_the_place_of_another_with_its_name_takes_over_its_option(): void
    {
        $this->connect();
        $sauce  = ['name' => 'Sauce', 'minRequired' => 1, 'maxAllowed' => 1];
        $old    = $this->group($sauce, ['Mild' => 0, 'Hot' => 0]);
        $burger = $this->item('Burger', [$old]);
        $this->sync(self::ON);
        $product = (int) $this->product($burger)['product_id'];
        $rows    = $this->choiceRows($product);
        $this->ownChoice($product, 'Sauce', 'Truffle');
        $this->ask('DELETE', "modifier_groups/$old");
        $this->link($burger, $this->group($sauce, ['Hot' => 25, 'Sweet' => 0]));
        $this->sync(self::ON);
        self::assertSame(
            ['Sauce radio 1' => ['Hot' => '0.25', 'Truffle' => '9', 'Sweet' => '0']],
            $this->options($burger),
        );
        self::assertSame($rows['Hot'], $this->choiceRows($product)['Hot']);
        self::assertSame(
            1,
            $this->number("SELECT COUNT(*) FROM #__j2commerce_product_options WHERE product_id = $product"),
            'An option without choices that is required could not be bought.',
        );
        self::assertSame(0, $this->sync(self::ON)->productRows);
    }

    public function test_names_that_are_the_same_and_names_with_tags_are_kept_apart_and_clean(): void
    {
        $this->connect();
        $one  = $this->group(['name' => 'Extras'], ['Cheese' => 100, 'cheese ' => 120]);
        $two  = $this->group(['name' => 'EXTRAS'], ['<b>Bacon</b>' => 200]);
        $item = $this->item('Burger', [$one, $two]);
        $this->sync(self::ON);
        $options = $this->options($item);
        self::assertCount(2, $options);
        $counts = array_map(\count(...), array_values($options));
        sort($counts);
        self::assertSame([1, 2], $counts);
        self::assertStringNotContainsString('<', json_encode($options, JSON_THROW_ON_ERROR));
        self::assertSame(0, $this->sync(self::ON)->productRows);
    }

    public function test_an_option_that_an_adopted_product_has_becomes_clover_s(): void
    {
        $this->connect();
        $item = $this->item(
            'Burger',
            [$this->group(['name' => 'Extras', 'maxAllowed' => 5], ['Cheese' => 150])],
            'B-1',
        );
        $this->sync(self::ON);
        $product = (int) $this->product($item)['product_id'];
        // As after an installation that lost its links: the rows of the product are there, and nothing of Clover's.
        $this->sql->execute("DELETE FROM #__j2commerce_clover_mappings WHERE clover_id = '$item'");
        $rows = $this->choiceRows($product);
        $this->sync(self::ON);
        $this->shop(self::ON)->conflicts()->adopt($item);
        $this->sync(self::ON);
        self::assertSame($product, (int) $this->product($item)['product_id']);
        self::assertSame($rows, $this->choiceRows($product));
        $this->sync(['modifiers' => 'off'] + self::ON);
        self::assertSame([], $this->options($item));
    }

    public function test_the_preview_names_modifiers(): void
    {
        $this->connectedAndSynced();
        $changed = [];
        $this
            ->shop(self::ON)
            ->preview()
            ->run(static function (array $change) use (&$changed): void {
                $changed[$change['title']] = [$change['action'], $change['fields']];
            });
        self::assertSame(['update', ['modifiers']], $changed['House Burger']);
        self::assertCount(3, $changed);
    }

    public function test_modifiers_that_clover_does_not_show_stay_as_the_shop_has_them(): void
    {
        $this->connectedAndSynced(self::ON);
        $burger  = $this->named('House Burger');
        $options = $this->options($burger);
        $this->clover->switches(['refused_expand' => ['modifierGroups']]);
        self::assertSame(0, $this->sync(self::ON)->productRows);
        $this->clover->edit($burger, ['price' => 1599]);
        $this->sync(self::ON);
        self::assertSame($options, $this->options($burger));
        $this->clover->switches(['refused_expand' => []]);
        self::assertSame(0, $this->sync(self::ON)->productRows);
    }

    public function test_an_item_that_only_one_of_two_lists_has_is_read_with_its_modifiers(): void
    {
        $this->connect();
        $side = $this->group(['name' => 'Side', 'minRequired' => 1, 'maxAllowed' => 1], ['Fries' => 0]);
        $item = $this->item('Plate', [$side]);
        $list = json_encode(['elements' => [['id' => $item, 'name' => 'Plate', 'price' => 900]]], JSON_THROW_ON_ERROR);

        foreach (['off' => [[], true], 'options' => [['Side'], false]] as $mode => [$names, $isWithheld]) {
            $catalog = new Catalog($this->shop(['modifiers' => $mode] + self::ON)->connection, 'USD');
            [$change] = $catalog->read($list, '{"elements":[]}')->changes([]);
            self::assertSame($names, array_column($change->modifiers, 'name'));
            self::assertSame($isWithheld, $change->withheld);
        }
    }

    public function test_a_deleted_item_comes_back_with_its_modifiers(): void
    {
        $this->connectedAndSynced(self::ON);
        $burger = $this->named('House Burger');
        $before = $this->options($burger);
        $this->clover->remove($burger);
        $this->sync(self::ON);
        $this->clover->restore($burger);
        $this->sync(self::ON);
        self::assertCount(2, $before);
        self::assertSame($before, $this->options($burger));
    }

    public function test_an_item_that_joins_a_group_has_none_in_its_new_product(): void
    {
        $this->connect();
        $big = $this->clover->add([
            'name'    => 'Big',
            'price'   => 900,
            'group'   => 'Menu',
            'options' => ['Size' => 'Big'],
        ]);
        $burger = $this->item('Small', [$this->group(['name' => 'Extras'], ['Cheese' => 150])]);
        $this->sync(self::ON);
        $product = (int) $this->product($burger)['product_id'];
        self::assertArrayHasKey($product, $this->shop(self::ON)->links()->modifiersOf([$product]));
        $sizes = array_column(self::list($this->ask('GET', 'attributes')), 'id', 'name');
        $this->clover->edit($burger, [
            '__raw' => [
                'itemGroup' => $this->clover->item($big)['itemGroup'],
                'options'   => [
                    'elements' => [[
                        'id'        => 'SMALL00000000',
                        'name'      => 'Small',
                        'attribute' => ['id' => $sizes['Size']],
                    ]],
                ],
            ],
        ]);
        $this->sync(self::ON);
        $menu = (int) $this->product($burger)['product_id'];
        self::assertSame((int) $this->product($big)['product_id'], $menu);
        self::assertSame(['Size select 1' => ['Big' => '0', 'Small' => '0']], $this->options($burger));
        self::assertSame([], $this->shop(self::ON)->links()->modifiersOf([$product, $menu]));
        self::assertSame(0, $this->sync(self::ON)->productRows);
    }

    public function test_modifiers_of_a_rehearsal_leave_the_product_that_is_linked_again(): void
    {
        $this->connect();
        $extras = $this->group(['name' => 'Extras'], ['Cheese' => 150, 'Trial' => 1]);
        $burger = $this->item('Burger', [$extras], 'B-1');
        $plain  = $this->item('Bowl', [$this->group(['name' => 'Dips'], ['Mayo' => 0])], 'B-2');
        $this->sync(self::ON);
        $product = (int) $this->product($burger)['product_id'];
        $rows    = $this->choiceRows($product);
        $this->ownChoice($product, 'Extras', 'Truffle');
        // The sandbox's rows once the shop is connected to the real merchant, who has other modifiers.
        $this->sql->execute("UPDATE #__j2commerce_clover_mappings SET environment = 'eu', merchant_id = 'OTHER',
                clover_id = LOWER(clover_id), tax_written = 7,
                modifiers = REPLACE(modifiers, '$extras', LOWER('$extras'))");
        $modifiers = array_column(self::list($this->ask('GET', "modifier_groups/$extras/modifiers")), 'id', 'name');
        $this->ask('DELETE', "modifier_groups/$extras/modifiers/{$modifiers['Trial']}");
        $groups = array_column(self::list($this->ask('GET', 'modifier_groups')), 'id', 'name');
        $this->ask('DELETE', "modifier_groups/{$groups['Dips']}");
        $this->sync(self::ON);
        $this->shop(self::ON)->conflicts()->relinkAllBySku();
        $taxes = $this->sql->fetchColumn("SELECT tax_written FROM #__j2commerce_clover_mappings
              WHERE environment = 'sandbox' AND clover_id = '$burger'");
        self::assertSame([7], array_map(intval(...), $taxes));
        $this->sync(self::ON);
        self::assertSame(['Extras checkbox 0' => ['Cheese' => '1.5', 'Truffle' => '9']], $this->options($burger));
        self::assertSame($rows['Cheese'], $this->choiceRows($product)['Cheese']);
        self::assertSame([], $this->options($plain));
        self::assertSame(0, $this->sync(self::ON)->productRows);
    }

    /** @return iterable<string, array{?string, string}> */
    public static function faults(): iterable
    {
        yield 'nothing is lost' => [null, ''];

        foreach (['drop', 'apply_then_drop', 'garbage'] as $do) {
            foreach (['bulk_line_items', 'line_items/*/modifications'] as $path) {
                yield "$do of $path" => [$do, $path];
            }
        }
    }

    #[DataProvider('faults')]
    public function test_chosen_modifiers_are_modifications_once_and_the_totals_agree(?string $do, string $path): void
    {
        $this->connectedAndSynced(self::ON);
        $burger = $this->named('House Burger');
        $clock  = new LaterClock();

        if ($do !== null) {
            $this->clover->fault("POST /v3/merchants/*/orders/*/$path", $do);
        }

        $this->buy($burger, $clock, [
            ['name' => 'Doneness', 'value' => 'Rare'],
            ['name' => 'Extras', 'value' => 'Extra Cheese'],
            ['name' => 'Extras', 'value' => 'Fried Egg'],
            ['name' => 'Engraving', 'value' => 'Ada'],
        ]);

        for ($i = 0; $i < 20 && $this->pushState() !== 'confirmed'; $i++) {
            $this->shop(self::ON, clock: $clock)->sales()->worker()->run(new TimeBudget());
            $clock->later += 60;
            $this->clover->post('clock', ['advance_s' => 60]);
        }

        self::assertSame('confirmed', $this->pushState());
        [$order] = $this->clover->webOrders();
        self::assertCount(1, $this->clover->webOrders());
        $shown = [];
        $sum   = 0;

        foreach ($order['lineItems']['elements'] as $line) {
            $amounts = [];

            foreach ($line['modifications']['elements'] ?? [] as $modification) {
                $amounts[$modification['name']] = $modification['amount'];
            }

            ksort($amounts);
            $shown[] = [$line['name'], $line['price'], $amounts];
            $sum     += $line['price'] + array_sum($amounts);
        }

        $line = ['House Burger (Engraving: Ada)', 1499, ['Extra Cheese' => 150, 'Fried Egg' => 175, 'Rare' => 0]];
        self::assertSame([$line, $line, ['Tax', 301, []]], $shown);
        self::assertSame([3949, 3949], [$sum, $order['total']]);
        $paid = $this->sql->fetchValue('SELECT order_total FROM #__j2commerce_orders WHERE order_id = ?', [
            self::ORDER,
        ]);
        self::assertSame('39.49000', number_format((float) $paid, 5, '.', ''));
    }

    public function test_a_choice_that_is_gone_before_the_order_is_sent_is_text(): void
    {
        $this->connectedAndSynced(self::ON);
        $burger = $this->named('House Burger');
        $clock  = new LaterClock();
        $this->buy($burger, $clock, [['name' => 'Extras', 'value' => 'Extra Cheese']]);
        $this->sync(['modifiers' => 'off'] + self::ON);
        $this->shop(clock: $clock)->sales()->worker()->run(new TimeBudget());
        [$order] = $this->clover->webOrders();
        $line = $order['lineItems']['elements'][0];
        self::assertSame(['House Burger (Extras: Extra Cheese)', 1824, []], [
            $line['name'],
            $line['price'],
            $line['modifications']['elements'] ?? [],
        ]);
        self::assertSame(3949, $order['total']);
    }

    public function test_a_modifier_that_clover_has_deleted_is_in_the_name_and_price_of_the_line(): void
    {
        $this->connectedAndSynced(self::ON);
        $burger = $this->named('House Burger');
        $clock  = new LaterClock();
        $groups = array_column(self::list($this->ask('GET', 'modifier_groups')), 'id', 'name');
        $this->ask('DELETE', "modifier_groups/{$groups['Extras']}");
        $this->buy($burger, $clock, [['name' => 'Extras', 'value' => 'Extra Cheese']]);
        $this->shop(self::ON, clock: $clock)->sales()->worker()->run(new TimeBudget());
        [$order] = $this->clover->webOrders();
        self::assertSame(['House Burger (Extras: Extra Cheese)', 1824], [
            $order['lineItems']['elements'][0]['name'],
            $order['lineItems']['elements'][0]['price'],
        ]);
        self::assertSame([3949, 'confirmed'], [$order['total'], $this->pushState()]);
    }

    /**
     * Two burgers at 18.24 each, whatever is chosen, and 3.01 tax.
     *
     * @param list<array{name: string, value: string}> $options
     */
    private function buy(string $item, LaterClock $clock, array $options): void
    {
        $file = OrderFile::fromJson(json_encode([
            'order_id'           => self::ORDER,
            'number'             => 501,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => [[
                'line_id'    => 1,
                'clover_id'  => $item,
                'name'       => 'House Burger',
                'quantity'   => 2,
                'unit_price' => 1824,
                'tax'        => 301,
                'options'    => $options,
            ]],
            'total'              => 3949,
        ], JSON_THROW_ON_ERROR));
        $shop = $this->shop(self::ON, clock: $clock);
        (new FakeCheckout($this->sql, $shop->links(), $clock))->place($file);
        $shop->orderEvents()->statusChanged(self::ORDER, null, 1);
    }

    private function pushState(): string
    {
        return (string) $this->sql->fetchValue('SELECT state FROM #__j2commerce_clover_orders WHERE order_id = ?', [
            self::ORDER,
        ]);
    }

    /**
     * @param array<string, int|string> $fields
     * @param array<string, int>        $modifiers Price by name
     */
    private function group(array $fields, array $modifiers): string
    {
        $group = (string) $this->ask('POST', 'modifier_groups', $fields)['id'];

        foreach ($modifiers as $name => $price) {
            $this->ask('POST', "modifier_groups/$group/modifiers", ['name' => $name, 'price' => $price]);
        }

        return $group;
    }

    /** @param list<string> $groups */
    private function item(string $name, array $groups, string $sku = ''): string
    {
        $item = $this->clover->add(['name' => $name, 'price' => 900] + ($sku === '' ? [] : ['sku' => $sku]));

        foreach ($groups as $group) {
            $this->link($item, $group);
        }

        return $item;
    }

    private function link(string $item, string $group): void
    {
        $this->ask('POST', 'item_modifier_groups', [
            'elements' => [['modifierGroup' => ['id' => $group], 'item' => ['id' => $item]]],
        ]);
    }

    /**
     * @param array<string, mixed> $body
     *
     * @return array<array-key, mixed>
     */
    private function ask(string $method, string $path, array $body = []): array
    {
        return $this->clover->ask(StoredTokens::access($this->sql, self::SECRET), $method, $path, $body);
    }

    /**
     * @param array<array-key, mixed> $answer
     *
     * @return list<array<string, mixed>>
     */
    private static function list(array $answer): array
    {
        return array_map(Json::object(...), Json::list($answer['elements']));
    }

    private function named(string $name): string
    {
        return $this->clover->named($name)[0]['id'];
    }

    /** @return list<Caution> */
    private function cautions(string $item): array
    {
        return $this->shop()->linkList()->one($item)->cautions ?? [];
    }

    /** @return array<string, array<string, string>> Prices by "name type required" and value, sorted by the names */
    private function options(string $item): array
    {
        $options = [];

        foreach ($this->sql->fetchAll(
            'SELECT o.option_name AS name, o.type, p.required, v.optionvalue_name AS value,
                    c.product_optionvalue_price AS price
               FROM #__j2commerce_product_options p
               JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
               JOIN #__j2commerce_product_optionvalues c ON c.productoption_id = p.j2commerce_productoption_id
               JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = c.optionvalue_id
              WHERE p.product_id = ? ORDER BY p.ordering, c.j2commerce_product_optionvalue_id',
            [(int) $this->product($item)['product_id']],
        ) as $row) {
            $options["{$row['name']} {$row['type']} {$row['required']}"][(string) $row['value']] = rtrim(
                rtrim((string) $row['price'], '0'),
                '.',
            ) ?: '0';
        }

        ksort($options);

        return $options;
    }

    /** @return array<string, int> Keys of the choices by their values */
    private function choiceRows(int $product): array
    {
        $rows = [];

        foreach ($this->sql->fetchAll(
            'SELECT c.j2commerce_product_optionvalue_id AS id, v.optionvalue_name AS value
               FROM #__j2commerce_product_options p
               JOIN #__j2commerce_product_optionvalues c ON c.productoption_id = p.j2commerce_productoption_id
               JOIN #__j2commerce_optionvalues v ON v.j2commerce_optionvalue_id = c.optionvalue_id
              WHERE p.product_id = ? ORDER BY c.j2commerce_product_optionvalue_id',
            [$product],
        ) as $row) {
            $rows[(string) $row['value']] = (int) $row['id'];
        }

        return $rows;
    }

    /** The owner gives a product an option of his own. */
    private function owners(int $product, string $name, string $type, string $value): void
    {
        $this->insert('options', [
            'type'               => $type,
            'option_unique_name' => strtolower($name),
            'option_name'        => $name,
            'ordering'           => 50,
            'enabled'            => 1,
            'option_params'      => '{}',
        ]);
        $this->insert('product_options', [
            'option_id'  => $this->optionId($name),
            'parent_id'  => 0,
            'product_id' => $product,
            'ordering'   => 50,
            'required'   => 0,
            'is_variant' => 0,
        ]);
        $this->ownChoice($product, $name, $value);
    }

    /** The owner gives an option of a product another choice, at 9. */
    private function ownChoice(int $product, string $option, string $value): void
    {
        $id     = $this->optionId($option);
        $byName = 'SELECT j2commerce_optionvalue_id FROM #__j2commerce_optionvalues WHERE optionvalue_name = ?';
        $this->insert('optionvalues', [
            'option_id'         => $id,
            'optionvalue_name'  => $value,
            'optionvalue_image' => '',
            'ordering'          => 9,
        ]);
        $this->insert('product_optionvalues', [
            'productoption_id'                  => (int) $this->sql->fetchValue(
                'SELECT j2commerce_productoption_id FROM #__j2commerce_product_options
                  WHERE product_id = ? AND option_id = ?',
                [$product, $id],
            ),
            'optionvalue_id'                    => (int) $this->sql->fetchValue($byName, [$value]),
            'parent_optionvalue'                => '',
            'product_optionvalue_price'         => '9',
            'product_optionvalue_prefix'        => '+',
            'product_optionvalue_weight'        => '0',
            'product_optionvalue_weight_prefix' => '+',
            'product_optionvalue_sku'           => '',
            'product_optionvalue_default'       => 0,
            'ordering'                          => 9,
            'product_optionvalue_attribs'       => '{}',
        ]);
    }

    private function optionId(string $name): int
    {
        $query = 'SELECT j2commerce_option_id FROM #__j2commerce_options WHERE option_name = ?';

        return (int) $this->sql->fetchValue($query, [$name]);
    }

    /** @param array<string, int|string> $row */
    private function insert(string $table, array $row): void
    {
        (new Bulk($this->sql))->insert("#__j2commerce_$table", array_keys($row), [array_values($row)]);
    }

    private function number(string $query): int
    {
        return (int) $this->sql->fetchValue($query);
    }
}
