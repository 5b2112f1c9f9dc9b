<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Shop\Connection\DatabaseTokenStore;
use CloverSync\Shop\Database\Sql;
use CloverSync\Vault;

/** The stored tokens, opened with the site's secret: the only way to make them old without waiting. */
final class StoredTokens
{
    /** Makes a pair look as if it had been fetched this many seconds earlier. */
    public static function age(Sql $sql, string $secret, int $seconds): void
    {
        $store = new DatabaseTokenStore($sql, 'sandbox');
        $store->write(AgedTokens::of((string) $store->read(), new Vault($secret), $seconds));
    }
}
