<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

/** Another process is at the same job. */
final class AlreadyRunningException extends ShopException
{
}
