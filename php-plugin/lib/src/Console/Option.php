<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** An option of a command. */
final readonly class Option
{
    public function __construct(
        public string $name,
        public string $help,
        /** What stands for its value in the list of commands; null for a switch. */
        public ?string $value = null,
    ) {
    }
}
