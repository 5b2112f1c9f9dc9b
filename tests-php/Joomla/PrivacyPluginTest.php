<?php

declare(strict_types=1);

namespace CloverSync\Tests\Joomla;

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Sales\OrderEventLog;
use CloverSync\Shop\Sales\OrderPushes;
use CloverSync\Shop\Sales\StockLedger;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\JoomlaSite;
use CloverSync\Tests\Support\JoomlaTestCase;
use J2Commerce\Plugin\Privacy\Cloversync\Extension\Cloversync;
use Joomla\CMS\Event\Privacy\CanRemoveDataEvent;
use Joomla\CMS\Event\Privacy\CollectCapabilitiesEvent;
use Joomla\CMS\Event\Privacy\ExportRequestEvent;
use Joomla\CMS\Event\Privacy\RemoveDataEvent;
use Joomla\CMS\User\User;
use Joomla\Component\Privacy\Administrator\Export\Domain;
use Joomla\Component\Privacy\Administrator\Removal\Status;
use Joomla\Component\Privacy\Administrator\Table\RequestTable;
use PHPUnit\Framework\Attributes\TestDox;

/** Requests of Joomla's Privacy component. */
final class PrivacyPluginTest extends JoomlaTestCase
{
    private const PLAN =
        '{"title":"PAID ONLINE 501","note":"Customer: Ada; E-mail: ada@example.org","currency":"USD",'
            . '"total":100,"pieces":[{"name":"Mug","price":100,"times":1}],"discounts":[]}';

    protected function setUp(): void
    {
        parent::setUp();
        $this->sql->execute(
            'CREATE TABLE #__privacy_requests (
            id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100) NOT NULL DEFAULT \'\')',
        );
        // The factory makes the app's tables.
        $this->factory()->sql();
        $this->order('501', 'ada@example.org', 'confirmed', 'CLOVERORDER01');
        $this->order('502', 'grace@example.org', 'confirmed', 'CLOVERORDER02');
        $plugin = new Cloversync(['type' => 'privacy', 'name' => 'cloversync', 'params' => '{}']);
        $plugin->setApplication(JoomlaSite::app());
        $plugin->setDatabase($this->joomla);
        $this->dispatcher->addSubscriber($plugin);
        JoomlaSite::app()->getLanguage()->load(
            'plg_privacy_cloversync',
            \dirname(__DIR__, 2) . '/php-plugin/plg_privacy_cloversync',
            'en-GB',
        );
    }

    #[TestDox('An export has the customer’s orders, units, events and messages, and no one else’s')]
    public function test_export(): void
    {
        $export = $this->export('ada@example.org');
        self::assertSame(
            ['clover_orders', 'clover_units', 'clover_order_events', 'clover_messages'],
            array_keys($export),
        );
        self::assertSame(
            ['501'],
            array_unique(array_merge(...array_map(static fn (array $rows): array => array_column(
                $rows,
                'order',
            ), array_values($export)))),
        );
        self::assertSame('CLOVERORDER01', $export['clover_orders'][0]['clover_order']);
        self::assertSame('Customer: Ada; E-mail: ada@example.org', $export['clover_orders'][0]['note']);
        self::assertSame(['Mug', 2], [$export['clover_units'][0]['product'], $export['clover_units'][0]['units']]);
        self::assertSame('Order 501 is in Clover', $export['clover_messages'][0]['message']);
        self::assertSame([], $this->export('stranger@example.org'));
    }

    #[TestDox('Orders of a user are found by his account too')]
    public function test_user(): void
    {
        $this->sql->execute("UPDATE #__j2commerce_orders SET user_id = 42 WHERE order_id = '502'");
        $user     = new User();
        $user->id = 42;
        self::assertSame(
            ['501', '502'],
            array_column($this->export('ada@example.org', $user)['clover_orders'], 'order'),
        );
    }

    #[TestDox('A removal empties the note, and names the orders in Clover with what to do there')]
    public function test_removal(): void
    {
        self::assertTrue($this->mayRemove('ada@example.org')->canRemove);
        $this->dispatcher->dispatch('onPrivacyRemoveData', new RemoveDataEvent('onPrivacyRemoveData', [
            'subject' => $this->request('ada@example.org'),
            'user'    => null,
        ]));
        [$message] = JoomlaSite::messages();
        self::assertStringStartsWith(
            'warning Orders of this customer in Clover: CLOVERORDER01. Clover keeps ',
            $message,
        );
        self::assertSame(
            [str_replace('Customer: Ada; E-mail: ada@example.org', '', self::PLAN), self::PLAN],
            $this->sql->fetchColumn('SELECT plan FROM #__j2commerce_clover_orders ORDER BY id'),
            'Only this customer’s.',
        );
        self::assertSame('2', (string) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_clover_ledger'));
    }

    #[TestDox('While an order is on its way, the removal is refused with its number')]
    public function test_refusal(): void
    {
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET state = 'sent' WHERE order_id = '501'");
        $status = $this->mayRemove('ada@example.org');
        self::assertFalse($status->canRemove);
        self::assertStringContainsString('on their way to Clover: 501.', (string) $status->reason);
        self::assertTrue($this->mayRemove('grace@example.org')->canRemove);
    }

    #[TestDox('The capabilities say what the shop keeps and what Clover keeps')]
    public function test_capabilities(): void
    {
        $event = new CollectCapabilitiesEvent('onPrivacyCollectAdminCapabilities');
        $this->dispatcher->dispatch('onPrivacyCollectAdminCapabilities', $event);
        /** @var list<array<string, list<string>>> $result */
        $result = $event->getArgument('result', []);
        [$shop, $clover] = $result[0]['J2Commerce - Clover Privacy'];
        self::assertStringContainsString('until its payment is recorded', $shop);
        self::assertStringContainsString('clear its note', $clover);
    }

    private function order(string $id, string $email, string $state, string $clover): void
    {
        // IGNORE: J2Commerce's other columns have no default.
        $insert = 'INSERT IGNORE INTO #__j2commerce_orders (order_id, user_id, user_email) VALUES (?, 0, ?)';
        $this->sql->execute($insert, [$id, $email]);
        $bulk = new Bulk($this->sql);
        $key  = ['environment' => 'sandbox', 'merchant_id' => 'M', 'order_id' => $id, 'created' => 1];
        $row  = ['reference' => "AB$id", 'clover_order_id' => $clover, 'state' => $state, 'plan' => self::PLAN] + $key;
        $bulk->insert(OrderPushes::TABLE, array_keys($row), [array_values($row)]);
        $row = ['line_id' => 1, 'seq' => 1, 'cause' => 'order', 'name' => 'Mug', 'delta' => 2, 'state' => 'confirmed'];
        $row += $key;
        $bulk->insert(StockLedger::TABLE, array_keys($row), [array_values($row)]);
        unset($key['merchant_id']);
        $row = ['event' => 'status', 'old_status' => 5, 'new_status' => 1] + $key;
        $bulk->insert(OrderEventLog::TABLE, array_keys($row), [array_values($row)]);
        (new SyncLog($this->sql, 'sandbox', new FakeClock()))->add(
            'order_push',
            'order',
            $id,
            'success',
            Message::said("Order $id is in Clover"),
        );
    }

    /** @return array<string, list<array<string, mixed>>> Rows by the name of their domain */
    private function export(string $email, ?User $user = null): array
    {
        $event = new ExportRequestEvent('onPrivacyExportRequest', [
            'subject' => $this->request($email),
            'user'    => $user,
        ]);
        $this->dispatcher->dispatch('onPrivacyExportRequest', $event);
        /** @var list<list<Domain>> $results */
        $results = $event->getArgument('result', []);
        $export  = [];

        foreach (array_merge(...$results) as $domain) {
            foreach ($domain->getItems() as $item) {
                $row = [];

                foreach ($item->getFields() as $field) {
                    $row[$field->name] = $field->value;
                }

                $export[$domain->name][] = $row;
            }
        }

        return $export;
    }

    private function mayRemove(string $email): Status
    {
        $event = new CanRemoveDataEvent('onPrivacyCanRemoveData', [
            'subject' => $this->request($email),
            'user'    => null,
        ]);
        $this->dispatcher->dispatch('onPrivacyCanRemoveData', $event);
        /** @var list<Status> $results */
        $results = $event->getArgument('result', []);

        return $results[0];
    }

    private function request(string $email): RequestTable
    {
        $request        = new RequestTable($this->joomla);
        $request->email = $email;

        return $request;
    }
}
