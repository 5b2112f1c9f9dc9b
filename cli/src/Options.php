<?php

declare(strict_types=1);

namespace CloverSync\Cli;

/** The words of a command line: switches, options with a value, and the arguments that a command names. */
final readonly class Options
{
    /** @param array<string, string|true> $given */
    private function __construct(
        private array $given,
    ) {
    }

    /**
     * @param list<string> $words
     * @param list<string> $switches  Names without value
     * @param list<string> $valued    Names with a value, as `--name value` or `--name=value`
     * @param list<string> $arguments Names of the words without dashes, in their order; all are required, and a single
     *   dash counts as a word
     *
     * @throws UsageException
     */
    public static function parse(array $words, array $switches, array $valued, array $arguments = []): self
    {
        $given = [];

        while ($words !== []) {
            $word = array_shift($words);

            if ($arguments !== [] && $word !== '' && ($word[0] !== '-' || $word === '-')) {
                $given[array_shift($arguments)] = $word;

                continue;
            }

            $m = [];

            if (preg_match('/^--([a-z][a-z-]*)(?:=(.*))?$/s', $word, $m) !== 1) {
                throw new UsageException("“{$word}” is not understood here.");
            }

            $name = $m[1];

            if (\in_array($name, $switches, true)) {
                if (isset($m[2])) {
                    throw new UsageException("--$name takes no value.");
                }

                $given[$name] = true;
            } elseif (\in_array($name, $valued, true)) {
                $value = $m[2] ?? array_shift($words);

                if ($value === null || $value === '') {
                    throw new UsageException("--$name needs a value.");
                }

                $given[$name] = $value;
            } else {
                throw new UsageException("--$name is not an option here.");
            }
        }

        if ($arguments !== []) {
            throw new UsageException("{$arguments[0]} is missing.");
        }

        return new self($given);
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

    /** @throws UsageException */
    public function currency(): ?string
    {
        $value = $this->get('currency');

        return $value === null
            ? null
            : Config::currencyCode($value) ?? throw new UsageException(
                '--currency must be a code of three letters, such as USD.',
            );
    }
}
