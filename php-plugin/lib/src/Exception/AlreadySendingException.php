<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Another process is sending web sales to Clover. It sends what waits as well. */
final class AlreadySendingException extends ShopException
{
}
