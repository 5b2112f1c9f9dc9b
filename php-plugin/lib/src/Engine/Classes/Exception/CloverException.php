<?php

/* Written by scripts/engine-classes.php from stubs/. */

declare(strict_types=1);

namespace CloverSync\Exception;

\defined('_JEXEC') or die();

/** Base of all exceptions that the extension throws for a reason outside the calling code. */
class CloverException extends \RuntimeException
{
    /**
     * @internal
     *
     * @param array{class: string, message: string, data?: array<string, mixed>} $error The helper's
     */
    public static function fromError(array $error): self
    {
        $class     = __NAMESPACE__ . '\\' . $error['class'];
        $exception = new $class($error['message']);

        foreach ($error['data'] ?? [] as $name => $value) {
            $exception->$name = $value;
        }

        // The caller's line is of use, and none of the engine's.
        foreach ($exception->getTrace() as $frame) {
            if (isset($frame['file']) && !str_contains($frame['file'], '/Engine/')) {
                [$exception->file, $exception->line] = [$frame['file'], $frame['line']];

                break;
            }
        }

        return $exception;
    }
}
