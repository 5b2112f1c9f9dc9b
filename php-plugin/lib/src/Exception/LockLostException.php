<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Another process has taken the job over. */
final class LockLostException extends ShopException
{
}
