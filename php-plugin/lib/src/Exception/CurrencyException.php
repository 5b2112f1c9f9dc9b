<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** Clover and the shop have different currencies, or one is not known. */
final class CurrencyException extends ShopException
{
}
