<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** Grant this permission to the Clover app, then disconnect and connect again. */
final class PermissionException extends CloverException
{
    protected string $permission = '';

    /** Name of the permission, such as "Inventory Read". */
    public function getPermission(): string
    {
        return $this->permission;
    }
}
