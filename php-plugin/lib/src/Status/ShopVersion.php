<?php

declare(strict_types=1);

namespace CloverSync\Shop\Status;

\defined('_JEXEC') or die();

use CloverSync\Shop\Database\Sql;

/** The installed J2Commerce. */
final class ShopVersion
{
    /** Null when the database does not say it. */
    public static function find(Sql $sql): ?string
    {
        $manifest = json_decode(
            (string) $sql->fetchValue("SELECT manifest_cache FROM #__extensions
              WHERE type = 'component' AND element = 'com_j2commerce'"),
            true,
        );
        $version = \is_array($manifest) ? $manifest['version'] ?? null : null;

        return \is_string($version) ? $version : null;
    }
}
