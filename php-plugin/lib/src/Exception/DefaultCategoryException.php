<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** No usable default category is set. */
final class DefaultCategoryException extends ShopException
{
}
