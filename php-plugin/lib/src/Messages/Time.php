<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** A time in the data of a message. */
final readonly class Time
{
    /** @param int $unix Seconds */
    public function __construct(
        public int $unix,
    ) {
    }
}
