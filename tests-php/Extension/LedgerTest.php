<?php

declare(strict_types=1);

namespace CloverSync\Tests\Extension;

use CloverSync\Exception\ItemException;
use CloverSync\Ledger;
use CloverSync\LedgerCause;
use CloverSync\LedgerReason;
use CloverSync\NextStep;
use CloverSync\OrderEventKind;
use CloverSync\OrderStanding;
use CloverSync\Resolution;
use CloverSync\SaleState;
use CloverSync\SendState;
use CloverSync\Settings;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;
use PHPUnit\Framework\TestCase;

/** The rules of the ledger themselves are tested in clover-core; here is what crosses between PHP and Rust. */
final class LedgerTest extends TestCase
{
    private const ROW = [
        'seq'       => 1,
        'cause'     => LedgerCause::Order,
        'reverses'  => null,
        'clover_id' => 'ABCDEFGH12345',
        'delta'     => 2,
        'state'     => SendState::Uncertain,
    ];

    #[TestDox('a status and events decide, and each answer is an enum')]
    public function testSaleState(): void
    {
        $rules = self::rules();
        $paid  = ['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 1];

        self::assertSame(SaleState::Paid, $rules->saleState(1, []));
        self::assertSame(SaleState::Released, $rules->saleState(null, [$paid]));
        self::assertSame(SaleState::Unchanged, $rules->saleState(4, []));
        self::assertSame(SaleState::Released, $rules->saleState(1, [
            $paid,
            ['kind' => OrderEventKind::Refunded, 'old' => null, 'new' => null],
        ]));
        self::assertSame([true, false], [$rules->wasPaid([$paid]), $rules->wasPaid([])]);
    }

    #[TestDox('what became of an order depends on its payment method, and may be undecided')]
    public function testStanding(): void
    {
        $rules = self::rules();
        $paid  = [['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 1]];

        self::assertSame(OrderStanding::Paid, $rules->standing(1, $paid, 'payment_paypal'));
        self::assertSame(OrderStanding::ToPay, $rules->standing(1, $paid, 'payment_cash'));
        self::assertSame(OrderStanding::Cancelled, $rules->standing(null, $paid, 'payment_cash'));
        self::assertNull($rules->standing(4, [], ''));
        $other = self::rules(['pay_later_methods' => ['payment_cod'], 'refunded_statuses' => [9]]);
        self::assertSame(OrderStanding::Paid, $other->standing(1, $paid, 'payment_cash'));
        self::assertSame(OrderStanding::ToPay, $other->standing(1, $paid, 'Payment_COD'));
        self::assertSame(OrderStanding::Refunded, $other->standing(9, $paid, 'payment_cod'));
    }

    #[TestDox('the statuses that release units are those of J2Commerce and the refunded ones of the settings')]
    public function testReleasingStatuses(): void
    {
        $rules = self::rules(['refunded_statuses' => [9]]);

        self::assertSame([3, 5, 6, 9], $rules->releasingStatuses());

        foreach ($rules->releasingStatuses() as $status) {
            self::assertSame(SaleState::Released, $rules->saleState($status, []));
        }
    }

    /** @return iterable<string, array{array<array-key, mixed>, string, string}> Event, path, part of the message */
    public static function wrongEvents(): iterable
    {
        yield 'no kind' => [['old' => 5, 'new' => 1], 'events[1].kind', 'missing'];
        yield 'an unknown kind' => [['kind' => 'paid'], 'events[1].kind', '“paid” is not a case of'];
        yield 'a case of another enum' => [['kind' => SaleState::Paid], 'events[1].kind', 'OrderEventKind'];
        yield 'a status that is not a number' => [
            ['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 'x'],
            'events[1].new',
            'whole number',
        ];
        yield 'no old status' => [['kind' => OrderEventKind::Status, 'new' => 1], 'events[1].old', 'whole number'];
    }

    /** @param array<array-key, mixed> $event */
    #[DataProvider('wrongEvents')]
    #[TestDox('an event that cannot be read is refused and never skipped: $_dataName')]
    public function testWrongEvents(array $event, string $path, string $message): void
    {
        $good = ['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 1];

        foreach (['wasPaid' => [[$good, $event]], 'saleState' => [1, [$good, $event]]] as $method => $arguments) {
            try {
                (new \ReflectionMethod(Ledger::class, $method))->invoke(self::rules(), ...$arguments);
                self::fail('It was taken.');
            } catch (ItemException $e) {
                self::assertSame($path, $e->getPath());
                self::assertStringContainsString($message, $e->getMessage());
            }
        }
    }

    #[TestDox('events whose keys are not those of a list keep their order')]
    public function testOrderOfEvents(): void
    {
        $good = ['kind' => OrderEventKind::Status, 'old' => 5, 'new' => 1];

        try {
            $events = [2 => $good, 10 => ['kind' => null] + $good];
            (new \ReflectionMethod(Ledger::class, 'wasPaid'))->invoke(self::rules(), $events);
            self::fail('It was taken.');
        } catch (ItemException $e) {
            self::assertSame('events[1].kind', $e->getPath());
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public static function wrongRows(): iterable
    {
        yield 'null in place of a row' => [['rows' => [self::ROW, null]], 'rows[1]'];
        yield 'text in place of a row' => [['rows' => ['1']], 'rows[0]'];
        yield 'null in place of the rows' => [['rows' => null], 'rows'];
        yield 'no rows' => [[], 'rows'];
    }

    /** @param array<string, mixed> $fields */
    #[DataProvider('wrongRows')]
    #[TestDox('What is not a row of the ledger does not count as none: $_dataName')]
    public function testWrongRows(array $fields, string $path): void
    {
        try {
            self::rules()->plan(['clover_id' => 'ABCDEFGH12345', 'quantity' => 2] + $fields, SaleState::Paid);
            self::fail('It was taken.');
        } catch (ItemException $e) {
            self::assertSame($path, $e->getPath());
        }
    }

    #[TestDox('for sale is a count less committed units and reserve; a product\'s own comes before the setting')]
    public function testSellable(): void
    {
        $rules = self::rules(['stock_reserve' => 3]);

        self::assertSame([3, 0, 5], [$rules->reserve(null), $rules->reserve(0), $rules->reserve(5)]);
        self::assertSame([7, 5, 12], [
            $rules->sellable('10.5', 0, null),
            $rules->sellable('10', 2, null),
            $rules->sellable('10', -2, 0),
        ]);
        self::assertSame([0, 0], [$rules->sellable('2', 0, null), $rules->sellable('-4', 0, 0)]);
        self::assertSame([10, 0], [self::rules()->sellable('10', 0, null), self::rules()->reserve(null)]);

        try {
            $rules->sellable('ten', 0, null);
            self::fail('It was taken.');
        } catch (ItemException $e) {
            self::assertSame('count', $e->getPath());
        }
    }

    #[TestDox('a plan names causes, states and reasons by their enums')]
    public function testPlan(): void
    {
        $plan = self::rules(['push_stock' => false])->plan([
            'clover_id' => 'ABCDEFGH12345',
            'quantity'  => 2,
            'rows'      => [],
        ], SaleState::Paid);

        self::assertSame([LedgerCause::Order, SendState::Skipped, LedgerReason::PushOff], [
            $plan['entries'][0]['cause'],
            $plan['entries'][0]['state'],
            $plan['entries'][0]['reason'],
        ]);

        $line = ['clover_id' => 'ABCDEFGH12345', 'quantity' => 2, 'rows' => [self::ROW]];
        $plan = self::rules()->resolve($line, 1, Resolution::Applied);
        self::assertSame([['seq' => 1, 'state' => SendState::Confirmed, 'reason' => null]], $plan['changes']);
        self::assertSame(
            ['step' => NextStep::Send, 'changes' => []],
            self::rules()->nextStep(['rows' => [['state' => SendState::Intended] + self::ROW]] + $line, 1),
        );
    }

    #[TestDox('a text in place of a case is refused, and the message names it')]
    public function testTextInPlaceOfACase(): void
    {
        try {
            self::rules()
                ->nextStep([
                    'clover_id' => '',
                    'quantity'  => 1,
                    'rows'      => [['state' => 'lost'] + self::ROW],
                ], 1);
            self::fail('It was taken.');
        } catch (ItemException $e) {
            self::assertSame('rows.state', $e->getPath());
            self::assertSame('“lost” is not a case of CloverSync\SendState', $e->getProblem()?->details);
        }
    }

    /** @param array<string, mixed> $settings */
    private static function rules(array $settings = []): Ledger
    {
        return new Ledger(Settings::fromArray($settings));
    }
}
