<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** What a command does and which words it takes. Each command also has --json. */
final readonly class Usage
{
    /**
     * @param list<Option> $options
     * @param list<string> $arguments Names of the words without dashes, in their order; all are required
     */
    public function __construct(
        public string $summary,
        public array $options = [],
        public array $arguments = [],
    ) {
    }
}
