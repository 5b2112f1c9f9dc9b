<?php

declare(strict_types=1);

namespace CloverSync\Dev;

use CloverSync\Shop\Database\Row;
use CloverSync\Shop\Database\Sql;

/** The currency in J2Commerce's settings. */
final readonly class ShopCurrency
{
    public static function write(Sql $sql, string $currency): void
    {
        $row = $sql->fetchOne(
            "SELECT extension_id, params FROM #__extensions WHERE type = 'component' AND element = 'com_j2commerce'",
        );

        if ($row === null) {
            return;
        }

        /** @var array<string, scalar|null>|scalar|null $params */
        $params = json_decode(Row::string($row, 'params'), true);
        $params = \is_array($params) ? $params : [];

        if (($params['config_currency'] ?? '') !== $currency) {
            $sql->execute('UPDATE #__extensions SET params = ? WHERE extension_id = ?', [
                json_encode(['config_currency' => $currency] + $params, JSON_THROW_ON_ERROR),
                $row['extension_id'],
            ]);
        }
    }
}
