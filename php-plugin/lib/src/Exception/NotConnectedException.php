<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** There is no connection to Clover, or it needs the owner. */
final class NotConnectedException extends ShopException
{
}
