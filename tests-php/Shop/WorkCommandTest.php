<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Tests\Support\CommandLineTestCase;
use CloverSync\Tests\Support\Json;
use PHPUnit\Framework\Attributes\Group;
use PHPUnit\Framework\Attributes\TestDox;

/** ./cloversync order, work and drift from their users' view: words, JSON, exit codes. */
#[Group('once')]
final class WorkCommandTest extends CommandLineTestCase
{
    private string $mug;

    protected function setUp(): void
    {
        parent::setUp();
        $this->mug = $this->clover->itemBySku('MUG-01')['id'];
        $this->clover->setStock($this->mug, 20);
        $this->shell->done(['connect', '--approve']);
        $this->shell->done(['sync']);
    }

    #[TestDox('A paid and processed order is in Clover, and when cancelled its units are given back')]
    public function test_an_order_goes_its_way(): void
    {
        $this->order(1);
        self::assertSame(
            [
                'event'     => 'done',
                'claimed'   => 2,
                'confirmed' => 2,
                'skipped'   => 0,
                'uncertain' => 0,
                'dead'      => 0,
                'later'     => 0,
            ],
            \array_slice($this->shell->done(['work']), 0, 7),
        );
        self::assertSame(18, (int) $this->clover->state()['stock'][$this->mug]);
        self::assertSame(0, $this->shell->done(['work'])['claimed']);
        self::assertSame(0, $this->shell->done(['sync'])['product_rows_written']);
        $this->order(6);
        $this->shell->done(['work', '--once']);
        self::assertSame(20, (int) $this->clover->state()['stock'][$this->mug]);
    }

    #[TestDox('The scan finds an order without its event; --no-scan does not')]
    public function test_without_event(): void
    {
        $this->order(1, '--no-event');
        self::assertSame([0, 0], array_values(array_intersect_key($this->shell->done(['work', '--no-scan']), [
            'claimed' => 0,
            'found'   => 0,
        ])));
        self::assertSame(1, $this->shell->done(['work'])['found']);
        self::assertSame(18, (int) $this->clover->state()['stock'][$this->mug]);
    }

    #[TestDox('Rows that need a decision are listed, cause exit code 3, and are resolved by an option')]
    public function test_the_owners_word(): void
    {
        $this->clover->remove($this->mug);
        $this->order(1);
        $result = $this->shell->run(['work', '--json']);
        self::assertSame([3, 1], [$result['code'], $result['last']['dead']]);
        $row  = $result['lines'][0];
        $name = Json::string($row['row']);
        self::assertSame(['waiting', 'dead', 'gone', $this->mug, 2], [
            $row['event'],
            $row['state'],
            $row['reason'],
            $row['clover_id'],
            $row['delta'],
        ]);
        $sync = $this->shell->run(['sync', '--json']);
        self::assertSame([3, 0, 1], [$sync['code'], $sync['last']['failed'], $sync['last']['dead']]);
        self::assertSame([3, 2], [
            $this->shell->run(['work'])['code'],
            $this->shell->run(['work', '--send', 'stock:99'])['code'],
        ]);
        $this->clover->restore($this->mug);
        self::assertSame([1, 0], array_values(array_intersect_key($this->shell->done(['work', '--send', $name]), [
            'confirmed' => 0,
            'dead'      => 0,
        ])));
        self::assertSame(18, (int) $this->clover->state()['stock'][$this->mug]);
        self::assertStringContainsString(
            'does not need a decision',
            $this->shell->run(['work', '--leave', $name])['err'],
        );
    }

    #[TestDox('A partly refunded order gives units back by hand, never more than it took')]
    public function test_restock(): void
    {
        $this->order(1);
        $this->shell->done(['work']);
        $this->shell->done(['work', '--restock', '179540797553:7:1']);
        self::assertSame(19, (int) $this->clover->state()['stock'][$this->mug]);
        $result = $this->shell->run(['work', '--restock', '179540797553:7:2']);
        self::assertSame(2, $result['code']);
        self::assertStringContainsString('One unit of this line can be given back', $result['err']);
        self::assertSame(2, $this->shell->run(['work', '--restock', 'nonsense'])['code']);
        self::assertSame(2, $this->shell->run(['work', '--restock', '179540797553:8:1'])['code']);
    }

    #[TestDox('Drift prints a line with fixed keys for each item that differs, and the last line counts them')]
    public function test_drift(): void
    {
        $this->order(4);
        $result = $this->shell->run(['drift', '--json']);
        $lines  = $result['lines'];
        $done   = array_pop($lines);
        self::assertSame(['event' => 'done', 'items' => 64, 'differing' => \count($lines)], $done);
        $mug = Json::object(array_column($lines, null, 'clover_id')[$this->mug] ?? null);
        self::assertSame(
            ['clover_id' => $this->mug, 'name' => 'Enamel Mug', 'sku' => 'MUG-01', 'shop' => 18, 'clover' => '20'],
            \array_slice($mug, 0, 5),
        );
        self::assertStringStartsWith('2 units sold on the web', Json::string($mug['reason']));
    }

    #[TestDox('Before the first connection, and while another shop has it, work says in one sentence what to do')]
    public function test_no_connection(): void
    {
        $this->shell->done(['disconnect']);
        $result = $this->shell->run(['work']);
        self::assertSame(1, $result['code']);
        self::assertStringContainsString('connect it first', $result['err']);
    }

    private function order(int $status, string ...$words): void
    {
        file_put_contents($this->shell->folder . '/order.json', json_encode([
            'order_id'           => '179540797553',
            'number'             => 53,
            'new_status'         => $status,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => [[
                'line_id'    => 7,
                'clover_id'  => $this->mug,
                'name'       => 'Enamel Mug',
                'quantity'   => 2,
                'unit_price' => 1499,
                'tax'        => 240,
            ]],
            'shipping'           => 500,
        ], JSON_THROW_ON_ERROR));
        $this->shell->done(['order', 'order.json', ...array_values($words)]);
    }
}
