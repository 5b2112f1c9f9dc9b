<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Database\Bulk;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Exception\RefusedException;
use CloverSync\Tests\Support\ShopTestCase;
use CloverSync\Tests\Support\TestConnection;

final class SqlTest extends ShopTestCase
{
    private const VARIANT = [
        'product_id',
        'is_master',
        'sku',
        'price',
        'pricing_calculator',
        'shipping',
        'quantity_restriction',
        'allow_backorder',
        'isdefault_variant',
    ];

    public function test_money_comes_back_as_the_decimal_text_that_was_written(): void
    {
        $this->insertVariants(2, '1234567890.12340');

        self::assertSame('1234567890.12340', $this->sql->fetchValue('SELECT price FROM #__j2commerce_variants'));
    }

    public function test_a_column_that_must_be_supplied_is_missed_on_both_databases(): void
    {
        $this->expectException(TestConnection::configured()->refusal());
        $this->sql->execute(
            'INSERT INTO #__j2commerce_productquantities (variant_id, quantity, on_hold, sold) VALUES (1, 1, 0, 0)',
        );
    }

    public function test_text_longer_than_its_column_is_refused_on_both_databases(): void
    {
        $this->expectException(TestConnection::configured()->refusal());
        $this->sql->execute('UPDATE #__content_types SET type_title = ?', [str_repeat('x', 256)]);
    }

    public function test_rows_that_are_refused_undo_their_savepoint_and_nothing_else(): void
    {
        $add = fn (string $sku): int => $this->sql->execute(
            'INSERT INTO #__j2commerce_variants (product_id, is_master, sku, price, pricing_calculator, shipping,
                quantity_restriction, allow_backorder, isdefault_variant)
             VALUES (1, 0, ?, ?, ?, 1, 0, 0, 0)',
            [$sku, '1.00000', 'standard'],
        );
        $this->sql->transaction(function () use ($add): void {
            $add('before');

            foreach (['a', 'b'] as $sku) {
                try {
                    // The same statement twice: it must be usable again after a failure.
                    $this->sql->savepoint(static fn (): int => $add($sku) + $add(str_repeat('x', 256)));
                    self::fail('It was not refused.');
                } catch (RefusedException $e) {
                    self::assertNotNull($e->getPrevious());
                }
            }

            self::assertSame(1, $this->sql->savepoint(static fn (): int => $add('after')));
        });
        self::assertSame(
            ['before', 'after'],
            $this->sql->fetchColumn('SELECT sku FROM #__j2commerce_variants ORDER BY j2commerce_variant_id'),
        );
    }

    public function test_what_is_wrong_with_the_database_itself_is_no_refusal_of_rows(): void
    {
        try {
            $this->sql->transaction(fn (): mixed => $this->sql->savepoint(
                fn (): int => $this->sql->execute('UPDATE #__no_such_table SET x = 1'),
            ));
            $thrown = null;
        } catch (\Throwable $e) {
            $thrown = $e;
        }

        self::assertNotNull($thrown);
        self::assertNotInstanceOf(RefusedException::class, $thrown);
        self::assertFalse($this->sql->inTransaction());
    }

    public function test_skus_are_compared_without_letter_case_as_the_shop_does(): void
    {
        $this->insertVariants(1, '1.00000');

        self::assertCount(1, $this->sql->fetchAll('SELECT sku FROM #__j2commerce_variants WHERE sku = ?', ['SKU-0']));
    }

    public function test_thousands_of_rows_are_inserted_in_order(): void
    {
        $this->insertVariants(2500, '1.00000');

        self::assertSame(
            array_map(static fn (int $i): string => "sku-$i", range(0, 2499)),
            $this->sql->fetchColumn('SELECT sku FROM #__j2commerce_variants ORDER BY j2commerce_variant_id'),
        );
    }

    public function test_one_statement_takes_several_lists_whose_values_differ_in_type(): void
    {
        $columns = implode(', ', self::VARIANT);
        $marks   = Bulk::marks(self::VARIANT);
        $insert  = "INSERT INTO #__j2commerce_variants ($columns) VALUES ($marks)";
        $row     = static fn (int|string|null $sku): array => [1, 0, $sku, '1.00000', 'standard', 1, true, 0, 0];
        $this->sql->executeEach($insert, []);
        $this->sql->executeEach($insert, [$row(7), $row(null), $row('eight')]);
        $this->sql->executeEach($insert, [$row('nine')]);

        self::assertEquals(
            ['7', null, 'eight', 'nine'],
            $this->sql->fetchColumn('SELECT sku FROM #__j2commerce_variants ORDER BY j2commerce_variant_id'),
        );
    }

    public function test_different_values_are_set_in_different_rows_with_few_statements(): void
    {
        $this->insertVariants(300, '1.00000');
        $ids = $this->sql->fetchColumn(
            'SELECT j2commerce_variant_id FROM #__j2commerce_variants ORDER BY j2commerce_variant_id',
        );
        $rows = [];

        foreach ($ids as $i => $id) {
            $rows[(int) $id] = ($i % 2) === 0 ? ['price' => "$i.50000", 'availability' => 1] : ['sku' => null];
        }

        self::assertSame(300, (new Bulk($this->sql))->update('#__j2commerce_variants', 'j2commerce_variant_id', $rows));
        self::assertEquals(
            ['sku' => 'sku-298', 'price' => '298.50000', 'availability' => 1],
            $this->variant((int) $ids[298]),
        );
        self::assertEquals(
            ['sku' => null, 'price' => '1.00000', 'availability' => null],
            $this->variant((int) $ids[299]),
        );
    }

    public function test_an_upsert_takes_over_only_the_named_columns(): void
    {
        $bulk    = new Bulk($this->sql);
        $columns = ['product_attributes', 'variant_id', 'quantity', 'on_hold', 'sold'];
        $bulk->upsert('#__j2commerce_productquantities', $columns, [['a', 7, 1, 2, 3]], ['variant_id'], ['quantity']);
        $bulk->upsert(
            '#__j2commerce_productquantities',
            $columns,
            [['b', 7, 9, 9, 9], ['c', 8, 1, 0, 0]],
            ['variant_id'],
            ['quantity'],
        );
        $bulk->upsert('#__j2commerce_productquantities', $columns, [['d', 8, 5, 5, 5]], ['variant_id'], []);

        self::assertEquals(
            [
                ['product_attributes' => 'a', 'quantity' => 9, 'on_hold' => 2],
                ['product_attributes' => 'c', 'quantity' => 1, 'on_hold' => 0],
            ],
            $this->sql->fetchAll(
                'SELECT product_attributes, quantity, on_hold FROM #__j2commerce_productquantities ORDER BY variant_id',
            ),
        );
    }

    public function test_a_failed_transaction_leaves_nothing(): void
    {
        try {
            $this->sql->transaction(function (): never {
                $this->insertVariants(1, '1.00000');

                throw new \RuntimeException('stop');
            });
        } catch (\RuntimeException $e) {
            self::assertSame('stop', $e->getMessage());
        }

        self::assertFalse($this->sql->inTransaction());
        self::assertSame(0, (int) $this->sql->fetchValue('SELECT COUNT(*) FROM #__j2commerce_variants'));
    }

    public function test_a_transaction_inside_a_transaction_is_refused(): void
    {
        $this->expectException(\LogicException::class);
        $this->sql->transaction(fn () => $this->sql->transaction(static fn () => null));
    }

    public function test_writers_at_once_all_get_their_turn(): void
    {
        $this->sql->execute("INSERT INTO #__j2commerce_productquantities
                (product_attributes, variant_id, quantity, on_hold, sold)
                VALUES ('', 1, 0, 0, 0), ('', 2, 0, 0, 0)");

        $codes = $this->inProcesses(8, static function (Sql $sql, int $number): int {
            for ($i = 0; $i < 10; $i++) {
                // Half of them lock the two rows in the other order, which deadlocks on MariaDB.
                $sql->transaction(static function () use ($sql, $number): void {
                    foreach (($number % 2) === 0 ? [1, 2] : [2, 1] as $variant) {
                        $sql->execute(
                            'UPDATE #__j2commerce_productquantities SET quantity = quantity + 1
                            WHERE variant_id = ?',
                            [
                                $variant,
                            ],
                        );
                        usleep(500);
                    }
                });
            }

            return 0;
        });

        self::assertSame(array_fill(0, 8, 0), $codes);
        self::assertEquals([80, 80], $this->sql->fetchColumn('SELECT quantity FROM #__j2commerce_productquantities'));
    }

    private function insertVariants(int $count, string $price): void
    {
        (new Bulk($this->sql))->insert(
            '#__j2commerce_variants',
            self::VARIANT,
            array_map(
                static fn (int $i): array => [1, 0, "sku-$i", $price, 'standard', 1, 0, 0, 0],
                range(0, $count - 1),
            ),
        );
    }

    /** @return array<string, int|float|string|null> */
    private function variant(int $id): array
    {
        return $this->firstRow(
            'SELECT sku, price, availability FROM #__j2commerce_variants
            WHERE j2commerce_variant_id = ?',
            [
                $id,
            ],
        );
    }
}
