<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The connection belongs to another site than this one. */
final class SiteMovedException extends ShopException
{
}
