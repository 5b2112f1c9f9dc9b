<?php

declare(strict_types=1);

namespace CloverSync\Shop\Engine;

\defined('_JEXEC') or die();

/** A helper program cannot be used. */
final class HelperException extends \RuntimeException
{
    /** @param string $detail The function, path, version or message of the operating system that it is about */
    public function __construct(
        public readonly HelperProblem $problem,
        public readonly string $detail,
    ) {
        parent::__construct("The helper program cannot be used: {$problem->value} ($detail)");
    }
}
