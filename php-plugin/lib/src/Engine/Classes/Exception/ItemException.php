<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** This item or argument is invalid; other items are not affected. */
final class ItemException extends CloverException
{
    protected string $path = '';

    /** Path of the invalid value, such as "elements[3].price". */
    public function getPath(): string
    {
        return $this->path;
    }
}
