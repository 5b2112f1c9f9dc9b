<?php

declare(strict_types=1);

namespace CloverSync\Cli;

/** The command or the settings are invalid; the message says what to write instead. */
final class UsageException extends \RuntimeException
{
    /** @param array<string, string> $fields What is wrong by field, if the settings are invalid */
    public function __construct(
        string $message,
        public readonly array $fields = [],
    ) {
        parent::__construct($message);
    }
}
