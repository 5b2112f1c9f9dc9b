<?php

declare(strict_types=1);

namespace CloverSync\Tests\Resilience;

use CloverSync\Dev\FakeCheckout;
use CloverSync\Dev\OrderFile;
use CloverSync\Exception\CallbackException;
use CloverSync\Settings;
use CloverSync\Shop\Services;
use CloverSync\Shop\Support\TimeBudget;
use CloverSync\Tests\Support\Child;
use CloverSync\Tests\Support\KillingSql;
use CloverSync\Tests\Support\LaterClock;
use CloverSync\Tests\Support\Simulator;
use CloverSync\Tests\Support\Snapshot;
use PHPUnit\Framework\Attributes\TestDox;

/**
 * The process that connects the shop is killed at every step. Once tokens are stored, the shop is connected: the web
 * sales that follow reach Clover.
 */
final class KilledConnectionTest extends ResilienceTestCase
{
    private const START = 20;
    private const SOLD  = 2;

    private string $item;

    #[TestDox('A first connection is killed at every step, and the web sale that follows reaches Clover')]
    public function test_a_first_connection(): void
    {
        $this->killEverywhere(static fn () => null);
    }

    #[TestDox('A first connection is killed at every step, the next one is refused, and the sales reach Clover')]
    public function test_a_refused_connection_after_a_killed_one(): void
    {
        $this->killEverywhere(static function (Services $shop): void {
            self::thrown(CallbackException::class, static fn () => $shop->connectionService()->complete(
                'merchant_id=M&client_id=A&code=c&state=x',
                'another',
            ));
        });
    }

    protected function settings(array $settings = []): Settings
    {
        return parent::settings($settings + ['sync_sale' => false, 'pace_share' => 100_000]);
    }

    /** @param \Closure(Services): mixed $then What the owner does after the customer's order */
    private function killEverywhere(\Closure $then): void
    {
        $snapshot = $this->unconnected();
        $points   = self::inProcess(fn (): array => $this->complete());
        $cut      = 0;

        foreach ($points as $i => $point) {
            $snapshot->restore();
            $this->clover->setStock($this->item, self::START);
            $killed = Child::fork(fn (): mixed => $this->complete($i));
            self::assertTrue($killed->wasKilled(), implode(': ', $killed->error() ?? []));
            $cut += self::inProcess(fn (): int => $this->sell($then, $point));
        }

        self::assertGreaterThan(3, $cut, 'Kills after the tokens were stored.');
        self::assertLessThan(\count($points), $cut, 'Kills before the tokens were stored.');
    }

    /** A shop without a connection that has linked products, as after a new installation of the app. */
    private function unconnected(): Snapshot
    {
        $this->clover = Simulator::start('synthetic:12', 'off');
        $this->item   = self::inProcess(function (): string {
            $shop = $this->shop($this->db->connect());
            $this->connect($shop);
            self::assertDone($shop->runner()->run(new TimeBudget()));
            $shop->connectionService()->disconnect();
            $shop->sql->execute('DELETE FROM #__j2commerce_clover_state');

            return (string) $shop->sql->fetchValue(
                "SELECT m.clover_id FROM #__j2commerce_clover_mappings m
                    JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = m.variant_id
                  WHERE m.clover_type = 'item' AND v.manage_stock = 1 ORDER BY m.id LIMIT 1",
            );
        });
        unset($this->sql);

        return Snapshot::take($this->db);
    }

    /** @return list<string> The points passed */
    private function complete(?int $killAt = null): array
    {
        $sql           = new KillingSql($this->db->connect(), $killAt);
        $shop          = $this->shop($sql);
        $authorization = $shop->connection->authorize(self::REDIRECT);
        $callback      = Simulator::approve($authorization->url);
        $sql->points   = [];
        $shop->connectionService()->complete($callback, $authorization->state);

        return $sql->points;
    }

    /**
     * @param \Closure(Services): mixed $then
     *
     * @return int 1 when the killed process had stored tokens
     */
    private function sell(\Closure $then, string $where): int
    {
        $shop  = $this->shop($this->db->connect());
        $isCut = $shop->connection->status()->connected;

        if (!$isCut) {
            $this->connect($shop);
        }

        $order = OrderFile::fromJson(json_encode([
            'order_id'           => '179540797554',
            'number'             => 54,
            'new_status'         => 1,
            'currency'           => 'USD',
            'prices_include_tax' => false,
            'lines'              => [[
                'line_id'    => 1,
                'clover_id'  => $this->item,
                'name'       => 'Mug',
                'quantity'   => self::SOLD,
                'unit_price' => 1_499,
            ]],
        ], JSON_THROW_ON_ERROR));
        (new FakeCheckout($shop->sql, $shop->links(), $shop->clock))->place($order);
        $shop->orderEvents()->statusChanged($order->orderId, 5, 1);
        $clock        = new LaterClock();
        $clock->later = 60;
        $later        = $this->shop($shop->sql, [], $clock);
        $then($later);
        $later->sales()->worker()->run(new TimeBudget(), scan: false);
        self::assertSame(self::START - self::SOLD, (int) $this->clover->state()['stock'][$this->item], $where);

        return (int) $isCut;
    }

    /**
     * Runs in a process of its own with its own connection: the database is restored in between.
     *
     * @template T
     *
     * @param \Closure(): T $work
     *
     * @return T
     */
    private static function inProcess(\Closure $work): mixed
    {
        return Child::fork($work)->value();
    }
}
