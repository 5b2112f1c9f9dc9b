<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Connection;
use CloverSync\Exception\ItemException;
use CloverSync\Exception\PermissionException;
use CloverSync\Exception\RefusedException;
use CloverSync\Exception\SettingsException;
use CloverSync\OrderOutcome;
use CloverSync\Orders;
use CloverSync\OrderStanding;
use CloverSync\OrderState;
use CloverSync\PrintOutcome;
use CloverSync\PrintState;
use CloverSync\Tests\Support\CloverTestCase;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\Simulator;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** @phpstan-import-type Order from Simulator */
final class OrdersTest extends CloverTestCase
{
    private const CREATE   = 'POST /v3/merchants/*/orders';
    private const BULK     = 'POST /v3/merchants/*/orders/*/bulk_line_items';
    private const PAYMENTS = 'POST /v3/merchants/*/orders/*/payments';
    private const MARK     = 'K3Z9Q7';
    private const PRIVATE  = ['Lovelace', 'ada@example.org', '555-0199', 'Ring twice'];
    private const FOUR     = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];

    #[TestDox('a paid order is pushed, and Clover\'s lines, discounts and total add up to what was paid')]
    public function testPush(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $made   = $orders->create($plan, self::MARK);

        self::assertSame([OrderState::Done, 0], [$made->state, $made->retryAfter]);

        $filled = $orders->fill($plan, (string) $made->orderId);

        self::assertSame([OrderState::Done, $made->orderId], [$filled->state, $filled->orderId]);
        self::assertSame([$made->orderId], $orders->find(self::MARK));
        self::assertSame([], $orders->find('K3Z9Q8'));
        $this->assertPushedOnce();

        $order = $this->clover->state()['orders'][0];
        self::assertSame(['PAID ONLINE 10234', 'open', true, self::MARK], [
            $order['title'],
            $order['state'],
            $order['taxRemoved'],
            $order['externalReferenceId'],
        ]);
        self::assertSame(
            'Web order: 10234 (77); Customer: Ada Lovelace; Phone: 555-0199; E-mail: ada@example.org; '
            . 'Remark: Ring twice',
            $order['note'],
        );
        self::assertSame('SKU N-1', $order['lineItems']['elements'][0]['note']);
    }

    #[TestDox('a frozen plan can be stored and read back unchanged')]
    public function testPlanIsStable(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);

        self::assertSame($plan, $orders->plan(self::order(), OrderStanding::Paid));
        self::assertSame(6286, Json::decode($plan)['total']);
        self::assertLessThan(2000, \strlen($plan));
    }

    #[TestDox('rows are accepted as drivers return them: null for empty columns, int for whole numbers, invalid bytes')]
    public function testRows(): void
    {
        $plan = Json::decode($this->orders()->plan([
            'number'   => 7,
            'order_id' => 7,
            'currency' => 'USD',
            'customer' => [],
            'note'     => null,
            'lines'    => [['name' => "Caf\xE9", 'sku' => null, 'quantity' => 2, 'unit_price' => 3]],
            'total'    => '6',
        ], OrderStanding::Paid));

        self::assertSame([['name' => "Caf\u{FFFD}", 'price' => 300, 'times' => 2]], $plan['pieces']);
        self::assertSame('Web order: 7', $plan['note']);
    }

    /** @return iterable<string, array{string, array<string, mixed>}> */
    public static function wrongOrders(): iterable
    {
        $line = ['name' => 'A', 'sku' => '', 'quantity' => '1', 'unit_price' => '1'];

        yield 'another currency' => ['currency', ['currency' => 'EUR']];
        yield 'a negative total' => ['total', ['total' => '-1.00']];
        yield 'a float' => ['total', ['total' => 62.86]];
        yield 'no number' => ['total', ['total' => NAN]];
        yield 'text for a price' => [
            'lines[1].unit_price',
            ['lines' => [$line, ['unit_price' => 'dear ada@example.org'] + $line]],
        ];
        yield 'no quantity' => ['lines[0].quantity', ['lines' => [['quantity' => ''] + $line]]];
        yield 'an object' => ['customer.name', ['customer' => ['name' => new \stdClass()]]];
        yield 'too deep' => ['note[0][0][0][0][0]', ['note' => [[[[[['x']]]]]]]];
        yield 'too many lines' => ['lines', ['lines' => array_fill(0, 2500, $line)]];
    }

    /** @param array<string, mixed> $with */
    #[TestDox('an order that cannot be sent is refused by the path of its field')]
    #[DataProvider('wrongOrders')]
    public function testWrongOrder(string $path, array $with): void
    {
        try {
            $orders = $this->orders($this->connection());
            (new \ReflectionMethod($orders, 'plan'))->invoke($orders, $with + self::order(), OrderStanding::Paid);
            self::fail('accepted');
        } catch (ItemException $e) {
            self::assertSame($path, $e->getPath());
            self::assertNoSecret((string) $e);
        }
    }

    #[TestDox('an invalid plan, reference or order id is refused by its name, unsent')]
    public function testWrongArguments(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $mark   = $this->clover->mark();

        foreach ([
            ['plan', static fn () => $orders->create('{}', self::MARK)],
            ['plan', static fn () => $orders->fill(str_replace('6286', '6287', $plan), 'ORDER00000001')],
            ['plan', static fn () => $orders->pay('', 'ORDER00000001', self::MARK)],
            ['reference', static fn () => $orders->create($plan, 'longer than 12')],
            ['reference', static fn () => $orders->find("K3Z9Q'")],
            ['reference', static fn () => $orders->pay($plan, 'ORDER00000001', '')],
            ['orderId', static fn () => $orders->fill($plan, '../items')],
            ['orderId', static fn () => $orders->pay($plan, '', self::MARK)],
        ] as [$path, $call]) {
            try {
                $call();
                self::fail("accepted: $path");
            } catch (ItemException $e) {
                self::assertSame($path, $e->getPath());
                self::assertNoSecret((string) $e);
            }
        }

        self::assertSame([], $this->clover->requests($mark));
    }

    #[TestDox('an unknown currency is refused by its setting')]
    public function testCurrency(): void
    {
        $this->expectException(SettingsException::class);
        new Orders($this->connection(), 'UZZ');
    }

    #[TestDox('a reference is the site\'s tag and the order\'s number, in 12 characters')]
    public function testReference(): void
    {
        $tag = Orders::siteTag(random_bytes(8));

        self::assertMatchesRegularExpression('/^[0-9A-Z]{5}$/', $tag);
        self::assertSame('00000', Orders::siteTag(str_repeat("\0", 8)));
        self::assertSame($tag . strtoupper(base_convert('123456', 10, 36)), Orders::reference($tag, 123456));
        self::assertSame(12, \strlen(Orders::reference($tag, 78_364_164_095)));

        foreach ([
            ['siteTag', 'k3z9q', 1],
            ['siteTag', '', 1],
            ['number', $tag, 0],
            ['number', $tag, -1],
            ['number', $tag, 78_364_164_096],
        ] as [$path, $wrong, $number]) {
            try {
                Orders::reference($wrong, $number);
                self::fail("accepted: $wrong $number");
            } catch (ItemException $e) {
                self::assertSame($path, $e->getPath());
            }
        }

        try {
            Orders::siteTag('1234567');
            self::fail('accepted');
        } catch (ItemException $e) {
            self::assertSame('random', $e->getPath());
        }
    }

    /** @return iterable<string, array{string, array<string, mixed>}> */
    public static function lostAnswers(): iterable
    {
        yield 'not carried out' => ['drop', []];
        yield 'carried out' => ['apply_then_drop', []];
        yield 'garbled' => ['garbage', []];
        yield 'cut' => ['truncate', ['bytes' => 2]];
        yield 'failed after all' => ['status', ['code' => 500, 'apply' => true]];
    }

    /** @param array<string, mixed> $with */
    #[TestDox('after a lost response the result is unknown; searching first leads to one order and one payment')]
    #[DataProvider('lostAnswers')]
    public function testUnknown(string $do, array $with): void
    {
        $this->grant('MERCHANT_R', 'PAYMENTS_W');
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $this->clover->fault(self::CREATE, $do, with: $with);
        $this->clover->fault(self::BULK, $do, skip: 1, with: $with);
        $this->clover->fault(self::PAYMENTS, $do, with: $with);

        $made = $orders->create($plan, self::MARK);
        self::assertSame([OrderState::Unknown, null, 0], [$made->state, $made->orderId, $made->retryAfter]);
        $id = $orders->find(self::MARK)[0] ?? (string) $orders->create($plan, self::MARK)->orderId;

        self::assertSame(OrderState::Unknown, $orders->fill($plan, $id)->state);
        self::assertSame(OrderState::Done, $orders->fill($plan, $id)->state);
        self::assertSame(OrderState::Unknown, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame(OrderState::Recorded, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame([], $this->clover->faultsLeft());
        $order = $this->assertPushedOnce();
        self::assertCount(1, $order['payments']['elements']);
        self::assertSame('PAID', $order['paymentState']);
        $this->assertNothingLogged();
    }

    #[TestDox('when Clover asks for a longer wait than allowed, the order is tried later')]
    public function testLater(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $wait   = ['code' => 429, 'retry_after' => 900];
        $this->clover->fault(self::CREATE, 'status', with: $wait);
        $later = $orders->create($plan, self::MARK);

        self::assertSame([OrderState::Later, null], [$later->state, $later->orderId]);
        self::assertGreaterThanOrEqual(900, $later->retryAfter);
        self::assertSame([], $this->clover->state()['orders']);
        self::assertDiscreet($later);
    }

    #[TestDox('a refusal has Clover\'s words, without the customer\'s data')]
    public function testRefused(): void
    {
        $this->grant('MERCHANT_R', 'PAYMENTS_W');
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $said   = [
            'code' => 400,
            'body' => ['message' => 'Bad note: Ada Lovelace, ada@example.org, 555-0199, Ring twice'],
        ];
        $this->clover->fault(self::CREATE, 'status', with: $said);
        $refused = $orders->create($plan, self::MARK);

        self::assertSame([OrderState::Refused, null, 0], [$refused->state, $refused->orderId, $refused->retryAfter]);
        self::assertStringContainsString('Bad note', English::whole($refused->problem));
        self::assertDiscreet($refused);

        $id = (string) $orders->create($plan, self::MARK)->orderId;

        foreach ([
            [self::BULK, static fn () => $orders->fill($plan, $id)],
            [self::PAYMENTS, static fn () => $orders->pay($plan, $id, self::MARK)],
        ] as [$rule, $step]) {
            $this->clover->fault($rule, 'status', with: $said);
            $refused = $step();
            self::assertSame([OrderState::Refused, $id], [$refused->state, $refused->orderId]);
            self::assertDiscreet($refused);
        }

        $this->assertNothingLogged();
    }

    #[TestDox('an order that was changed in Clover is left alone, and a deleted one is missing')]
    public function testDiffersAndMissing(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $other  = $orders->plan(['total' => '62.87'] + self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;
        $orders->fill($plan, $id);
        $mark    = $this->clover->mark();
        $differs = $orders->fill($other, $id);

        self::assertSame([OrderState::Differs, $id], [$differs->state, $differs->orderId]);
        self::assertStringContainsString('253 line items', English::whole($differs->problem));
        self::assertSame(['GET'], array_values(array_unique(array_column($this->clover->requests($mark), 'method'))));
        self::assertSame(OrderState::Missing, $orders->fill($plan, 'ABSENT0000001')->state);
        self::assertSame(OrderState::Refused, $orders->pay($plan, 'ABSENT0000001', self::MARK)->state);
    }

    #[TestDox('title and note say what became of an order, written once, while it is open in Clover')]
    public function testMark(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::ToPay);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;
        $orders->fill($plan, $id);
        $mark = fn (OrderStanding $standing, bool $isChanged = false): array => [
            $orders->mark($id, self::MARK, $standing, $isChanged, $plan)->state,
            $this->clover->state()['orders'][0]['title'] ?? '',
            substr($this->clover->state()['orders'][0]['note'] ?? '', 0, 24),
        ];

        foreach ([
            [OrderStanding::ToPay,    false, 'WEB ORDER - TO PAY 10234',                  'To pay: 62.86 USD; Web o'],
            [OrderStanding::ToPay,    true,  'CHANGED ONLINE - WEB ORDER - TO PAY 10234', 'Changed in the web shop.'],
            [OrderStanding::Paid,     false, 'PAID ONLINE 10234',                         'Web order: 10234 (77); C'],
            [OrderStanding::Refunded, true,  'REFUNDED ONLINE 10234',                     'Refunded in the web shop'],
        ] as [$standing, $isChanged, $title, $note]) {
            $since = $this->clover->mark();
            self::assertSame([OrderState::Done, $title, $note], $mark($standing, $isChanged));
            self::assertSame([OrderState::Done, $title, $note], $mark($standing, $isChanged));
            $written = $this->clover->calls($since, '#^POST #');
            self::assertCount($title === 'WEB ORDER - TO PAY 10234' ? 0 : 1, $written);
        }

        self::assertSame(
            OrderState::Missing,
            $orders->mark($id, 'OTHER1', OrderStanding::Cancelled, false, null)->state,
            'Another shop\'s order.',
        );
        $gone = static fn (OrderStanding $standing): OrderState => $orders->mark(
            'ABSENT0000001',
            self::MARK,
            $standing,
            false,
            null,
        )->state;
        self::assertSame(OrderState::Done, $gone(OrderStanding::Cancelled));
        self::assertSame(OrderState::Missing, $gone(OrderStanding::Paid));
        $this->grant('MERCHANT_R', 'PAYMENTS_W');
        self::assertSame(OrderState::Recorded, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame(OrderState::Locked, $mark(OrderStanding::Cancelled)[0]);
        self::assertSame(OrderState::Locked, $mark(OrderStanding::Paid, true)[0]);
        self::assertSame([OrderState::Done, 'REFUNDED ONLINE 10234'], \array_slice($mark(OrderStanding::Paid), 0, 2));
    }

    #[TestDox('a mark without an answer is looked up, and a refused one shows no personal data')]
    public function testUnansweredMark(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;
        $mark   = static fn (): OrderOutcome => $orders->mark($id, self::MARK, OrderStanding::Cancelled, false, null);
        $this->clover->fault('POST /v3/merchants/*/orders/*', 'status', with: [
            'code' => 400,
            'body' => ['message' => 'Bad note: Ada Lovelace, ada@example.org, 555-0199, Ring twice'],
        ]);
        $refused = $mark();
        self::assertSame(OrderState::Refused, $refused->state);
        self::assertDiscreet($refused);

        $this->clover->fault('POST /v3/merchants/*/orders/*', 'apply_then_drop');
        self::assertSame(OrderState::Unknown, $mark()->state);
        $since = $this->clover->mark();
        self::assertSame(OrderState::Done, $mark()->state);
        self::assertSame([], $this->clover->calls($since, '#^POST #'));
        self::assertSame('CANCELLED ONLINE 10234', $this->clover->state()['orders'][0]['title'] ?? '');
    }

    #[TestDox('a fingerprint is of the order, whatever its numbers look like')]
    public function testFingerprint(): void
    {
        $print = Orders::fingerprint(self::order());
        self::assertMatchesRegularExpression('/^1-[0-9a-f]{32}$/', $print);
        self::assertSame($print, Orders::fingerprint(['total' => '62.86', 'note' => null] + self::order()));
        self::assertNotSame($print, Orders::fingerprint(['total' => '62.87'] + self::order()));
        $this->expectException(ItemException::class);
        Orders::fingerprint(['total' => 62.86] + self::order());
    }

    #[TestDox(
        'recording the payment needs more permissions than the manual\'s four; a refusal causes no error or refresh',
    )]
    public function testPayment(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;
        $orders->fill($plan, $id);

        $refused = $orders->pay($plan, $id, self::MARK);
        self::assertSame([OrderState::NotGranted, $id], [$refused->state, $refused->orderId]);
        self::assertStringContainsString('Merchant Read', English::whole($refused->problem));

        $this->grant('MERCHANT_R');
        $refused = $orders->pay($plan, $id, self::MARK);
        self::assertSame(OrderState::NotGranted, $refused->state);
        self::assertStringContainsString('Payments Write', English::whole($refused->problem));
        self::assertSame(0, $this->clover->refreshes());

        $this->grant('MERCHANT_R', 'PAYMENTS_W');
        $this->clover->fault('GET /v3/merchants/*/tenders', 'status', with: [
            'code' => 200,
            'body' => ['elements' => []],
        ]);
        self::assertSame(OrderState::NoTender, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame(OrderState::Recorded, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame(OrderState::Recorded, $orders->pay($plan, $id, self::MARK)->state);
        self::assertSame(OrderState::Nothing, $orders->pay($plan, $id, 'K3Z9Q8')->state);
        self::assertCount(1, $this->assertPushedOnce()['payments']['elements']);
    }

    #[TestDox('an order that costs nothing needs no payment')]
    public function testNothing(): void
    {
        $orders = $this->orders();
        $free   = ['lines' => [], 'charges' => [], 'discounts' => [], 'total' => '0.00000'];
        $plan   = $orders->plan($free + self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;

        self::assertSame(OrderState::Done, $orders->fill($plan, $id)->state);
        self::assertSame(OrderState::Nothing, $orders->pay($plan, $id, self::MARK)->state);
    }

    #[TestDox('a missing permission is named, costs one refresh, and shows no personal data')]
    public function testPermissions(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;

        foreach ([
            [['ORDERS_R'], 'Orders Write', static fn () => $orders->create($plan, self::MARK)],
            [['ORDERS_R'], 'Orders Write', static fn () => $orders->fill($plan, $id)],
            [['ORDERS_W'], 'Orders Read', static fn () => $orders->fill($plan, $id)],
            [['ORDERS_W'], 'Orders Read', static fn () => $orders->find(self::MARK)],
            [['ORDERS_W'], 'Orders Read', static fn () => $orders->pay($plan, $id, self::MARK)],
        ] as [$granted, $permission, $call]) {
            $this->clover->merchant(['permissions' => $granted]);

            try {
                $call();
                self::fail("accepted without $permission");
            } catch (PermissionException $e) {
                self::assertSame($permission, $e->getPermission());
                self::assertStringContainsString('connect again', English::problem($e->getProblem()));
                self::assertNoSecret((string) $e . print_r($e->getTrace(), true));
            }
        }

        self::assertSame(1, $this->clover->refreshes());
        self::assertCount(1, $this->clover->state()['orders']);
        $this->assertNothingLogged();
    }

    #[TestDox('a print is accepted with its id, and its end is seen by that; without a printer it is refused')]
    public function testPrint(): void
    {
        $orders  = $this->orders();
        $id      = (string) $orders->create($orders->plan(self::order(), OrderStanding::Paid), self::MARK)->orderId;
        $refused = $orders->printOrder($id);
        self::assertSame([PrintState::Refused, null, 0], [$refused->state, $refused->eventId, $refused->retryAfter]);
        self::assertStringContainsString('printing device is missing', English::whole($refused->problem));

        $this->clover->switches(['default_printer' => true]);
        $made  = $orders->printOrder($id);
        $event = (string) $made->eventId;
        self::assertSame([PrintState::Accepted, null], [$made->state, $made->problem]);
        self::assertSame([PrintState::Accepted, $event], self::seen($orders->lookAtPrint($event)));
        foreach ([
            ['fails',  PrintState::Refused],
            ['prints', PrintState::Printed],
        ] as [$does, $state]) {
            $this->clover->switches(['printer' => $does]);
            self::assertSame([$state, null], self::seen($orders->lookAtPrint($event)));
        }
    }

    /** @return array{PrintState, ?string} */
    private static function seen(PrintOutcome $outcome): array
    {
        return [$outcome->state, $outcome->eventId];
    }

    #[TestDox('an order type is found by its name, and an order that Clover refuses with it is created without')]
    public function testOrderType(): void
    {
        $this->grant('MERCHANT_R');
        $orders = $this->orders();
        self::assertNull($orders->orderType('Web'));
        $plan = $orders->plan(self::order(), OrderStanding::Paid);
        $this->clover->fault(self::CREATE, 'status', with: ['code' => 400, 'body' => ['message' => 'No such type']]);
        $made = $orders->create($plan, self::MARK, 'ABSENT0000001');
        self::assertSame(OrderState::Done, $made->state);
        self::assertStringContainsString('No such type', English::problem($made->problem));
        self::assertCount(1, $this->clover->state()['orders']);
        self::assertSame([$made->orderId], $orders->find(self::MARK));

        $this->clover->merchant(['permissions' => self::FOUR]);

        try {
            $orders->orderType('Web');
            self::fail('accepted without Merchant Read');
        } catch (PermissionException $e) {
            self::assertSame('Merchant Read', $e->getPermission());
        }

        self::assertSame(0, $this->clover->refreshes());
    }

    #[TestDox('a token that expires in the middle is replaced, and the order continues where it was')]
    public function testTokenEnds(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $id     = (string) $orders->create($plan, self::MARK)->orderId;
        $this->clover->fault(self::BULK, 'status', skip: 1, with: ['code' => 401]);

        self::assertSame(OrderState::Done, $orders->fill($plan, $id)->state);
        self::assertSame(1, $this->clover->refreshes());
        $this->assertPushedOnce();
    }

    #[TestDox('after the app was uninstalled nothing is sent')]
    public function testUninstalled(): void
    {
        $orders = $this->orders();
        $plan   = $orders->plan(self::order(), OrderStanding::Paid);
        $this->clover->tokens('uninstall');

        try {
            $orders->create($plan, self::MARK);
            self::fail('accepted');
        } catch (RefusedException $e) {
            self::assertNoSecret((string) $e);
        }

        $this->assertNothingLogged();
    }

    private function orders(?Connection $connection = null): Orders
    {
        return new Orders($connection ?? $this->connected(), 'USD');
    }

    /**
     * @return array{number: string, order_id: string, currency: string,
     *   customer: array{name: string, email: string, phone: string}, note: string,
     *   lines: list<array{name: string, sku: string, quantity: string, unit_price: string}>,
     *   charges: list<array{name: string, amount: string}>, discounts: list<array{name: string, amount: string}>,
     *   total: string} Three bulk writes, two discounts
     */
    private static function order(): array
    {
        return [
            'number'    => '10234',
            'order_id'  => '77',
            'currency'  => 'USD',
            'customer'  => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '555-0199'],
            'note'      => 'Ring twice',
            'lines'     => [
                ['name' => 'Nail', 'sku' => 'N-1', 'quantity' => '240', 'unit_price' => '0.12000'],
                ['name' => 'Third', 'sku' => '', 'quantity' => '10.0', 'unit_price' => '3.33333'],
            ],
            'charges'   => [
                ['name' => 'Shipping', 'amount' => '5.00000'],
                ['name' => 'Tax', 'amount' => '1.23000'],
                ['name' => 'Fees', 'amount' => '0.00000'],
            ],
            'discounts' => [['name' => 'Coupon', 'amount' => '4.00000'], ['name' => 'Points', 'amount' => '1.50000']],
            'total'     => '62.86000',
        ];
    }

    private function grant(string ...$more): void
    {
        $this->clover->merchant(['permissions' => [...self::FOUR, ...$more]]);
    }

    /** @return Order */
    private function assertPushedOnce(): array
    {
        $all = $this->clover->state()['orders'];
        self::assertCount(1, $all);
        $prices    = array_column($all[0]['lineItems']['elements'], 'price');
        $discounts = array_column($all[0]['discounts']['elements'], 'amount');

        self::assertCount(253, $prices);
        self::assertSame([-400, -150], $discounts);
        self::assertSame(6286, array_sum($prices) + array_sum($discounts));
        self::assertSame(6286, $all[0]['total']);

        return $all[0];
    }

    private static function assertDiscreet(OrderOutcome $outcome): void
    {
        self::assertNoSecret(English::whole($outcome->problem));
    }

    private static function assertNoSecret(string $text): void
    {
        foreach (self::PRIVATE as $private) {
            self::assertStringNotContainsString($private, $text);
        }
    }

    private function assertNothingLogged(): void
    {
        self::assertNotEmpty($this->logged);
        $lines = implode("\n", array_column($this->logged, 1));
        self::assertNoSecret($lines);
        // Clover's request ids have the form of tokens, and may be shown.
        self::assertDoesNotMatchRegularExpression(
            '/Bearer|[0-9a-f]{8}-[0-9a-f]{4}-/i',
            (string) preg_replace('/request \S+/', '', $lines),
        );
    }
}
