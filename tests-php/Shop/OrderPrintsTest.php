<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Sales\OrderPrintState;
use CloverSync\Shop\Sales\OrderPushRow;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Tests\Support\English;
use CloverSync\Tests\Support\Json;
use CloverSync\Tests\Support\SalesTestCase;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** An order that is whole in Clover is printed at the till once, and no print holds up an order. */
final class OrderPrintsTest extends SalesTestCase
{
    private const ON      = ['print_orders' => true];
    private const PRINT   = 'POST /v3/merchants/*/print_event';
    private const LOOK    = 'GET /v3/merchants/*/print_event/*';
    private const CASH    = ['payment_method' => 'payment_cash'];
    private const OTHER   = ['order_id' => '179540797502', 'number' => 502];
    private const PAYMENT = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R', 'PAYMENTS_W'];

    protected function setUp(): void
    {
        parent::setUp();
        $this->clover->switches(['default_printer' => true]);
        $this->clock->stop();
        // Clover's waits are kept in the test's own database, not in the process.
        $this->settings['pace_share'] = 100;
    }

    #[TestDox('An order is printed once, after its payment is recorded, and the shop learns that it was printed')]
    public function test_printed(): void
    {
        $this->clover->merchant(['permissions' => self::PAYMENT]);
        $mark = $this->clover->mark();
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(self::ON), 2);
        self::assertSame([$this->cloverOrders()[0]['id']], $this->printed());
        $id = $this->cloverOrders()[0]['id'];
        self::assertSame(
            ["POST /v3/-/orders/$id/payments 200", 'POST /v3/-/print_event 200'],
            $this->clover->calls($mark, '#^POST .*(/payments|print_event) #'),
        );
        self::assertSame(OrderPrintState::Sent, $this->row()->print);
        self::assertNotNull($this->row()->printEvent);

        $this->clock->later += 5;
        self::assertWork($this->work(self::ON), 0);
        self::assertSame([], $this->clover->calls($mark, '#^GET .*print_event#'), 'It is looked at later.');
        $this->clover->switches(['printer' => 'prints']);
        $this->clock->later += 5;
        $this->work(self::ON);
        self::assertSame(OrderPrintState::Done, $this->row()->print);
        self::assertContains('success Clover has printed the order', $this->logged('order_push'));

        $mark               = $this->clover->mark();
        $this->clock->later += 100_000;
        $this->work(self::ON);
        self::assertSame([], $this->clover->calls($mark, '#print_event#'));
        self::assertCount(1, $this->printed());
    }

    #[TestDox('Without the setting nothing is printed, and what was sent then is not printed later either')]
    public function test_off(): void
    {
        $mark = $this->clover->mark();
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        self::assertSame(OrderPrintState::None, $this->row()->print);
        $this->clock->later += 5;
        $this->order(1, [[$this->mug, 2]]);
        $this->work(self::ON);
        $this->order(6, [[$this->mug, 2]]);
        $this->work(self::ON);
        self::assertSame('CANCELLED ONLINE 501', $this->cloverOrders()[0]['title']);
        self::assertSame([], $this->clover->calls($mark, '#print_event#'));
    }

    #[TestDox('An order whose money comes later is printed at once, and neither its payment nor its end is')]
    public function test_paid_later(): void
    {
        $this->order(1, [[$this->mug, 1]], self::CASH);
        $this->work(self::ON);
        self::assertSame('WEB ORDER - TO PAY 501', $this->cloverOrders()[0]['title']);
        self::assertCount(1, $this->printed());

        foreach ([4, 1, 6] as $status) {
            $this->clock->later += 5;
            $this->order($status, [[$this->mug, 1]], self::CASH);
            $this->work(self::ON);
        }

        self::assertSame('CANCELLED ONLINE 501', $this->cloverOrders()[0]['title']);
        self::assertCount(1, $this->printed());
    }

    #[TestDox('Without a default printer the order is in Clover all the same, and the owner reads once what to do')]
    public function test_no_printer(): void
    {
        $this->clover->switches(['default_printer' => false]);
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(self::ON), 2);
        $this->order(1, [[$this->mug, 1, 9]], self::OTHER);
        self::assertWork($this->work(self::ON), 2);
        self::assertSame(OrderPrintState::Refused, $this->row()->print);
        self::assertStringContainsString(
            'The default printing device is missing',
            English::of($this->row()->printMessage ?? self::fail('There is a reason.')),
        );
        self::assertSame([], $this->shop(self::ON)->pauses()->all());
        $notices = $this->notices(self::ON);
        self::assertCount(1, $notices);
        self::assertStringContainsString('The default printing device is missing', $notices[0]);
        self::assertStringContainsString('which device and printer print orders by default', $notices[0]);
        self::assertSame([], $this->notices([]), 'Only while orders are to be printed.');

        $mark               = $this->clover->mark();
        $this->clock->later += 600;
        $this->work(self::ON);
        self::assertSame([], $this->clover->calls($mark, '#print_event#'), 'A refusal is final.');
        $this->clover->switches(['default_printer' => true]);
        $this->order(1, [[$this->mug, 1, 10]], ['order_id' => '179540797503', 'number' => 503]);
        $this->work(self::ON);
        self::assertCount(1, $this->printed());
        self::assertSame([], $this->notices(self::ON));
    }

    /** @return iterable<string, array{string, array<string, mixed>, int}> */
    public static function lost(): iterable
    {
        yield 'the request is lost' => ['drop', [], 0];
        yield 'the answer is lost' => ['apply_then_drop', [], 1];
        yield 'the answer is broken' => ['garbage', [], 1];
        yield 'the answer has no id' => ['status', ['code' => 200, 'body' => [], 'apply' => true], 1];
        yield 'Clover fails' => ['status', ['code' => 503], 0];
    }

    /** @param array<string, mixed> $with */
    #[DataProvider('lost')]
    #[TestDox('A print without an answer is not repeated, and is said to be unknown: $_dataName')]
    public function test_lost(string $fault, array $with, int $prints): void
    {
        $mark = $this->clover->mark();
        $this->clover->fault(self::PRINT, $fault, with: $with);
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(self::ON), 2);
        self::assertSame(OrderPrintState::Unknown, $this->row()->print);
        self::assertStringContainsString('may or may not be printed', $this->logged('order_push')[1] ?? '');

        foreach ([10, 100, 4_000] as $seconds) {
            $this->clock->later += $seconds;
            $this->work(self::ON);
        }

        self::assertCount($prints, $this->printed());
        self::assertCount(1, $this->clover->calls($mark, '#^POST .*print_event#'));
        self::assertSame([], $this->notices(self::ON));
    }

    #[TestDox('A print that Clover certainly did not take is tried again, a bounded number of times')]
    public function test_later(): void
    {
        $wait = ['code' => 429, 'retry_after' => 120];
        $this->clover->fault(self::PRINT, 'status', 2, with: $wait);
        $this->order(1, [[$this->mug, 1]]);
        self::assertWork($this->work(self::ON), 2, later: 1);
        self::assertSame(OrderPrintState::Wanted, $this->row()->print);
        self::assertWork($this->again(), 0, later: 1);
        self::assertWork($this->again(), 0);
        self::assertCount(1, $this->printed());

        $this->clover->fault(self::PRINT, 'status', 99, with: $wait);
        $this->order(1, [[$this->mug, 1, 9]], self::OTHER);
        $this->work(self::ON);

        for ($tries = 1; $this->row(self::OTHER['order_id'])->print === OrderPrintState::Wanted; $tries++) {
            self::assertLessThan(20, $tries);
            $this->again();
        }

        self::assertSame(6, $tries);
        self::assertSame(OrderPrintState::Refused, $this->row(self::OTHER['order_id'])->print);
        self::assertSame([], $this->notices(self::ON), 'No printer has refused it.');
    }

    #[TestDox('An order that is cancelled, or in Clover for more than an hour, before it is printed is not printed')]
    public function test_too_late(): void
    {
        $this->clover->fault(self::PRINT, 'status', 2, with: ['code' => 429, 'retry_after' => 120]);
        $this->order(1, [[$this->mug, 1]]);
        $this->work(self::ON);
        $this->order(6, [[$this->mug, 1]]);
        $this->again();
        self::assertSame(OrderPrintState::None, $this->row()->print);

        $this->order(1, [[$this->mug, 1, 9]], self::OTHER);
        $this->work(self::ON);
        self::assertSame(OrderPrintState::Wanted, $this->row(self::OTHER['order_id'])->print);
        $this->clock->later += 4_000;
        $this->forgetLimits();
        self::assertWork($this->work(self::ON), 0);
        self::assertSame(OrderPrintState::Refused, $this->row(self::OTHER['order_id'])->print);
        self::assertStringContainsString('more than an hour', implode("\n", $this->logged('order_push')));
        self::assertSame([], $this->printed());
    }

    #[TestDox('An order that waits for its print is not printed once the setting is off')]
    public function test_switched_off(): void
    {
        $this->clover->fault(self::PRINT, 'status', with: ['code' => 429, 'retry_after' => 120]);
        $this->order(1, [[$this->mug, 1]]);
        $this->work(self::ON);
        $this->again([]);
        self::assertSame(OrderPrintState::None, $this->row()->print);
        $this->again();
        self::assertSame([], $this->printed());
    }

    #[TestDox('A printer that fails is reported, and one that never prints is looked at a bounded number of times')]
    public function test_printer(): void
    {
        $mark = $this->clover->mark();
        $this->order(1, [[$this->mug, 1]]);
        $this->work(self::ON);

        for ($looks = 0; $this->row()->print === OrderPrintState::Sent; $looks++) {
            self::assertLessThan(20, $looks);
            $this->clock->later += 700;
            $this->work(self::ON);
        }

        self::assertSame([4, OrderPrintState::Unknown], [$looks, $this->row()->print]);
        self::assertCount(4, $this->clover->calls($mark, '#^GET .*print_event/#'));

        $this->clover->switches(['printer' => 'fails']);
        $this->order(1, [[$this->mug, 1, 9]], self::OTHER);
        $this->work(self::ON);
        $this->clock->later += 10;
        $this->work(self::ON);
        self::assertSame(OrderPrintState::Refused, $this->row(self::OTHER['order_id'])->print);
        self::assertStringContainsString('its printer did not print', implode("\n", $this->notices(self::ON)));
        self::assertCount(2, $this->printed());
    }

    #[TestDox('A look that fails is repeated, and changes nothing of the print')]
    public function test_look(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work(self::ON);
        $this->clover->fault(self::LOOK, 'status', 2, with: ['code' => 429, 'retry_after' => 120]);
        $this->clock->later += 10;
        $this->work(self::ON);
        self::assertSame(OrderPrintState::Sent, $this->row()->print);
        $this->clover->clearFaults();
        $this->clover->switches(['printer' => 'prints']);
        $this->again();
        self::assertSame(OrderPrintState::Done, $this->row()->print);
    }

    /** @param array<string, mixed> $settings */
    private function again(array $settings = self::ON): WorkReport
    {
        $this->clock->later += 130;
        $this->forgetLimits();

        return $this->work($settings);
    }

    /** Clover's wait is over on the shop's clock, and not on the limiter's. */
    private function forgetLimits(): void
    {
        $this->sql->execute("UPDATE #__j2commerce_clover_pace SET leases = ''");
    }

    /** @return list<string> Orders that Clover has printed, by their ids in Clover */
    private function printed(): array
    {
        return array_map(static fn (mixed $event): string => Json::string(
            Json::object(Json::object($event)['orderRef'] ?? null)['id'] ?? null,
        ), Json::list($this->clover->state()['print_events'] ?? null));
    }

    private function row(string $order = self::ORDER): OrderPushRow
    {
        return $this->sales()->pushes->of($order) ?? self::fail('The order is not to be pushed.');
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
