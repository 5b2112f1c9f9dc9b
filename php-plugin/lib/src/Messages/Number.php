<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** A number with digits after the point in the data of a message, such as a count or a price. */
final readonly class Number
{
    /** @param string $digits As in "-1234.50" */
    public function __construct(
        public string $digits,
    ) {
    }
}
