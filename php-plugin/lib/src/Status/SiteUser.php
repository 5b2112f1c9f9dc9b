<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\KeyValueStore;
use CloverSync\Shop\Database\Sql;

/** A user of Joomla. */
final class SiteUser
{
    /** @return array<string, string> What is set in the account with this address, such as its language; by name */
    public static function parameters(Sql $sql, string $address): array
    {
        $stored = $sql->fetchValue('SELECT params FROM #__users WHERE email = ? AND block = 0 ORDER BY id LIMIT 1', [
            $address,
        ]);

        $parameters = [];

        foreach (KeyValueStore::decode((string) $stored) as $name => $value) {
            if (\is_string($value) && $value !== '') {
                $parameters[$name] = $value;
            }
        }

        return $parameters;
    }
}
