<?php

declare(strict_types=1);

namespace CloverSync\Tests\Shop;

use CloverSync\Shop\Support\Decimal;
use PHPUnit\Framework\TestCase;

/** Amounts as decimal text. */
final class DecimalTest extends TestCase
{
    public function test_an_amount_is_shown_with_two_places_and_more_only_where_it_has_them(): void
    {
        self::assertSame(['9.90', '1.2345', '0.00', '-0.50', '1200.00', '7.00'], array_map(Decimal::shown(...), [
            '9.90000',
            '1.23450',
            '0',
            '-0.5',
            '1200.00000',
            '007',
        ]));
    }

    public function test_amounts_are_sorted_by_their_value(): void
    {
        $amounts = ['110.00000', '9.50000', '-2.5', '10', '-2.25', '9.5001'];
        usort($amounts, Decimal::compare(...));
        self::assertSame(['-2.5', '-2.25', '9.50000', '9.5001', '10', '110.00000'], $amounts);
    }

    public function test_zeros_at_the_end_make_no_difference(): void
    {
        self::assertTrue(Decimal::equals('3.75', '3.75000'));
        self::assertFalse(Decimal::equals('3.75', '3.750001'));
    }
}
