<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

/** The PHP extension is missing or of another version; the message says which and what to do. */
final class ExtensionException extends \RuntimeException
{
}
