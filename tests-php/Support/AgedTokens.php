<?php

declare(strict_types=1);

namespace CloverSync\Tests\Support;

use CloverSync\Vault;

/**
 * A stored record of tokens, opened with the site's secret, for a store without a database. {@see StoredTokens} ages
 * those in a database.
 */
final class AgedTokens
{
    /** @return string The same pair as if it had been fetched this many seconds earlier */
    public static function of(string $record, Vault $vault, int $seconds): string
    {
        [$merchant, $sealed] = explode('.', $record, 2);
        $context = "sandbox/$merchant/tokens";
        $opened  = Json::decode($vault->open($sealed, $context));
        $tokens  = Json::decode(Json::string($opened['tokens']));

        // An API token does not expire.
        foreach (array_intersect(['access_expires_at', 'rotated_at'], array_keys($tokens)) as $time) {
            $tokens[$time] = Json::int($tokens[$time]) - $seconds;
        }

        if (isset($tokens['refusal'])) {
            $refusal           = Json::object($tokens['refusal']);
            $tokens['refusal'] = ['at' => Json::int($refusal['at'] ?? null) - $seconds] + $refusal;
        }

        $opened['tokens'] = json_encode($tokens, JSON_THROW_ON_ERROR);

        return "$merchant." . $vault->seal(json_encode($opened, JSON_THROW_ON_ERROR), $context);
    }
}
