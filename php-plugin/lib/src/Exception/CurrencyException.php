<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

/** Clover and the shop do not agree on a currency, or it is not known. */
final class CurrencyException extends ShopException
{
}
