<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The database refused rows because of their values; the same statement with other rows may succeed. */
final class RefusedException extends ShopException
{
}
