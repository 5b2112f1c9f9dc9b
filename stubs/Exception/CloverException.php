<?php

declare(strict_types=1);

namespace CloverSync\Exception;

/** Base of all exceptions that the extension throws for a reason outside the calling code. */
class CloverException extends \RuntimeException
{
}
