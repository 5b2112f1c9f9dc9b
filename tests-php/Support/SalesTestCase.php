<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Sales\Sales;
use CloverSync\Shop\Sales\WorkReport;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\Clock;
use CloverSync\Shop\Support\TimeBudget;

/**
 * A connected shop with products and orders.
 *
 * @phpstan-import-type WebOrder from Simulator
 */
abstract class SalesTestCase extends SyncTestCase
{
    protected const ORDER = '179540797501';

    protected LaterClock $clock;

    /** Two tracked items of the sandbox, by their SKUs. */
    protected string $mug;

    protected string $candle;

    protected function setUp(): void
    {
        parent::setUp();
        $this->clock = new LaterClock();
        $this->connectedAndSynced();
        $this->mug    = (string) $this->itemBySku('MUG-01')['id'];
        $this->candle = (string) $this->itemBySku('CANDLE')['id'];
        $this->clover->setStock($this->mug, 20);
        $this->clover->setStock($this->candle, 10);
        $this->sync();
    }

    /** @param array<string, mixed> $settings */
    protected function shop(
        array $settings = [],
        string $site = 'https://shop.example',
        ?Sql $sql = null,
        ?Clock $clock = null,
    ): Services {
        return parent::shop($settings, $site, $sql, $clock ?? $this->clock);
    }

    /** @param array<string, mixed> $settings */
    protected function sales(array $settings = []): Sales
    {
        return $this->shop($settings)->sales();
    }

    /** @param array<string, mixed> $settings */
    protected function work(array $settings = [], bool $scan = true): WorkReport
    {
        return $this->sales($settings)->worker()->run(new TimeBudget(), scan: $scan);
    }

    /**
     * A customer orders, pays or cancels, or the owner edits: the shop's rows and stock change, and the event is fired.
     *
     * @param list<array{0: string, 1: int, 2?: int}> $lines    Clover id, quantity, line id
     * @param array<string, mixed>                    $more     Fields of the order
     * @param array<string, mixed>                    $settings
     */
    protected function order(
        int $status,
        array $lines,
        array $more = [],
        bool $event = true,
        array $settings = [],
    ): void {
        $file = OrderFile::fromJson(json_encode(
            $more
            + [
                'order_id'           => self::ORDER,
                'number'             => 501,
                'new_status'         => $status,
                'currency'           => 'USD',
                'prices_include_tax' => false,
                'customer'           => ['name' => 'Ada Lovelace', 'email' => 'ada@example.org', 'phone' => '+44 1'],
                'lines'              => array_map(
                    static fn (int $i, array $line): array => [
                        'line_id'    => $line[2] ?? ($i + 1),
                        'clover_id'  => $line[0],
                        'name'       => "Line $i",
                        'quantity'   => $line[1],
                        'unit_price' => 1250,
                        'tax'        => 103 * $line[1],
                    ],
                    array_keys($lines),
                    $lines,
                ),
                'shipping'           => 500,
            ],
            JSON_THROW_ON_ERROR,
        ));
        $shop   = $this->shop($settings);
        $desk   = new FakeCheckout($this->sql, $shop->links(), $this->clock);
        $before = $desk->statusOf($file->orderId);
        $desk->place($file);

        if ($event) {
            $shop->orderEvents()->statusChanged($file->orderId, $before, $status);
        }
    }

    protected function deleteOrder(string $id = self::ORDER): void
    {
        (new FakeCheckout($this->sql, $this->shop()->links(), $this->clock))->delete($id);
    }

    protected function inClover(string $item): int|float|null
    {
        return $this->clover->state()['stock'][$item];
    }

    protected function inShop(string $item): int
    {
        return (int) $this->product($item)['quantity'];
    }

    /** @return list<WebOrder> */
    protected function cloverOrders(): array
    {
        return $this->clover->webOrders();
    }

    /** @return list<string> "delta state reason" of each row */
    protected function rows(string $order = self::ORDER): array
    {
        return array_map(
            static fn (array $row): string => trim(\sprintf(
                '%+d %s %s',
                $row['delta'],
                $row['state'],
                $row['reason'] ?? '',
            )),
            $this->sql->fetchAll(
                'SELECT delta, state, reason FROM #__j2commerce_clover_ledger WHERE order_id = ?
                ORDER BY line_id, seq',
                [
                    $order,
                ],
            ),
        );
    }

    /** @return list<string> "status message" of the log's entries with this action */
    protected function logged(string $action): array
    {
        return array_map(
            static fn (array $row): string => "{$row['status']} " . English::column($row['message']),
            $this->sql->fetchAll('SELECT status, message FROM #__j2commerce_clover_log WHERE action = ? ORDER BY id', [
                $action,
            ]),
        );
    }

    protected static function assertWork(
        WorkReport $result,
        int $confirmed,
        int $later = 0,
        int $uncertain = 0,
        int $dead = 0,
    ): void {
        self::assertSame(['confirmed' => $confirmed, 'later' => $later, 'uncertain' => $uncertain, 'dead' => $dead], [
            'confirmed' => $result->confirmed,
            'later'     => $result->later,
            'uncertain' => $result->uncertain,
            'dead'      => $result->dead,
        ]);
    }
}
