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
        $vault = new Vault($secret);
        [$merchant, $sealed] = explode('.', (string) $store->read(), 2);
        $record = json_decode($vault->open($sealed, "sandbox/$merchant/tokens"), true, 8, JSON_THROW_ON_ERROR);
        $tokens = json_decode($record['tokens'], true, 8, JSON_THROW_ON_ERROR);

        foreach (['access_expires_at', 'rotated_at'] as $time) {
            if (!\is_int($tokens[$time] ?? null)) {
                throw new \LogicException("The stored tokens have no $time any more: adapt this helper.");
            }

            $tokens[$time] -= $seconds;
        }

        if (isset($tokens['refusal'])) {
            $tokens['refusal']['at'] -= $seconds;
        }

        $record['tokens'] = json_encode($tokens, JSON_THROW_ON_ERROR);
        $store->write(
            "$merchant." . $vault->seal(json_encode($record, JSON_THROW_ON_ERROR), "sandbox/$merchant/tokens"),
        );
    }
}
