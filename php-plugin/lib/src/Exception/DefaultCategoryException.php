<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

/** No usable default category is set. */
final class DefaultCategoryException extends ShopException
{
}
