<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Connection\MerchantFacts;
use CloverSync\Shop\Database\Sql;
use CloverSync\Shop\Links\Links;

/** Permissions of the Clover app that have worked for this merchant, by the shop's own rows. */
final class UsedPermissions
{
    /**
     * Clover shows no list of them, so those that are not in this one are unknown.
     *
     * @param bool $hasSynced Whether a sync has been completed
     *
     * @return list<string> As the Clover Developer Dashboard names them
     */
    public static function names(Sql $sql, Links $links, ?MerchantFacts $merchant, bool $hasSynced): array
    {
        $isConfirmed = static fn (string $table): bool => (
            $sql->fetchOne(
                "SELECT id FROM $table WHERE environment = ? AND merchant_id = ? AND state = 'confirmed' LIMIT 1",
                $links->key(),
            ) !== null
        );

        return array_keys(array_filter([
            'Inventory Read'  => $hasSynced,
            'Inventory Write' => $isConfirmed('#__j2commerce_clover_ledger'),
            'Orders Read'     => $merchant?->currencySource === 'order',
            'Orders Write'    => $isConfirmed('#__j2commerce_clover_orders'),
        ]));
    }
}
