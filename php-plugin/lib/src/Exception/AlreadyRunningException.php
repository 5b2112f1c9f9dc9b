<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Another process is doing the same job. */
final class AlreadyRunningException extends ShopException
{
}
