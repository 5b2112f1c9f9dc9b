<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

use CloverSync\Problem;

/** Base of all exceptions that the extension throws for a reason outside the calling code. */
class CloverException extends \RuntimeException
{
    protected ?array $problem = null;

    /** What is wrong; null when PHP code made the exception, and of {@see SettingsException}. */
    public function getProblem(): ?Problem
    {
        return $this->problem === null ? null : Problem::fromRow($this->problem);
    }
}
