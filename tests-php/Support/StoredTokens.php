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

    /** The access token, with which a test acts in Clover as its staff do. */
    public static function access(Sql $sql, string $secret): string
    {
        [$merchant, $sealed] = explode('.', (string) (new DatabaseTokenStore($sql, 'sandbox'))->read(), 2);
        $opened = Json::decode((new Vault($secret))->open($sealed, "sandbox/$merchant/tokens"));

        return Json::string(Json::decode(Json::string($opened['tokens']))['access'] ?? null);
    }
}
