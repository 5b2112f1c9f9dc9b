<?php

declare(strict_types=1);

namespace CloverSync\Shop\Exception;

\defined('_JEXEC') or die();

use CloverSync\Exception\UnavailableException;

/** The helper program ended in the middle of a call. What the call writes may or may not be in Clover. */
final class HelperLostException extends UnavailableException
{
}
