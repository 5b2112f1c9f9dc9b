<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** Base of all exceptions that the extension throws for a reason outside the calling code. */
class CloverException extends \RuntimeException
{
}
