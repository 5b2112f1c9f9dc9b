<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The job cannot be done; the message says in one sentence what to do. */
class ShopException extends \RuntimeException
{
}
