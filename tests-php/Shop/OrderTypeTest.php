<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** Orders get the order type that the owner names, where Clover has it and shows it; without it they are sent too. */
final class OrderTypeTest extends SalesTestCase
{
    private const FIVE   = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R'];
    private const TYPES  = 'GET /v3/merchants/*/order_types';
    private const LOOKED = '#^GET /v3/-/order_types #';
    private const WANTED = ['order_type' => 'À emporter'];

    private int $orders = 0;

    protected function setUp(): void
    {
        parent::setUp();
        // Clover's waits are kept in the test's own database, not in the process.
        $this->settings['pace_share'] = 100;
    }

    #[TestDox('The order type is found by its name, looked up once a day, and is in each order')]
    public function test_found(): void
    {
        $this->clover->merchant(['permissions' => self::FIVE]);
        $this->make('Sur place');
        $id   = $this->make('a EMPORTER');
        $mark = $this->clover->mark();
        self::assertSame([$id, $id], [$this->pushed(self::WANTED), $this->pushed(self::WANTED)]);
        self::assertCount(1, $this->clover->calls($mark, self::LOOKED));
        self::assertSame([], $this->notices(self::WANTED));

        $this->clock->later += 86_500;
        self::assertSame($id, $this->pushed(self::WANTED));
        self::assertCount(2, $this->clover->calls($mark, self::LOOKED));
        self::assertNull($this->pushed(['order_type' => 'Other']), 'Another name is looked up at once.');
    }

    #[TestDox('Without the setting no order type is asked for')]
    public function test_default(): void
    {
        $mark = $this->clover->mark();
        self::assertNull($this->pushed([]));
        self::assertSame([], $this->clover->calls($mark, self::LOOKED));
    }

    #[TestDox('Orders are sent without an unknown order type, and the owner reads so once, until Clover has it')]
    public function test_unknown(): void
    {
        $this->clover->merchant(['permissions' => self::FIVE]);
        $mark = $this->clover->mark();
        self::assertSame([null, null], [$this->pushed(self::WANTED), $this->pushed(self::WANTED)]);
        self::assertCount(1, $this->clover->calls($mark, self::LOOKED));
        self::assertStringContainsString('no order type “À emporter”', implode($this->notices(self::WANTED)));
        self::assertCount(1, preg_grep('/no order type/', $this->logged('order_push')) ?: []);
        self::assertSame([], $this->notices([]), 'Only while it is wanted.');

        $id = $this->make('À emporter');
        self::assertNull($this->pushed(self::WANTED));
        $this->clock->later += 3_700;
        self::assertSame($id, $this->pushed(self::WANTED));
        self::assertSame([], $this->notices(self::WANTED));
    }

    #[TestDox('Without Merchant Read orders are sent without it; the permission is named once, and no token refreshed')]
    public function test_not_permitted(): void
    {
        $mark = $this->clover->mark();
        self::assertSame([null, null], [$this->pushed(self::WANTED), $this->pushed(self::WANTED)]);
        self::assertCount(1, $this->clover->calls($mark, self::LOOKED));
        self::assertSame(0, $this->clover->refreshes());
        self::assertSame([], $this->shop()->pauses()->all());
        self::assertStringContainsString('Merchant Read', implode($this->notices(self::WANTED)));
        self::assertCount(1, preg_grep('/Merchant Read/', $this->logged('order_push')) ?: []);
    }

    /** @return iterable<string, array{array<string, mixed>}> */
    public static function failures(): iterable
    {
        yield 'Clover fails' => [['code' => 500]];
        yield 'the answer is another object' => [['code' => 200, 'body' => ['message' => 'no']]];
    }

    /** @param array<string, mixed> $answer */
    #[DataProvider('failures')]
    #[TestDox('An order does not wait for a look-up that fails, which is repeated for a later one: $_dataName')]
    public function test_failed(array $answer): void
    {
        $this->clover->merchant(['permissions' => self::FIVE]);
        $id = $this->make('À emporter');
        $this->clover->fault(self::TYPES, 'status', 99, with: $answer);
        self::assertNull($this->pushed(self::WANTED));
        self::assertStringContainsString('could not be read', implode($this->notices(self::WANTED)));
        $this->clover->clearFaults();
        $this->sql->execute("UPDATE #__j2commerce_clover_pace SET leases = ''");
        $this->clock->later += 70;
        self::assertSame($id, $this->pushed(self::WANTED));

        // What was known before is used on.
        $this->clock->later += 86_500;
        $this->clover->fault(self::TYPES, 'status', 99, with: $answer);
        self::assertSame($id, $this->pushed(self::WANTED));
        self::assertSame([], $this->notices(self::WANTED));
    }

    #[TestDox('An order that Clover refuses with its order type is sent once, without it, and so are those after it')]
    public function test_refused(): void
    {
        $this->clover->merchant(['permissions' => self::FIVE]);
        $this->make('À emporter');
        $this->clover->fault('POST /v3/merchants/*/orders', 'status', with: [
            'code' => 400,
            'body' => ['message' => 'Unknown order type'],
        ]);
        $mark = $this->clover->mark();
        self::assertSame([null, null], [$this->pushed(self::WANTED), $this->pushed(self::WANTED)]);
        self::assertCount(2, $this->cloverOrders());
        self::assertCount(3, $this->clover->calls($mark, '#^POST /v3/-/orders \d+$#'));
        self::assertCount(1, $this->clover->calls($mark, self::LOOKED));
        self::assertStringContainsString('Unknown order type', implode($this->notices(self::WANTED)));
        self::assertSame(0, $this->shop()->sales()->worker()->waiting()->dead);
    }

    #[TestDox('An order whose create with its order type has no answer is found, and not created again')]
    public function test_lost(): void
    {
        $this->clover->merchant(['permissions' => self::FIVE]);
        $id = $this->make('À emporter');
        $this->clover->fault('POST /v3/merchants/*/orders', 'apply_then_drop');
        $this->push(self::WANTED);
        $this->clock->later += 60;
        $this->work(self::WANTED);
        self::assertCount(1, $this->cloverOrders());
        self::assertSame($id, $this->typeOf($this->row()));
    }

    /** @return string Id of a new order type */
    private function make(string $label): string
    {
        return Json::string($this->clover->post('order_types', ['label' => $label])['id'] ?? null);
    }

    /** @param array<string, mixed> $settings */
    private function push(array $settings): void
    {
        $this->orders++;
        $this->order(
            1,
            [[$this->mug, 1, $this->orders]],
            [
                'order_id' => (string) (179540797600 + $this->orders),
                'number'   => 600 + $this->orders,
            ],
        );
        $this->work($settings);
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return ?string Order type of another order, which is in Clover now
     */
    private function pushed(array $settings): ?string
    {
        $this->push($settings);

        return $this->typeOf($this->row());
    }

    private function row(): OrderPushRow
    {
        return $this->sales()->pushes->of((string) (179540797600 + $this->orders)) ?? self::fail('It is not sent.');
    }

    private function typeOf(OrderPushRow $row): ?string
    {
        foreach ($this->clover->state()['orders'] as $order) {
            if ($order['id'] === $row->cloverOrderId) {
                $type = $order['orderType'] ?? null;

                return $type === null ? null : Json::string(Json::object($type)['id'] ?? null);
            }
        }

        self::fail('It is not in Clover.');
    }

    /**
     * @param array<string, mixed> $settings
     *
     * @return list<string>
     */
    private function notices(array $settings): array
    {
        return array_map(English::of(...), $this->shop($settings)->dashboard()->read()->orderNotices);
    }
}
