<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Ledger;
use CloverSync\Orders;
use CloverSync\OrderStanding;
use CloverSync\Settings;
use CloverSync\Shop\Database\Schema;
use CloverSync\Shop\Links\Links;
use CloverSync\Shop\Sales\OrderEventLog;
use CloverSync\Shop\Sales\OrderReader;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Component\J2commerce\Administrator\Model\OrderModel;
use J2Commerce\Component\J2commerce\Administrator\Table\OrderTable;
use Joomla\CMS\User\User;
use PHPUnit\Framework\Attributes\TestDox;

/** Orders that J2Commerce's own classes move through their statuses, in J2Commerce's own tables. */
final class RealOrdersTest extends JoomlaTestCase
{
    private const ORDER = '179540797553';

    protected function setUp(): void
    {
        parent::setUp();

        foreach (Schema::statements((string) file_get_contents(JPATH_ADMINISTRATOR
        . '/components/com_j2commerce/sql/install.mysql.utf8.sql')) as $statement) {
            if (str_starts_with($statement, 'CREATE TABLE IF NOT EXISTS')) {
                $this->sql->execute($statement);
            }
        }

        JoomlaSite::app()->loadIdentity(new User());
        JoomlaSite::plugin($this->factory(), $this->dispatcher);
    }

    #[TestDox('An order in the storefront, from the start of a checkout to a cancellation')]
    public function test_table(): void
    {
        $order = $this->order();
        self::assertTrue($order->store());
        self::assertSame([], $this->outbox(), 'A checkout that has begun, under an order id that will not stay.');
        $order->order_id = self::ORDER;
        self::assertTrue($order->store());

        foreach ([4, 1, 1, 6] as $status) {
            $order->order_state_id = $status;
            self::assertTrue($order->store());
        }

        self::assertSame(['status 5 4', 'status 4 1', 'status 1 6'], $this->outbox());
    }

    #[TestDox('An order changed by the administrator')]
    public function test_model(): void
    {
        $order           = $this->order();
        $order->order_id = self::ORDER;
        $order->store();
        $model = new OrderModel(['ignore_request' => true, 'dbo' => $this->joomla]);

        foreach ([1, 1, 7, 5] as $status) {
            self::assertTrue(
                $model->updateOrderStatus((int) $order->j2commerce_order_id, $status),
                (string) $model->getError(),
            );
        }

        self::assertSame(['status 5 1', 'status 1 7', 'status 7 5'], $this->outbox());
    }

    #[TestDox('J2Commerce\'s events say what became of a cash order, and its edits change the order\'s fingerprint')]
    public function test_standing(): void
    {
        $order           = $this->order();
        $order->order_id = self::ORDER;
        $order->store();
        $seen = [];

        foreach ([1, 7, 4, 1, 6, 1] as $status) {
            $order->order_state_id = $status;
            self::assertTrue($order->store());
            $seen[] = $this->standing($status)?->value;
        }

        self::assertSame(['to_pay', 'to_pay', 'to_pay', 'paid', 'cancelled', 'to_pay'], $seen);
        $before = $this->fingerprint();
        $order->bind(['order_total' => '40.00000']);
        self::assertTrue($order->store());
        self::assertNotSame($before, $this->fingerprint());
        $order->bind(['order_total' => '50.00000']);
        self::assertTrue($order->store());
        self::assertSame($before, $this->fingerprint());
    }

    private function standing(int $status): ?OrderStanding
    {
        $events = (new OrderEventLog($this->sql, 'sandbox', new FakeClock()))->of(self::ORDER);

        return (new Ledger(Settings::fromArray([])))->standing(
            $status,
            OrderEventLog::history($events),
            (string) $this->sql->fetchValue('SELECT orderpayment_type FROM #__j2commerce_orders'),
        );
    }

    private function fingerprint(): string
    {
        $pk    = (int) $this->sql->fetchValue('SELECT j2commerce_order_id FROM #__j2commerce_orders');
        $order = (new OrderReader($this->sql, new Links($this->sql, 'sandbox', 'M')))->read(self::ORDER, $pk, 'USD');
        self::assertNotNull($order);

        return Orders::fingerprint($order);
    }

    #[TestDox('J2Commerce can change an order whatever the state of the app\'s tables')]
    public function test_missing_table(): void
    {
        $order           = $this->order();
        $order->order_id = self::ORDER;
        $order->store();
        $this->sql->execute('DROP TABLE #__j2commerce_clover_outbox');
        $order->order_state_id = 1;
        self::assertTrue($order->store());
        self::assertSame(1, (int) $this->sql->fetchValue('SELECT order_state_id FROM #__j2commerce_orders'));
        self::assertSame(
            2,
            (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_orderhistories'),
            'What J2Commerce does after the event is done as well.',
        );
        self::assertStringContainsString("outbox' doesn't exist", JoomlaSite::log());
    }

    private function order(): OrderTable
    {
        $order = new OrderTable($this->joomla);
        $order->bind([
            'order_id'            => (string) time(),
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
            'order_surcharge'     => '0',
            'orderpayment_type'   => 'payment_cash',
            'transaction_id'      => '',
            'transaction_status'  => '',
            'transaction_details' => '',
            'currency_id'         => 1,
            'currency_code'       => 'USD',
            'currency_value'      => '1',
            'ip_address'          => '',
            'is_shippable'        => 1,
            'is_including_tax'    => 0,
            'customer_note'       => '',
            'customer_language'   => 'en-GB',
            'customer_group'      => '',
            'order_state_id'      => 5,
        ]);

        return $order;
    }

    /** @return list<string> "event old new" */
    private function outbox(): array
    {
        return array_map(static function (array $row): string {
            self::assertSame(self::ORDER, $row['order_id']);

            return "{$row['event']} {$row['old_status']} {$row['new_status']}";
        }, $this->sql->fetchAll('SELECT * FROM #__j2commerce_clover_outbox ORDER BY id'));
    }
}
