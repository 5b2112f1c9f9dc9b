<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Joomla\DebugLog;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Component\J2commerce\Administrator\Event\PluginEvent;
use Joomla\CMS\Log\Log;
use Joomla\Event\Event;
use Joomla\Event\EventInterface;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\TestDox;

/** What J2Commerce's events write to the outbox, from their dispatch on. */
final class OrderHooksTest extends JoomlaTestCase
{
    private const ORDER = '179540797553';

    protected function setUp(): void
    {
        parent::setUp();
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    /** @return iterable<string, array{array<int|string, mixed>, list<string>}> */
    public static function statusEvents(): iterable
    {
        yield 'three arguments, of a table' => [[self::ORDER, 5, 1], ['status 5 1']];
        yield 'five arguments, of a model' => [[53, self::ORDER, 1, 6, true], ['status 1 6']];
        yield 'five arguments as text' => [['53', self::ORDER, '1', '6', '0'], ['status 1 6']];
        yield 'three, and another listener\'s result among them' => [
            [self::ORDER, 'result' => ['x', 'y', 'z'], 5, 1],
            ['status 5 1'],
        ];
        yield 'five, and another listener\'s result before them' => [
            ['result' => true, 53, self::ORDER, 4, 1, false],
            ['status 4 1'],
        ];
        yield 'three, and two named ones' => [[self::ORDER, 5, 1, 'result' => [], 'html' => ''], ['status 5 1']];
        yield 'an order that is just being made' => [['1795407975', null, 5], []];
        yield 'a new order that is paid at once' => [[self::ORDER, null, 1], ['status 0 1']];
        yield 'back to new' => [[53, self::ORDER, 1, 5, false], ['status 1 5']];
        yield 'nothing' => [[], []];
        yield 'an order without a status' => [[self::ORDER], []];
    }

    /**
     * @param array<int|string, mixed> $arguments
     * @param list<string>             $expected
     */
    #[DataProvider('statusEvents')]
    #[TestDox('A status: $_dataName')]
    public function test_status(array $arguments, array $expected): void
    {
        // The arguments are those of OrderTable::store() and OrderModel::updateOrderStatus().
        JoomlaSite::app()->triggerEvent('onJ2CommerceOrderStatusChange', $arguments);
        self::assertSame([$expected, ''], [$this->outbox(), JoomlaSite::log()]);
    }

    public function test_each_event_is_a_row_of_its_own_in_the_order_they_came(): void
    {
        foreach ([
            [self::ORDER, null, 5],
            [self::ORDER, 5, 4],
            [53, self::ORDER, 4, 1, true],
            [53, self::ORDER, 1, 6, false],
        ] as $arguments) {
            JoomlaSite::app()->triggerEvent('onJ2CommerceOrderStatusChange', $arguments);
        }

        self::assertSame(['status 5 4', 'status 4 1', 'status 1 6'], $this->outbox());
        self::assertSame(
            ['sandbox'],
            array_unique($this->sql->fetchColumn('SELECT environment FROM #__j2commerce_clover_outbox')),
        );
    }

    #[TestDox('The row belongs to the environment in the settings')]
    public function test_environment(): void
    {
        JoomlaSite::plugin($this->factory([
            'environment' => 'eu',
        ]), $dispatcher = JoomlaSite::useDatabase($this->joomla));
        $dispatcher->dispatch(
            'onJ2CommerceOrderStatusChange',
            new Event('onJ2CommerceOrderStatusChange', [self::ORDER, 5, 1]),
        );
        self::assertSame(['eu'], $this->sql->fetchColumn('SELECT environment FROM #__j2commerce_clover_outbox'));
    }

    /**
     * @return iterable<string, array{mixed, float, array<string, ?string>, list<string>}> The gateway's result, the
     *   amount, the order, the recorded events
     */
    public static function refunds(): iterable
    {
        $done = ['success' => true, 'refund_id' => 'R1'];
        yield 'the whole amount' => [$done, 50.0, [], ['refund']];
        yield 'the whole amount of an order that was never asked for refunds' => [
            $done,
            50.0,
            ['order_refund' => null],
            ['refund'],
        ];
        yield 'a part' => [$done, 20.0, [], ['part']];
        yield 'a part after another one' => [$done, 30.0, ['order_refund' => '20.00000'], ['part']];
        yield 'an amount with a binary fraction' => [$done, 0.1 + 0.2, ['order_total' => '0.30000'], ['refund']];
        yield 'all of it, reckoned back from another currency' => [
            $done,
            45.45 / 0.909,
            ['currency_value' => '0.90900'],
            ['refund'],
        ];
        yield 'all of it, reckoned back from a currency of large units' => [
            $done,
            14.93 / 0.0067,
            ['order_total' => '2229.00000', 'currency_value' => '0.00670'],
            ['refund'],
        ];
        yield 'a void, whatever the amount' => [$done + ['action' => 'void'], 1.0, [], ['refund']];
        yield 'refused' => [['success' => false, 'error' => 'no'], 50.0, [], []];
        yield 'a void that failed' => [['success' => false, 'action' => 'void'], 50.0, [], []];
        yield 'success as a number' => [['success' => 1], 50.0, [], ['refund']];
        yield 'an answer without success' => [['refund_id' => 'R1'], 50.0, [], []];
        yield 'no gateway answered' => [null, 50.0, [], []];
        yield 'an answer of another kind' => [true, 50.0, [], []];
        yield 'an order that is not there' => [$done, 50.0, ['order_id' => '1'], ['part']];
    }

    /**
     * @param array<string, ?string> $order
     * @param list<string>           $expected
     */
    #[DataProvider('refunds')]
    #[TestDox('A refund: $_dataName')]
    public function test_refund(mixed $answer, float $amount, array $order, array $expected): void
    {
        $this->insertOrder($order);
        // The gateway sets its result while the event is dispatched, so the app must run after it.
        $this->dispatcher->addListener('onJ2CommerceRefundPayment', static function (EventInterface $event) use (
            $answer,
        ): void {
            if ($answer !== null && $event instanceof PluginEvent) {
                $event->setArgument('result', $answer);
            }
        });
        $event = new PluginEvent('onJ2CommerceRefundPayment', ['payment_paypal', (int) self::ORDER, $amount]);
        $this->dispatcher->dispatch('onJ2CommerceRefundPayment', $event);
        self::assertSame([$expected, ''], [$this->outbox(), JoomlaSite::log()]);
        self::assertSame($answer, $event->getArgument('result'), 'It is read and left as it is.');
    }

    /** @return iterable<string, array{float, string, list<string>}> The amount, the sum with it, the recorded events */
    public static function bookedRefunds(): iterable
    {
        yield 'a part of more than half' => [30.0, '30.00000', ['part']];
        yield 'the whole amount' => [50.0, '50.00000', ['refund']];
        yield 'the rest after a part' => [20.0, '50.00000', ['refund']];
    }

    /** @param list<string> $expected */
    #[DataProvider('bookedRefunds')]
    #[TestDox('A refund that the gateway itself adds to the order\'s sum: $_dataName')]
    public function test_booked_refund(float $amount, string $sum, array $expected): void
    {
        $this->insertOrder([]);
        $this->dispatcher->addListener('onJ2CommerceRefundPayment', function (EventInterface $event) use ($sum): void {
            $this->sql->execute('UPDATE #__j2commerce_orders SET order_refund = ?', [$sum]);

            if ($event instanceof PluginEvent) {
                $event->setArgument('result', ['success' => true, 'refund_id' => 'R1']);
            }
        });
        $this->dispatcher->dispatch(
            'onJ2CommerceRefundPayment',
            new PluginEvent('onJ2CommerceRefundPayment', [
                'payment_paypal',
                (int) self::ORDER,
                $amount,
            ]),
        );
        self::assertSame([$expected, ''], [$this->outbox(), JoomlaSite::log()]);
    }

    public function test_an_edited_order_is_looked_at_again(): void
    {
        JoomlaSite::app()->triggerEvent('onJ2CommerceAfterAdminOrderEdit', [self::ORDER, 53, 42]);
        JoomlaSite::app()->triggerEvent('onJ2CommerceAfterAdminOrderEdit', ['result' => 1, self::ORDER, 53, 42]);
        JoomlaSite::app()->triggerEvent('onJ2CommerceAfterAdminOrderEdit', []);
        self::assertSame(['edit', 'edit'], $this->outbox());
    }

    #[TestDox('Without its tables the app throws nothing in a checkout, a refund or an edit, and later listeners run')]
    public function test_missing_tables(): void
    {
        $after = 0;

        foreach ([
            'onJ2CommerceOrderStatusChange'   => [self::ORDER, 5, 1],
            'onJ2CommerceRefundPayment'       => ['payment_paypal', (int) self::ORDER, 50.0],
            'onJ2CommerceAfterAdminOrderEdit' => [self::ORDER, 53, 42],
        ] as $name => $arguments) {
            $this->dispatcher->addListener(
                $name,
                static function () use (&$after): void {
                    $after++;
                },
                \PHP_INT_MIN,
            );
        }

        $this->sql->execute('DROP TABLE #__j2commerce_clover_outbox');
        JoomlaSite::app()->triggerEvent('onJ2CommerceOrderStatusChange', [self::ORDER, 5, 1]);
        $this->dispatcher->dispatch('onJ2CommerceRefundPayment', new PluginEvent('onJ2CommerceRefundPayment', [
            'payment_paypal',
            (int) self::ORDER,
            50.0,
            'result' => ['success' => true],
        ]));
        JoomlaSite::app()->triggerEvent('onJ2CommerceAfterAdminOrderEdit', [self::ORDER, 53, 42]);
        self::assertSame(3, $after);
        self::assertSame(3, substr_count(JoomlaSite::log(), "outbox' doesn't exist"), JoomlaSite::log());

        $this->sql->execute('DROP TABLE #__j2commerce_orders');
        $this->dispatcher->dispatch('onJ2CommerceRefundPayment', new PluginEvent('onJ2CommerceRefundPayment', [
            'payment_paypal',
            (int) self::ORDER,
            50.0,
            'result' => ['success' => true],
        ]));
        self::assertStringContainsString("orders' doesn't exist", JoomlaSite::log());
    }

    #[TestDox('The same when its log cannot be written either')]
    public function test_missing_log(): void
    {
        // A file in place of the folder: not even root can write there.
        JoomlaSite::beginLog('configuration.php');
        $this->sql->execute('DROP TABLE #__j2commerce_clover_outbox');
        JoomlaSite::app()->triggerEvent('onJ2CommerceOrderStatusChange', [self::ORDER, 5, 1]);
        DebugLog::failed(new \RuntimeException('not logged'));
        DebugLog::create(true)('error', 'not logged');
        self::assertSame('', JoomlaSite::log());
        $this->expectExceptionMessageMatches('/create|write/i');
        Log::add('Joomla itself throws.', Log::ERROR, 'plg_j2commerce_app_cloverpos');
    }

    /** @return list<string> "event old new" */
    private function outbox(): array
    {
        $rows = $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_outbox ORDER BY id');

        foreach ($rows as $row) {
            self::assertSame([self::ORDER, 'pending'], [$row['order_id'], $row['state']]);
        }

        return array_map(static fn (array $row): string => trim(
            "{$row['event']} {$row['old_status']} {$row['new_status']}",
        ), $rows);
    }

    /** @param array<string, ?string> $more */
    private function insertOrder(array $more): void
    {
        $order = $more
        + [
            'order_id'            => self::ORDER,
            'cart_id'             => 1,
            'invoice_prefix'      => '',
            'invoice_number'      => 1,
            'token'               => '',
            'user_id'             => 0,
            'user_email'          => 'ada@example.org',
            'order_total'         => '50.00000',
            'order_subtotal'      => '50.00000',
            'order_tax'           => '0',
            'order_shipping'      => '0',
            'order_shipping_tax'  => '0',
            'order_discount'      => '0',
            'order_credit'        => '0',
            'order_refund'        => '0.00000',
            'order_surcharge'     => '0',
            'orderpayment_type'   => 'payment_paypal',
            'transaction_id'      => '',
            'transaction_status'  => '',
            'transaction_details' => '',
            'currency_id'         => 1,
            'currency_code'       => 'USD',
            'currency_value'      => '1.00000',
            'ip_address'          => '',
            'is_shippable'        => 1,
            'is_including_tax'    => 0,
            'customer_note'       => '',
            'customer_language'   => 'en-GB',
            'customer_group'      => '',
            'order_state_id'      => 1,
        ];
        $this->sql->execute(
            'INSERT INTO #__j2commerce_orders ('
            . implode(', ', array_keys($order))
            . ') VALUES ('
            . implode(', ', array_fill(0, \count($order), '?'))
            . ')',
            array_values($order),
        );
    }
}
