<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** This one item or request is wrong; others are not. */
final class ItemException extends CloverException
{
    /** Where, such as "elements[3].price". */
    public function getPath(): string
    {
        throw new \LogicException('provided by the extension');
    }
}
