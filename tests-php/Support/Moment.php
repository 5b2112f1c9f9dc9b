<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Database\DatabaseClock;
use CloverSync\Shop\Database\Sql;

/**
 * The next millisecond of the database's clock.
 *
 * A count that is requested in the same millisecond in which a sale was confirmed may be from before the sale, so a
 * sync then leaves the shop the lower count until the next one. With a database in memory, a test can be that fast.
 */
final class Moment
{
    public static function next(Sql $sql): void
    {
        $clock = new DatabaseClock($sql);
        $now   = $clock->now();

        // A read's time is the database's minus the read's age. Both are rounded, the age upwards.
        do {
            $later = $clock->now();
        } while ($later < ($now + 3));
    }
}
