<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

use CloverSync\Shop\Messages\Described;
use CloverSync\Shop\Messages\Message;

/** The command or the settings are invalid; the message says what to write instead. */
final class UsageException extends \RuntimeException implements Described
{
    /** @param array<string, string> $fields What is wrong by field, if the settings are invalid */
    public function __construct(
        string $message,
        public readonly array $fields = [],
    ) {
        parent::__construct($message);
    }

    public function description(): Message
    {
        $problems = array_map(
            static fn (string $field, string $problem): string => "$field $problem",
            array_keys($this->fields),
            array_values($this->fields),
        );

        return Message::said(trim($this->getMessage() . ' ' . implode('; ', $problems)));
    }
}
