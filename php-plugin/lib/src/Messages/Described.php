<?php

declare(strict_types=1);

namespace CloverSync\Shop\Messages;

\defined('_JEXEC') or die();

/** An exception with a reason that an owner can read. */
interface Described
{
    public function description(): Message;
}
