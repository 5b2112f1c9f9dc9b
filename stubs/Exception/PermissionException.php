<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Grant this permission to the Clover app, then disconnect and connect again. */
final class PermissionException extends CloverException
{
    /** Name of the permission, such as "Inventory Read". */
    public function getPermission(): string
    {
        throw new \LogicException('provided by the extension');
    }
}
