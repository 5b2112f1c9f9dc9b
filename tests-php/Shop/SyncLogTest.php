<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Log\SyncLog;
use CloverSync\Shop\Messages\Message;
use CloverSync\Shop\Messages\MessageCode;
use CloverSync\Tests\Support\FakeClock;
use CloverSync\Tests\Support\ShopTestCase;
use PHPUnit\Framework\Attributes\TestDox;

/** Filters, search and sorting of the Sync Log. */
final class SyncLogTest extends ShopTestCase
{
    private SyncLog $log;

    private FakeClock $clock;

    protected function setUp(): void
    {
        parent::setUp();
        $this->clock = new FakeClock();
        $this->log   = new SyncLog($this->sql, 'sandbox', $this->clock);
        $this->add('import', 'item', 'MUG0000000001', 'success', 'Imported “Mug”');
        $this->add('webhook', 'category', 'CAT0000000001', 'skipped', 'The next sync brings it');
        $this->add('inventory_decrement', 'stock', 'MUG0000000001', 'error', 'Clover takes 100 % of nothing');
        $this->add('order_push', 'order', '1795_1', 'success', 'Order 1795_1 is in Clover');
        (new SyncLog($this->sql, 'eu', $this->clock))->add(
            'import',
            'item',
            'MUG0000000001',
            'error',
            Message::said('Of another environment'),
        );
    }

    #[TestDox('The newest entries come first, and each environment has its own')]
    public function test_newest_first(): void
    {
        self::assertSame(
            ['order_push', 'inventory_decrement', 'webhook', 'import'],
            array_column($this->log->latest(50), 'action'),
        );
        self::assertSame(['order_push', 'inventory_decrement'], array_column($this->log->latest(2), 'action'));
        self::assertSame(4, $this->log->count());
    }

    #[TestDox('A list that is read in portions leaves out what comes meanwhile')]
    public function test_portions(): void
    {
        $newest = $this->log->newest();
        $first  = $this->log->page(['newest' => $newest], 'created', true, 0, 2);
        $this->add('sync', 'item', '', 'success', 'Meanwhile');
        $second = $this->log->page(['newest' => $newest], 'created', true, 2, 2);
        self::assertSame(['order_push', 'inventory_decrement', 'webhook', 'import'], [
            ...array_column($first, 'action'),
            ...array_column($second, 'action'),
        ]);
        self::assertSame(4, $this->log->count(['newest' => $newest]));
        self::assertSame(5, $this->log->count());
        self::assertSame(0, (new SyncLog($this->sql, 'la', $this->clock))->newest());
    }

    #[TestDox('Errors, successes and skipped entries can be filtered')]
    public function test_status(): void
    {
        foreach (['error' => 1, 'success' => 2, 'skipped' => 1] as $status => $count) {
            self::assertSame($count, $this->log->count(['status' => $status]));
            self::assertSame(
                [$status],
                array_values(array_unique(array_column($this->page(['status' => $status]), 'status'))),
            );
        }
    }

    #[TestDox('The search covers message, action, entity type and entity id, and takes wildcards literally')]
    public function test_search(): void
    {
        foreach ([
            'brings it'  => 1,
            'decrement'  => 1,
            'category'   => 1,
            'MUG0000'    => 2,
            '100 %'      => 1,
            '%'          => 1,
            '1795_1'     => 1,
            '1795-1'     => 0,
            'Of another' => 0,
            '!'          => 0,
        ] as $search => $count) {
            self::assertCount($count, $this->page(['search' => (string) $search]), "Searched: $search");
            self::assertSame($count, $this->log->count(['search' => (string) $search]));
        }

        self::assertSame(1, $this->log->count(['search' => 'MUG0000', 'status' => 'error']));
    }

    #[TestDox('Messages with one of the codes are found, also those inside others, and none whose code is longer')]
    public function test_codes(): void
    {
        foreach ([
            new Message(MessageCode::Paused, ['work' => new Message(MessageCode::WorkStock), 'reason' => '…']),
            new Message(MessageCode::PausedByRefusals, ['work' => new Message(MessageCode::WorkOrders)]),
        ] as $message) {
            $this->log->add('sync', 'stock', '', 'error', $message);
        }

        foreach ([
            [0, []],
            [1, ['paused']],
            [1, ['work_stock', 'mail_off']],
            [2, ['paused', 'work_orders']],
            [0, ['pause', 'aused', 'work']],
        ] as [$count, $codes]) {
            $filter = ['search' => 'Zeppelin', 'codes' => $codes, 'actions' => ['mail']];
            self::assertSame($count, $this->log->count($filter), implode(' ', $codes));
            self::assertCount($count, $this->page($filter));
        }
    }

    #[TestDox('The log can be narrowed to one action, and within it to a status and a search')]
    public function test_action(): void
    {
        self::assertSame(['webhook'], array_column($this->page(['action' => 'webhook']), 'action'));
        self::assertSame(0, $this->log->count(['action' => 'delete']));
        self::assertSame([1, 0], [
            $this->log->count(['action' => 'inventory_decrement', 'search' => 'MUG0000']),
            $this->log->count(['action' => 'webhook', 'search' => 'MUG0000', 'status' => 'error']),
        ]);
    }

    #[TestDox('The log can be sorted by date, status, action or entity type, in both directions, else by date')]
    public function test_sort(): void
    {
        self::assertSame(
            ['import', 'webhook', 'inventory_decrement', 'order_push'],
            array_column($this->page(), 'action'),
        );
        self::assertSame(
            ['error', 'skipped', 'success', 'success'],
            array_column($this->page(sort: 'status'), 'status'),
        );
        self::assertSame(
            ['webhook', 'order_push', 'inventory_decrement', 'import'],
            array_column($this->page(sort: 'action', descending: true), 'action'),
        );
        self::assertSame(
            ['category', 'item', 'order', 'stock'],
            array_column($this->page(sort: 'entity_type'), 'entity_type'),
        );
        self::assertSame(
            ['import', 'webhook', 'inventory_decrement', 'order_push'],
            array_column($this->page(sort: 'id; DROP TABLE x'), 'action'),
        );
    }

    #[TestDox('Names of actions in the reader’s language can be searched, and sorted by in the order of that language')]
    public function test_names_of_actions(): void
    {
        $filter = ['search' => 'Sold units', 'actions' => ['inventory_decrement']];
        self::assertSame(['inventory_decrement'], array_column($this->page($filter), 'action'));
        self::assertSame(1, $this->log->count($filter));
        self::assertSame(0, $this->log->count(['status' => 'success'] + $filter));
        $names = ['webhook', 'inventory_decrement', 'order_push'];
        self::assertSame(
            [...$names, 'import'],
            array_column($this->log->page([], 'action', false, 0, 50, $names), 'action'),
        );
        self::assertSame(
            ['import', 'inventory_decrement'],
            array_column($this->log->page(['search' => 'MUG0000'], 'action', true, 0, 50, $names), 'action'),
        );
    }

    #[TestDox('A page starts at its offset')]
    public function test_paging(): void
    {
        self::assertSame(
            ['webhook', 'inventory_decrement'],
            array_column($this->log->page([], 'created', false, 1, 2), 'action'),
        );
        self::assertSame([], $this->log->page([], 'created', false, 4, 2));
    }

    private function add(string $action, string $type, string $id, string $status, string $message): void
    {
        $this->clock->time += 60;
        $this->log->add($action, $type, $id, $status, Message::said($message));
    }

    /**
     * @param array{status?: string, action?: string, search?: string, codes?: list<string>, actions?: list<string>}
     *   $filter
     *
     * @return list<array<string, Message|string>>
     */
    private function page(array $filter = [], string $sort = 'created', bool $descending = false): array
    {
        return $this->log->page($filter, $sort, $descending, 0, 50);
    }
}
