<?php

declare(strict_types=1);

namespace CloverSync\Shop\Console;

\defined('_JEXEC') or die();

/** The options and arguments that a command was given. */
final readonly class Options
{
    /** @param array<string, string|true> $given By name; true for a switch */
    public function __construct(
        private array $given,
    ) {
    }

    public function has(string $name): bool
    {
        return isset($this->given[$name]);
    }

    public function get(string $name): ?string
    {
        $value = $this->given[$name] ?? null;

        return \is_string($value) ? $value : null;
    }

    /** @throws UsageException */
    public function number(string $name, int $default, int $lowest, int $highest): int
    {
        $value = $this->get($name);

        if ($value === null) {
            return $default;
        }

        if (!ctype_digit($value) || \strlen($value) > 9 || (int) $value < $lowest || (int) $value > $highest) {
            throw new UsageException("--$name must be a whole number from $lowest to $highest.");
        }

        return (int) $value;
    }
}
