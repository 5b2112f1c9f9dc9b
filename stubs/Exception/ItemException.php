<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** This item or argument is invalid; other items are not affected. */
final class ItemException extends CloverException
{
    /** Path of the invalid value, such as "elements[3].price". */
    public function getPath(): string
    {
        throw new \LogicException('provided by the extension');
    }
}
