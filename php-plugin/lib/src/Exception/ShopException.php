<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Something stands in the way of the job; the message says in one sentence what to do. */
class ShopException extends \RuntimeException
{
}
