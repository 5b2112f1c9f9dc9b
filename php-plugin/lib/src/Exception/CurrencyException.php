<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Clover and the shop do not agree on a currency, or it is not known. */
final class CurrencyException extends ShopException
{
}
