<?php

declare(strict_types=1);

namespace CloverSync\Exception;

use CloverSync\Problem;

/** Base of all exceptions that the extension throws for a reason outside the calling code. */
class CloverException extends \RuntimeException
{
    /** What is wrong; null when PHP code made the exception, and of {@see SettingsException}. */
    public function getProblem(): ?Problem
    {
        throw new \LogicException('provided by the extension');
    }
}
