<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The app's own tables do not fit this code, and it must not repair them by itself. Nothing was changed. */
final class SchemaException extends ShopException
{
}
