<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\OrderStanding;
use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Dialect;
use CloverSync\Shop\Exception\RefusedException;
use CloverSync\Shop\Sales\OrderMark;
use CloverSync\Shop\Sales\ShopOrder;
use CloverSync\Tests\Support\SalesTestCase;

/** Numbers of the shop that are used again: after a counter was set back, or a backup was restored. */
final class NumbersTest extends SalesTestCase
{
    private const OTHER = '179540800101';

    public function testAnOrderWhosePrimaryKeyComesAgainIsPushedAndItsStockLeaves(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->deleteOrder();
        $this->order(1, [[$this->mug, 3, 77]], ['order_id' => self::OTHER], event: false);
        $this->work();

        self::assertSame(17, (int) $this->inClover($this->mug));
        self::assertSame(['+3 confirmed'], $this->rows(self::OTHER));
        self::assertSame(['+2 confirmed', '-2 confirmed'], $this->rows());
        self::assertCount(2, array_unique(array_column($this->cloverOrders(), 'externalReferenceId')));
        self::assertSame(0, $this->work()->found);
    }

    public function testAnOrderWhoseIdAndLinesComeAgainUnderAnotherKeyIsANewOrder(): void
    {
        $this->order(1, [[$this->mug, 2]]);
        $this->work();
        $this->deleteOrder();
        $this->clock->later += 60;
        $this->order(1, [[$this->mug, 2]], ['number' => 777], event: false);
        $this->work();

        self::assertSame(18, (int) $this->inClover($this->mug));
        self::assertCount(2, array_unique(array_column($this->cloverOrders(), 'externalReferenceId')));
        $deltas = array_map(
            intval(...),
            $this->sql->fetchColumn('SELECT delta FROM #__j2commerce_clover_ledger WHERE order_id = ? ORDER BY id', [
                self::ORDER,
            ]),
        );
        sort($deltas);
        self::assertSame([-2, 2, 2], $deltas);
        self::assertSame(0, $this->work()->found);

        $this->order(6, [[$this->mug, 2]], ['number' => 777]);
        $this->work();
        self::assertSame(20, (int) $this->inClover($this->mug));
    }

    public function testARestoredBackupOfTheTablesGivesNoReferenceASecondTime(): void
    {
        $tables = ['orders', 'state', 'ledger', 'outbox'];
        $this->order(1, [[$this->mug, 1]]);
        $backup = array_map(
            fn (string $t): array => $this->sql->fetchAll("SELECT * FROM #__j2commerce_clover_$t"),
            array_combine($tables, $tables),
        );
        $this->work();
        $first = $this->cloverOrders()[0]['externalReferenceId'];

        foreach ($backup as $table => $rows) {
            $this->sql->execute("DELETE FROM #__j2commerce_clover_$table");
            $rows === []
                || (new Bulk($this->sql))->insert(
                    "#__j2commerce_clover_$table",
                    array_keys($rows[0]),
                    array_map(static fn (array $row): array => array_values($row), $rows),
                );
        }

        $this->deleteOrder();
        $this->clock->later += 60;
        $this->order(1, [[$this->candle, 1, 9]], ['order_id' => self::OTHER]);
        $this->work();
        $now = array_column($this->cloverOrders(), 'externalReferenceId');

        self::assertCount(2, $now);
        self::assertCount(2, array_unique($now));
        self::assertContains($first, $now);
        self::assertSame([], preg_grep('/^[0-9A-Z]{6,12}$/', $now, PREG_GREP_INVERT));
    }

    public function testAClockThatGoesBackGivesNoReferenceASecondTime(): void
    {
        foreach ([0, -86_400, -1, 400 * 366 * 86_400, -1] as $i => $seconds) {
            $this->clock->later += $seconds;
            $id                 = (string) (179540810000 + $i);
            $order              = new ShopOrder($id, 900 + $i, 1, 0, '2026-01-01 00:00:00', '', false, []);
            $paid               = OrderMark::of(OrderStanding::Paid);
            $this->sql->transaction(fn () => $this->sales()->pushes->intend($id, $order, $paid, null));
        }

        $references = $this->texts('SELECT reference FROM #__j2commerce_clover_orders');
        self::assertCount(5, array_unique($references));
        self::assertSame([], preg_grep('/^[0-9A-Z]{6,12}$/', $references, PREG_GREP_INVERT));
    }

    public function testAnOrderThatHadAReferenceBeforeTheUpgradeKeepsIt(): void
    {
        $this->order(1, [[$this->mug, 1]]);
        $this->work();
        $this->sql->execute("UPDATE #__j2commerce_clover_orders SET reference = 'OLDXY1F'");
        $this->order(3, [[$this->mug, 1]]);
        $this->work();
        $this->order(1, [[$this->mug, 1]]);
        $this->work();

        self::assertSame(['OLDXY1F'], $this->sql->fetchColumn('SELECT reference FROM #__j2commerce_clover_orders'));
    }

    public function testAnUpsertChecksTheKeyThatItNames(): void
    {
        $columns = ['environment', 'merchant_id', 'order_id', 'order_pk', 'reference', 'state', 'created'];
        $key     = ['environment', 'merchant_id', 'order_id', 'order_pk'];
        $table   = '#__j2commerce_clover_orders';
        $row     = static fn (string $id, string $reference, string $state): array => [
            'sandbox',
            'M',
            $id,
            1,
            $reference,
            $state,
            1,
        ];
        $bulk = new Bulk($this->sql);
        $bulk->upsert($table, $columns, [$row('A', 'REF001', 'intended')], $key, ['state']);

        foreach ([[], ['state']] as $update) {
            foreach ([[$row('B', 'REF001', 'x')], [$row('C', 'REF003', 'x'), $row('B', 'REF001', 'x')]] as $rows) {
                try {
                    $bulk->upsert($table, $columns, $rows, $key, $update);
                    self::fail('The clash was swallowed.');
                } catch (\RuntimeException $e) {
                    self::assertStringContainsString(
                        $this->db->dialect === Dialect::MySql
                            ? "A row of $table has the same value as another row in a unique key other than "
                            . 'environment, merchant_id, order_id, order_pk'
                            : 'UNIQUE constraint failed: ',
                        $e instanceof RefusedException ? $e->description()->details : $e->getMessage(),
                    );
                }
            }
        }

        $this->sql->transaction(function () use ($bulk, $table, $columns, $row, $key): void {
            try {
                $this->sql->savepoint(static fn () => $bulk->upsert(
                    $table,
                    $columns,
                    [$row('B', 'REF001', 'x')],
                    $key,
                    [],
                ));
                self::fail('The clash was swallowed.');
            } catch (RefusedException) {
            }
        });

        self::assertSame(
            [['A', 'intended']],
            array_map(static fn (array $row): array => array_values(
                $row,
            ), $this->sql->fetchAll("SELECT order_id, state FROM $table")),
        );
        $bulk->upsert($table, $columns, [$row('A', 'REF002', 'sent')], $key, ['state']);
        self::assertSame(
            [['REF001', 'sent']],
            array_map(static fn (array $row): array => array_values(
                $row,
            ), $this->sql->fetchAll("SELECT reference, state FROM $table")),
        );
    }
}
