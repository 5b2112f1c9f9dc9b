<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The app's own tables are not as this code needs them, and it must not mend them by itself. Nothing was changed. */
final class SchemaException extends ShopException
{
}
